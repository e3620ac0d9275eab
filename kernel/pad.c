/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time protection: what was done between two windows, and for whom, cannot be told from when the second one's domain is let in.
 * A file of its own, for a test leaves it out.
 */
#include <kernel/arch.h>
#include <kernel/schedule.h>

void schedule_wait_pad(ticks_t end)
{
	arch_wait_until(end);
}
