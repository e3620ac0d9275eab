/* SPDX-License-Identifier: BSD-2-Clause */
/* Has each number doubled by a server that dies of it the first time. No call may be lost: each is either answered, or ends with PEER_GONE. */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/restartable.h>
#include <l4/startup.h>
#include <system/asking.h>

#include "service.h"

static l4_cap_t server;
static l4_word_t gone; /* calls that ended with PEER_GONE */

static void count_death(l4_word_t number)
{
	struct l4_registers m = {{number}};
	L4_ENSURE(l4_call(server, l4_tag(SERVICE_DOUBLE, 1), &m).status == L4_PEER_GONE);
	gone++;
}

int main(void)
{
	server = l4_startup_cap(SYSTEM_CHANNEL_FROM_ASKING);
	for (l4_word_t number = 1;; number++) {
		struct l4_registers m = {{number}};
		if (number % 2) /* the other half of the deaths is the library's to deal with */
			count_death(number);
		L4_REQUIRE(l4_call_restartable(server, l4_tag(SERVICE_DOUBLE, 1), &m).status);
		L4_ENSURE(m.word[0] == 2 * number);
		if (number % SERVICE_TOLD == 0)
			printf("%lu numbers came back doubled; of %lu deaths the program heard itself\n", number, gone);
	}
}
