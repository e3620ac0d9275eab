/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes what the giver gives, and ends the giver's partition with it. Nobody answers then, or the giver's name is none of its own. */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/ipc.h>
#include <l4/program.h>
#include <l4/startup.h>

int main(void)
{
	l4_cap_t taken = l4_startup()->free_slot;
	struct l4_registers m = {{0}};
	l4_accept_cap(taken);
	struct l4_result result = l4_call(l4_startup_cap("ask"), l4_tag(0, 0), &m);
	L4_REQUIRE(result.status);
	if (!(result.tag & L4_TAG_CAP)) {
		printf("the answer gives nothing\n");
		return 0;
	}
	printf("the answer gives a capability\n");
	m = (struct l4_registers){{0}};
	l4_call(taken, l4_tag(L4_MONITOR_EXIT, 1), &m);
	printf("the giver has ended\n");
	return 0;
}
