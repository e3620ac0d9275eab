/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include <l4/startup.h>
#include <l4/syscall.h>
#include <system/bell.h>

int main(void)
{
	l4_cap_t notification = l4_startup_cap("notification");
	for (;;)
		if (l4_wait(notification) & SYSTEM_CHANNEL_RING_BIT)
			printf("ding\n");
}
