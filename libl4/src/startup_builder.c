/* SPDX-License-Identifier: BSD-2-Clause */
/* The startup block, as the program's creator fills it. */
#include <l4/startup.h>

#include <string.h>

void l4_startup_init(struct l4_startup *block)
{
	memset(block, 0, sizeof(*block));
	block->magic = L4_STARTUP_MAGIC;
}

bool l4_startup_add(struct l4_startup *block, const char *name, l4_word_t value)
{
	size_t length = strlen(name);
	struct l4_startup_entry *entry = &block->entry[block->entry_count];

	if (block->entry_count == L4_STARTUP_ENTRIES || length >= L4_STARTUP_NAME_SIZE)
		return false;
	memcpy(entry->name, name, length + 1);
	entry->value = value;
	block->entry_count++;
	return true;
}

bool l4_startup_add_untyped(struct l4_startup *block, l4_cap_t slot, const struct l4_boot_untyped *untyped)
{
	if (block->untyped_count == L4_STARTUP_UNTYPEDS)
		return false;
	block->untyped[block->untyped_count++] = (struct l4_startup_untyped){
		.paddr = untyped->paddr,
		.slot = (uint32_t)slot,
		.size_bits = (uint8_t)untyped->size_bits,
		.kind = (uint8_t)untyped->kind,
	};
	return true;
}

bool l4_startup_add_argument(struct l4_startup *block, const char *text)
{
	size_t size = strlen(text) + 1;

	if (block->argument_count == L4_STARTUP_ARGUMENTS || size > L4_STARTUP_TEXT - block->text_used)
		return false;
	memcpy(block->text + block->text_used, text, size);
	block->text_used += (uint32_t)size;
	block->argument_count++;
	return true;
}
