/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/trace.h>

#include <string.h>

#include <l4/ipc.h>

l4_status_t l4_trace_read(l4_cap_t trace, l4_word_t position, struct l4_trace_record record[L4_TRACE_READ_MAX], l4_word_t *count, l4_word_t *first)
{
	struct l4_registers m = {{position}};
	l4_word_t words[L4_MESSAGE_WORDS];

	if (!l4_ipc_buffer)
		return L4_INVALID_ARGUMENT;
	l4_status_t status = l4_invoke(trace, l4_tag(L4_OP_TRACE_READ, 1), &m);
	if (status != L4_OK)
		return status;
	for (size_t i = 0; i < L4_MESSAGE_WORDS; i++)
		words[i] = i < L4_MESSAGE_REGISTERS ? m.word[i] : l4_ipc_buffer->message[i];
	*count = words[L4_TRACE_READ_COUNT];
	*first = words[L4_TRACE_READ_FIRST];
	memcpy(record, &words[L4_TRACE_READ_RECORDS], *count * sizeof(*record));
	return L4_OK;
}
