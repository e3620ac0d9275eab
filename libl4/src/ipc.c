/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/ipc.h>

_Thread_local volatile struct l4_ipc_buffer *l4_ipc_buffer;

void l4_accept_cap(l4_cap_t slot)
{
	if (l4_ipc_buffer)
		l4_ipc_buffer->recv_slot = slot;
}

struct l4_result l4_call_with_cap(l4_cap_t endpoint, l4_word_t tag, struct l4_registers *m, l4_cap_t slot, bool move)
{
	if (!l4_ipc_buffer)
		return (struct l4_result){.status = L4_BAD_STATE};
	l4_ipc_buffer->send_slot = slot;
	return l4_call(endpoint, tag | L4_TAG_CAP | (move ? L4_TAG_MOVE : 0), m);
}
