/* SPDX-License-Identifier: BSD-2-Clause */
/* Hands its capability to the monitor over with each answer: who calls could speak in its name, and would still after its end. */
#include <l4/debug.h>
#include <l4/ipc.h>
#include <l4/startup.h>

int main(void)
{
	l4_cap_t endpoint = l4_startup_cap("endpoint");
	struct l4_registers m;
	struct l4_result result = l4_recv(endpoint, &m);
	for (;;) {
		L4_REQUIRE(result.status);
		l4_ipc_buffer->send_slot = l4_startup_cap("monitor");
		result = l4_reply_recv(endpoint, L4_TAG_CAP, &m);
	}
}
