/* SPDX-License-Identifier: BSD-2-Clause */
/* Divides the machine's memory at boot: what is free becomes object memory (one range, mapped by the kernel) and user memory (the rest). */
#include <kernel/arch.h>
#include <kernel/boot_memory.h>
#include <kernel/print.h>

#define OBJECT_ALIGN_BITS 21
#define OBJECT_SHARE 16 /* object memory is 1/16 of the free memory, within these bounds */
#define OBJECT_MIN (16UL << 20)
#define OBJECT_MAX (512UL << 20)

static void add(struct boot_memory *memory, paddr_t start, paddr_t end)
{
	if (start >= end)
		return;
	KERNEL_ASSERT(memory->count < BOOT_FREE_MAX, memory->count);
	memory->free[memory->count++] = (struct boot_range){start, end};
}

static void take_out(struct boot_memory *memory, paddr_t start, paddr_t end)
{
	start &= ~(PAGE_SIZE - 1);
	end = align_up(end, L4_PAGE_BITS);
	if (start >= end)
		return;
	struct boot_memory old = *memory;
	memory->count = 0;
	for (unsigned i = 0; i < old.count; i++) {
		const struct boot_range *range = &old.free[i];
		if (end <= range->start || range->end <= start) {
			add(memory, range->start, range->end);
		} else {
			add(memory, range->start, start);
			add(memory, end, range->end);
		}
	}
}

static struct boot_range *largest(struct boot_memory *memory)
{
	struct boot_range *best = &memory->free[0];
	for (unsigned i = 1; i < memory->count; i++) {
		if (memory->free[i].end - memory->free[i].start > best->end - best->start)
			best = &memory->free[i];
	}
	return best;
}

static uint64_t total(const struct boot_memory *memory)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < memory->count; i++)
		sum += memory->free[i].end - memory->free[i].start;
	return sum;
}

static void choose_object_memory(struct boot_memory *memory)
{
	uint64_t size = total(memory) / OBJECT_SHARE & ~((1UL << OBJECT_ALIGN_BITS) - 1);
	size = size < OBJECT_MIN ? OBJECT_MIN : size > OBJECT_MAX ? OBJECT_MAX : size;
	const struct boot_range *range = largest(memory);
	paddr_t start = align_up(range->start, OBJECT_ALIGN_BITS);
	if (start + size > range->end)
		panic("too little memory for the kernel's objects", range->end - range->start);
	memory->object = (struct boot_range){start, start + size};
	take_out(memory, memory->object.start, memory->object.end);
}

void boot_memory_divide(struct boot_memory *memory, const struct boot_platform *platform)
{
	memory->count = 0;
	for (unsigned i = 0; i < platform->ram_count; i++)
		add(memory, align_up(platform->ram[i].start, L4_PAGE_BITS), platform->ram[i].end & ~(PAGE_SIZE - 1));
	for (unsigned i = 0; i < platform->reserved_count; i++)
		take_out(memory, platform->reserved[i].start, platform->reserved[i].end);
	take_out(memory, platform->devicetree.start, platform->devicetree.end);
	take_out(memory, platform->bundle.start, platform->bundle.end);
	if (!memory->count)
		panic("no free memory", platform->ram_count);
	choose_object_memory(memory);
}

unsigned boot_piece_bits(paddr_t start, paddr_t end)
{
	unsigned bits = start ? __builtin_ctzl(start) : 46;
	while (1UL << bits > end - start)
		bits--;
	return bits;
}
