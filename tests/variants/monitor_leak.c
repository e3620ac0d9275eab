/* SPDX-License-Identifier: BSD-2-Clause */
/* A monitor that gives its last partition one capability too many: to signal the partition before it (tests/system/test_verify.py). */
#include <l4/stubs.h>

#include "channels.h"

void __real_channels_give(struct part *part);
void __wrap_channels_give(struct part *part);

void __wrap_channels_give(struct part *part)
{
	__real_channels_give(part);
	if (part->index == monitor.count - 1)
		process_give(&part->program, NULL, monitor.part[part->index - 1].notification, L4_WRITE, 0);
}
