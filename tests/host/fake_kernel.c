/* SPDX-License-Identifier: BSD-2-Clause */
#include <fake_kernel.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/arch/syscall.h>
#include <l4/objects.h>

#define LEVEL_BITS 9
#define LEVELS 3

struct cap {
	enum l4_type type; /* NULL: empty */
	unsigned int size_bits;
	enum l4_memory kind;
	l4_word_t paddr;
	l4_word_t used;
	l4_cap_t parent;
	bool mapped;
	l4_word_t vaddr;
};

static struct cap slots[FAKE_SLOTS];

void fake_reset(void)
{
	memset(slots, 0, sizeof(slots));
	slots[FAKE_CNODE].type = L4_TYPE_CNODE;
	slots[FAKE_VSPACE].type = L4_TYPE_VSPACE;
}

void fake_untyped(l4_cap_t slot, l4_word_t paddr, unsigned int size_bits, enum l4_memory kind)
{
	slots[slot] = (struct cap){.type = L4_TYPE_UNTYPED, .size_bits = size_bits, .kind = kind, .paddr = paddr};
}

l4_word_t fake_caps(void)
{
	l4_word_t count = 0;

	for (l4_cap_t i = 0; i < FAKE_SLOTS; i++)
		count += slots[i].type != L4_TYPE_NULL;
	return count - 2;
}

l4_word_t fake_paddr(l4_cap_t slot)
{
	return slots[slot].paddr;
}

static const struct cap *frame_at(l4_word_t vaddr)
{
	for (l4_cap_t i = 0; i < FAKE_SLOTS; i++)
		if (slots[i].type == L4_TYPE_FRAME && slots[i].mapped && vaddr >= slots[i].vaddr && vaddr - slots[i].vaddr < 1UL << slots[i].size_bits)
			return &slots[i];
	return NULL;
}

bool fake_translate(l4_word_t vaddr, l4_word_t *paddr)
{
	const struct cap *frame = frame_at(vaddr);

	if (frame)
		*paddr = frame->paddr + (vaddr - frame->vaddr);
	return frame != NULL;
}

l4_word_t fake_mapped(void)
{
	l4_word_t count = 0;

	for (l4_cap_t i = 0; i < FAKE_SLOTS; i++)
		count += slots[i].type == L4_TYPE_FRAME && slots[i].mapped;
	return count;
}

static bool has_children(l4_cap_t slot)
{
	for (l4_cap_t i = 0; i < FAKE_SLOTS; i++)
		if (slots[i].type != L4_TYPE_NULL && slots[i].parent == slot)
			return true;
	return false;
}

static l4_word_t watermark(l4_cap_t slot)
{
	return has_children(slot) ? slots[slot].used : 0;
}

static l4_status_t retype(l4_cap_t untyped, enum l4_type type, unsigned int bits, l4_cap_t index, l4_word_t count)
{
	struct cap *source = &slots[untyped];
	l4_word_t start = (watermark(untyped) + (1UL << bits) - 1) >> bits << bits, size = 1UL << source->size_bits;

	if (bits == 0 || count == 0 || count > L4_RETYPE_COUNT_MAX || index + count > FAKE_SLOTS)
		return L4_INVALID_ARGUMENT;
	if (type != L4_TYPE_UNTYPED && (type == L4_TYPE_FRAME) == (source->kind == L4_MEMORY_OBJECT))
		return L4_INVALID_ARGUMENT;
	for (l4_word_t i = 0; i < count; i++)
		if (slots[index + i].type != L4_TYPE_NULL)
			return L4_OCCUPIED;
	if (start > size || count > (size - start) >> bits)
		return L4_OUT_OF_MEMORY;
	for (l4_word_t i = 0; i < count; i++)
		slots[index + i] = (struct cap){.type = type, .size_bits = bits, .kind = source->kind, .parent = untyped,
						.paddr = source->paddr + start + (i << bits)};
	source->used = start + (count << bits);
	return L4_OK;
}

static void revoke(l4_cap_t slot)
{
	for (l4_cap_t i = 0; i < FAKE_SLOTS; i++) {
		if (slots[i].type != L4_TYPE_NULL && slots[i].parent == slot) {
			revoke(i);
			slots[i] = (struct cap){.type = L4_TYPE_NULL};
		}
	}
}

