/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel without the pad between windows (kernel/pad.c): the test of strict windows must fail with it. */
#include <kernel/schedule.h>

void schedule_wait_pad(ticks_t end)
{
	(void)end;
}
