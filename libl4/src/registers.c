/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/registers.h>

#include <l4/ipc.h>

/* A message of so many words can be sent and received. */
static bool message_fits(size_t count)
{
	return count <= L4_MESSAGE_REGISTERS || (count <= L4_MESSAGE_WORDS && l4_ipc_buffer);
}

l4_status_t l4_thread_read_registers(l4_cap_t thread, l4_word_t *registers, size_t count)
{
	struct l4_registers m = {{0}};
	l4_status_t status;

	if (count > L4_REGISTERS_COUNT || !message_fits(count))
		return L4_INVALID_ARGUMENT;
	status = l4_invoke(thread, l4_tag(L4_OP_THREAD_READ_REGISTERS, 0), &m);
	if (status != L4_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		registers[i] = i < L4_MESSAGE_REGISTERS ? m.word[i] : l4_ipc_buffer->message[i];
	return L4_OK;
}

l4_status_t l4_thread_write_registers(l4_cap_t thread, const l4_word_t *registers, size_t count)
{
	struct l4_registers m = {{0}};

	if (count > L4_REGISTERS_COUNT || !message_fits(count))
		return L4_INVALID_ARGUMENT;
	for (size_t i = 0; i < count; i++) {
		if (i < L4_MESSAGE_REGISTERS)
			m.word[i] = registers[i];
		else
			l4_ipc_buffer->message[i] = registers[i];
	}
	return l4_invoke(thread, l4_tag(L4_OP_THREAD_WRITE_REGISTERS, count), &m);
}