static l4_status_t copy(l4_cap_t index, l4_cap_t source)
{
	if (slots[index].type != L4_TYPE_NULL)
		return L4_OCCUPIED;
	if (slots[source].type != L4_TYPE_FRAME)
		return L4_BAD_OPERATION;
	slots[index] = slots[source];
	slots[index].parent = source;
	slots[index].mapped = false;
	return L4_OK;
}

static unsigned int table_shift(unsigned int level)
{
	return L4_PAGE_BITS + LEVEL_BITS * (level + 1);
}

/* A table of a level is known by the addresses it serves. Gives the level of the first missing table above `leaf`, or -1. */
static int missing_table(l4_word_t vaddr, unsigned int leaf)
{
	for (int level = LEVELS - 2; level >= (int)leaf; level--) {
		bool found = false;

		for (l4_cap_t i = 0; i < FAKE_SLOTS && !found; i++)
			found = slots[i].type == L4_TYPE_PAGE_TABLE && slots[i].mapped && slots[i].used == (l4_word_t)level &&
				slots[i].vaddr >> table_shift((unsigned int)level) == vaddr >> table_shift((unsigned int)level);
		if (!found)
			return level;
	}
	return -1;
}

static l4_status_t map_table(struct cap *table, l4_word_t vaddr)
{
	int level = missing_table(vaddr, 0);

	if (table->mapped)
		return L4_BUSY;
	if (level < 0)
		return L4_OCCUPIED;
	table->mapped = true;
	table->vaddr = vaddr;
	table->used = (l4_word_t)level;
	return L4_OK;
}

static l4_status_t map_frame(struct cap *frame, l4_word_t vaddr)
{
	if (vaddr & ((1UL << frame->size_bits) - 1))
		return L4_INVALID_ARGUMENT;
	if (missing_table(vaddr, (frame->size_bits - L4_PAGE_BITS) / LEVEL_BITS) >= 0)
		return L4_MISSING_TABLE;
	if (frame->mapped)
		return L4_BUSY;
	if (frame_at(vaddr))
		return L4_OCCUPIED;
	frame->mapped = true;
	frame->vaddr = vaddr;
	return L4_OK;
}

static l4_status_t on_untyped(l4_cap_t cap, l4_word_t label, struct l4_registers *m)
{
	if (label == L4_OP_UNTYPED_RETYPE)
		return retype(cap, (enum l4_type)m->word[0], l4_object_bits(m->word[0], m->word[1]), m->word[3], m->word[4]);
	*m = (struct l4_registers){{slots[cap].size_bits, watermark(cap), slots[cap].kind}};
	return L4_OK;
}

static l4_status_t on_cnode(l4_word_t label, const struct l4_registers *m)
{
	if (label == L4_OP_CNODE_COPY)
		return copy(m->word[0], m->word[2]);
	if (label != L4_OP_CNODE_DELETE && label != L4_OP_CNODE_REVOKE)
		return L4_BAD_OPERATION;
	revoke(m->word[0]);
	if (label == L4_OP_CNODE_DELETE)
		slots[m->word[0]] = (struct cap){.type = L4_TYPE_NULL};
	return L4_OK;
}

static l4_status_t on_frame(struct cap *frame, l4_word_t label, const struct l4_registers *m)
{
	if (label == L4_OP_FRAME_MAP)
		return map_frame(frame, m->word[1]);
	if (!frame->mapped)
		return L4_BAD_STATE;
	frame->mapped = false;
	return L4_OK;
}

struct l4_result l4_ecall(int64_t number, l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	l4_word_t label = l4_tag_label(tag);
	l4_status_t status = L4_INVALID_CAP;

	if (number != L4_SYS_CALL || cap >= FAKE_SLOTS) {
		printf("the model has no system call %ld on %lu\n", (long)number, (unsigned long)cap);
		abort();
	}
	switch (slots[cap].type) {
	case L4_TYPE_UNTYPED:
		status = on_untyped(cap, label, m);
		break;
	case L4_TYPE_CNODE:
		status = on_cnode(label, m);
		break;
	case L4_TYPE_PAGE_TABLE:
		status = map_table(&slots[cap], m->word[1]);
		break;
	case L4_TYPE_FRAME:
		status = on_frame(&slots[cap], label, m);
		break;
	default:
		break;
	}
	return (struct l4_result){.status = status};
}
