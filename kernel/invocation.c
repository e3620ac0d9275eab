/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/trace.h>

word_t invocation_word(const struct invocation *inv, unsigned index)
{
	if (index < L4_MESSAGE_REGISTERS)
		return inv->registers[index];
	return *(volatile const word_t *)&thread_buffer(inv->thread)->message[index];
}

void invocation_set_word(struct invocation *inv, unsigned index, word_t value)
{
	arch_message(inv->thread)[index] = value;
}

void invocation_result(struct invocation *inv, unsigned index, word_t value)
{
	if (index < L4_MESSAGE_REGISTERS)
		inv->result[index] = value;
	else
		thread_buffer(inv->thread)->message[index] = value;
	if (index >= inv->results)
		inv->results = index + 1;
}

status_t invocation_slot(const struct invocation *inv, unsigned index, enum l4_type type, word_t rights, struct slot **slot)
{
	*slot = thread_lookup(inv->thread, inv->registers[index]);
	if (!*slot || slot_is_empty(*slot) || (type != L4_TYPE_NULL && slot_type(*slot) != type))
		return L4_INVALID_CAP;
	return slot_has_rights(*slot, rights) ? L4_OK : L4_NO_RIGHT;
}

status_t invocation_optional_slot(const struct invocation *inv, unsigned index, enum l4_type type, word_t rights, struct slot **slot)
{
	*slot = NULL;
	return inv->registers[index] ? invocation_slot(inv, index, type, rights, slot) : L4_OK;
}

#include <kernel/dispatch.inc>

status_t object_invoke(struct invocation *inv)
{
	enum l4_type type = slot_type(inv->target);
	return object_dispatch[type] ? object_dispatch[type](inv) : L4_BAD_OPERATION;
}
