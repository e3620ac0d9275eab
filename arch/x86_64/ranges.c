/* SPDX-License-Identifier: BSD-2-Clause */
#include "ranges.h"

#include <kernel/print.h>

static uint64_t range_end(uint64_t base, uint64_t size)
{
	return base + size < base ? UINT64_MAX : base + size;
}

/* An end that is no address any more keeps the last page out. */
static uint64_t page_above(uint64_t address)
{
	return address > ~(PAGE_SIZE - 1) ? ~(PAGE_SIZE - 1) : align_up(address, L4_PAGE_BITS);
}

struct boot_range range_inner_pages(uint64_t base, uint64_t size)
{
	return (struct boot_range){page_above(base), range_end(base, size) & ~(PAGE_SIZE - 1)};
}

struct boot_range range_outer_pages(uint64_t base, uint64_t size)
{
	return (struct boot_range){base & ~(PAGE_SIZE - 1), page_above(range_end(base, size))};
}

bool range_overlaps(struct boot_range a, struct boot_range b)
{
	return a.start < b.end && b.start < a.end;
}

static uint64_t size_of(struct boot_range range)
{
	return range.end - range.start;
}

static struct boot_range hull(struct boot_range a, struct boot_range b)
{
	return (struct boot_range){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

static void take_out(struct ranges *ranges, unsigned index)
{
	ranges->at[index] = ranges->at[--ranges->count];
}

static void drop_smallest(struct ranges *ranges)
{
	unsigned smallest = 0;
	for (unsigned i = 1; i < ranges->count; i++)
		if (size_of(ranges->at[i]) < size_of(ranges->at[smallest]))
			smallest = i;
	print_text("bulkhead: memory from ");
	print_hex(ranges->at[smallest].start);
	print_text(" to ");
	print_hex(ranges->at[smallest].end);
	print_text(" is left out: the machine's memory is in too many pieces\n");
	take_out(ranges, smallest);
}

/* The range that begins next above `index`; `index` itself where there is none. */
static unsigned next_above(const struct ranges *ranges, unsigned index)
{
	unsigned next = index;
	for (unsigned i = 0; i < ranges->count; i++)
		if (ranges->at[i].start > ranges->at[index].start && (next == index || ranges->at[i].start < ranges->at[next].start))
			next = i;
	return next;
}

static void join_nearest(struct ranges *ranges)
{
	unsigned lower = 0, upper = 0;
	uint64_t distance = UINT64_MAX;
	for (unsigned i = 0; i < ranges->count; i++) {
		unsigned next = next_above(ranges, i);
		if (next == i || ranges->at[next].start - ranges->at[i].end >= distance)
			continue;
		lower = i;
		upper = next;
		distance = ranges->at[next].start - ranges->at[i].end;
	}
	ranges->at[lower].end = ranges->at[upper].end;
	take_out(ranges, upper);
}

void ranges_add(struct ranges *ranges, struct boot_range range)
{
	if (range.start >= range.end)
		return;
	for (unsigned i = 0; i < ranges->count;) {
		if (ranges->at[i].start > range.end || range.start > ranges->at[i].end) {
			i++;
			continue;
		}
		range = hull(range, ranges->at[i]);
		take_out(ranges, i);
		i = 0;
	}
	/* There is always room for one more, which is made after it has come: it may be the one to go. */
	ranges->at[ranges->count++] = range;
	if (ranges->count < RANGES_MAX)
		return;
	if (ranges->may_widen)
		join_nearest(ranges);
	else
		drop_smallest(ranges);
}

void ranges_remove(struct ranges *ranges, struct boot_range range)
{
	if (range.start >= range.end)
		return;
	for (unsigned i = 0; i < ranges->count;) {
		struct boot_range old = ranges->at[i];
		if (!range_overlaps(old, range)) {
			i++;
			continue;
		}
		take_out(ranges, i);
		ranges_add(ranges, (struct boot_range){old.start, range.start});
		ranges_add(ranges, (struct boot_range){range.end, old.end});
		i = 0;
	}
}

void ranges_remove_all(struct ranges *ranges, const struct ranges *others)
{
	for (unsigned i = 0; i < others->count; i++)
		ranges_remove(ranges, others->at[i]);
}

bool ranges_contain(const struct ranges *ranges, struct boot_range range)
{
	for (unsigned i = 0; i < ranges->count; i++)
		if (ranges->at[i].start <= range.start && range.end <= ranges->at[i].end)
			return true;
	return false;
}

void ranges_shrink(struct ranges *ranges, unsigned count)
{
	while (ranges->count > count)
		drop_smallest(ranges);
}
