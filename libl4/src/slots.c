/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/slots.h>

#include <l4/stubs.h>

#define WORD_BITS 64

static bool is_taken(const struct l4_slots *slots, l4_word_t index)
{
	return slots->taken[index / WORD_BITS] >> (index % WORD_BITS) & 1;
}

static void mark(struct l4_slots *slots, l4_word_t index, l4_word_t count, bool taken)
{
	for (l4_word_t i = index; i < index + count; i++) {
		uint64_t bit = 1UL << (i % WORD_BITS);

		if (taken)
			slots->taken[i / WORD_BITS] |= bit;
		else
			slots->taken[i / WORD_BITS] &= ~bit;
	}
}

/* The first free slot from `index` on, or the count. Full words are passed at once. */
static l4_word_t next_free(const struct l4_slots *slots, l4_word_t index)
{
	while (index < slots->count) {
		uint64_t free = ~slots->taken[index / WORD_BITS] >> (index % WORD_BITS);

		if (free)
			return index + (l4_word_t)__builtin_ctzl(free);
		index = (index / WORD_BITS + 1) * WORD_BITS;
	}
	return slots->count;
}

/* Consecutive free slots from `index` on, at most `count`. */
static l4_word_t run_length(const struct l4_slots *slots, l4_word_t index, l4_word_t count)
{
	l4_word_t length = 0;

	while (length < count && index + length < slots->count && !is_taken(slots, index + length))
		length++;
	return length;
}

void l4_slots_init(struct l4_slots *slots, l4_cap_t cnode, l4_word_t first, l4_word_t count, uint64_t *bitmap)
{
	*slots = (struct l4_slots){.cnode = cnode, .first = first, .count = count, .taken = bitmap};
	for (l4_word_t i = 0; i < L4_SLOTS_WORDS(count); i++)
		bitmap[i] = 0;
	/* The last word's rest is never free, so that next_free stays in range. */
	if (count % WORD_BITS)
		bitmap[count / WORD_BITS] = ~0UL << (count % WORD_BITS);
}

l4_cap_t l4_slots_alloc_range(struct l4_slots *slots, l4_word_t count)
{
	l4_word_t index = next_free(slots, slots->hint);

	slots->hint = index;
	while (count > 0 && index < slots->count) {
		l4_word_t length = run_length(slots, index, count);

		if (length == count) {
			mark(slots, index, count, true);
			return slots->first + index;
		}
		index = next_free(slots, index + length);
	}
	return 0;
}

l4_cap_t l4_slots_alloc(struct l4_slots *slots)
{
	return l4_slots_alloc_range(slots, 1);
}

void l4_slots_free(struct l4_slots *slots, l4_cap_t first, l4_word_t count)
{
	l4_word_t index = first - slots->first;

	mark(slots, index, count, false);
	if (index < slots->hint)
		slots->hint = index;
}

l4_status_t l4_slots_delete(struct l4_slots *slots, l4_cap_t slot)
{
	l4_status_t status = l4_cnode_delete(slots->cnode, slot);

	if (status == L4_OK)
		l4_slots_free(slots, slot, 1);
	return status;
}

l4_word_t l4_slots_left(const struct l4_slots *slots)
{
	l4_word_t taken = 0;

	for (l4_word_t i = 0; i < L4_SLOTS_WORDS(slots->count); i++)
		taken += (l4_word_t)__builtin_popcountl(slots->taken[i]);
	return L4_SLOTS_WORDS(slots->count) * WORD_BITS - taken;
}
