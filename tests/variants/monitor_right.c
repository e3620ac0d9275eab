/* SPDX-License-Identifier: BSD-2-Clause */
/* A monitor that forgets a right of the partition before its last one: to signal its own console notification (tests/system/test_verify.py). */
#include <string.h>

#include <l4/console_client.h>

#include "monitor.h"

l4_cap_t __real_process_give(struct process *process, const char *name, l4_cap_t slot, l4_word_t rights, l4_word_t badge);
l4_cap_t __wrap_process_give(struct process *process, const char *name, l4_cap_t slot, l4_word_t rights, l4_word_t badge);

l4_cap_t __wrap_process_give(struct process *process, const char *name, l4_cap_t slot, l4_word_t rights, l4_word_t badge)
{
	if (process == &monitor.part[monitor.count - 2].program && name && strcmp(name, L4_CONSOLE_WAIT) == 0)
		rights &= ~(l4_word_t)L4_WRITE;
	return __real_process_give(process, name, slot, rights, badge);
}
