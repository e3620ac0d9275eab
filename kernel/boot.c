/* SPDX-License-Identifier: BSD-2-Clause */
/* From a machine that the back end has described to the first program, which gets everything. */
#include <kernel/arch.h>
#include <kernel/boot_memory.h>
#include <kernel/boot_program.h>
#include <kernel/device.h>
#include <kernel/print.h>
#include <kernel/sched.h>
#include <kernel/trace.h>
#include <l4/abi/bootinfo.h>

#define PROGRAM_OBJECT_BITS 20 /* memory that the first program is made of */
#define PROGRAM_USER_BITS 22

static struct boot_memory memory;
static struct boot_program program;
static union {
	struct l4_bootinfo info;
	char page[PAGE_SIZE];
} boot;
static struct slot program_object_untyped, program_user_untyped;

static const struct slot no_slot;

static void make_root(struct slot *slot, word_t word)
{
	*slot = no_slot;
	slot_insert_child(&slot_origin, slot, word);
}

static word_t untyped_word(paddr_t paddr, unsigned size_bits)
{
	return slot_word(L4_TYPE_UNTYPED, L4_READ | L4_WRITE | L4_GRANT, size_bits, paddr);
}

/* Takes a naturally aligned piece from the end of a range, which shrinks. */
static paddr_t take_piece(struct boot_range *range, unsigned size_bits)
{
	paddr_t start = (range->end - (1UL << size_bits)) & ~((1UL << size_bits) - 1);
	if (range->end < 1UL << size_bits || start < range->start)
		panic("too little memory for the first program", range->end - range->start);
	range->end = start;
	return start;
}

static void describe(paddr_t paddr, unsigned size_bits, enum l4_memory kind)
{
	struct l4_boot_untyped *entry = &boot.info.untyped[boot.info.untyped_count++];
	*entry = (struct l4_boot_untyped){paddr, size_bits, kind};
}

/* More pieces than bootinfo has room for are left out, smallest uses last: the kernel says so. */
static void give_range(paddr_t start, paddr_t end, unsigned least_bits, enum l4_memory kind)
{
	while (start < end) {
		unsigned bits = boot_piece_bits(start, end);
		if (bits < least_bits)
			return;
		if (boot.info.untyped_count == L4_BOOTINFO_UNTYPED_MAX) {
			print_text("bulkhead: memory from ");
			print_hex(start);
			print_text(" on is left out: too many pieces\n");
			return;
		}
		struct slot *slot = program.cnode + L4_BOOT_UNTYPED + boot.info.untyped_count;
		make_root(slot, untyped_word(start, bits));
		slot->extra2 = kind;
		describe(start, bits, kind);
		start += 1UL << bits;
	}
}

static void give_pages(const struct boot_range *range)
{
	give_range(range->start & ~(PAGE_SIZE - 1), align_up(range->end, L4_PAGE_BITS), L4_PAGE_BITS, L4_MEMORY_DEVICE);
}

static void create_program(void)
{
	struct boot_range *user = &memory.free[0];
	for (unsigned i = 1; i < memory.count; i++) {
		if (memory.free[i].end - memory.free[i].start > user->end - user->start)
			user = &memory.free[i];
	}
	paddr_t object_piece = take_piece(&memory.object, PROGRAM_OBJECT_BITS);
	paddr_t user_piece = take_piece(user, PROGRAM_USER_BITS);
	make_root(&program_object_untyped, untyped_word(object_piece, PROGRAM_OBJECT_BITS));
	make_root(&program_user_untyped, untyped_word(user_piece, PROGRAM_USER_BITS));
	program_object_untyped.extra2 = L4_MEMORY_OBJECT;
	program_user_untyped.extra2 = L4_MEMORY_USER;
	describe(object_piece, PROGRAM_OBJECT_BITS, L4_MEMORY_OBJECT);
	describe(user_piece, PROGRAM_USER_BITS, L4_MEMORY_USER);
	boot_program_create(&program, &program_object_untyped, &program_user_untyped);
}

static void give_authority(const struct boot_platform *platform)
{
	word_t rights = L4_READ | L4_WRITE | L4_GRANT;
	make_root(program.cnode + L4_BOOT_DOMAIN, slot_word(L4_TYPE_DOMAIN, rights, 0, (word_t)&boot_domain));
	make_root(program.cnode + L4_BOOT_SCHEDULE_CONTROL, slot_word(L4_TYPE_SCHEDULE_CONTROL, rights, 0, 0));
	make_root(program.cnode + L4_BOOT_IRQ_CONTROL, slot_word(L4_TYPE_IRQ_CONTROL, rights, 0, 0));
	make_root(program.cnode + L4_BOOT_SYSTEM, slot_word(L4_TYPE_SYSTEM, rights, 0, 0));
	make_root(program.cnode + L4_BOOT_INSPECTOR, slot_word(L4_TYPE_INSPECTOR, rights, 0, 0));
	if (trace_exists())
		make_root(program.cnode + L4_BOOT_TRACE, slot_word(L4_TYPE_TRACE, rights, 0, 0));
	if (platform->io_ports)
		make_root(program.cnode + L4_BOOT_IO_PORT_CONTROL, slot_word(L4_TYPE_IO_PORT_CONTROL, rights, 0, platform->io_ports));
}

static void give_memory(const struct boot_platform *platform)
{
	give_range(memory.object.start, memory.object.end, L4_PAGE_BITS, L4_MEMORY_OBJECT);
	give_pages(&platform->devicetree);
	give_pages(&platform->bundle);
	for (unsigned i = 0; i < memory.count; i++)
		give_range(memory.free[i].start, memory.free[i].end, L4_PAGE_BITS, L4_MEMORY_USER);
	for (unsigned i = 0; i < platform->device_count; i++)
		give_range(platform->device[i].start, platform->device[i].end, L4_PAGE_BITS, L4_MEMORY_DEVICE);
}

static void fill_bootinfo(const struct boot_platform *platform)
{
	struct l4_bootinfo *info = &boot.info;
	info->magic = L4_BOOTINFO_MAGIC;
	info->ticks_per_second = platform->ticks_per_second;
	info->min_budget = sched_min_budget;
	info->ipc_buffer = program.ipc_buffer;
	info->free_vaddr = program.ipc_buffer + PAGE_SIZE;
	info->irq_lines = irq_count();
	info->first_message_line = platform->first_message_line;
	info->has_vcpu = platform->has_vcpu;
	info->page_levels = paging[STAGE_PROCESS].levels;
	info->devicetree = (struct l4_boot_region){platform->devicetree.start, platform->devicetree.end - platform->devicetree.start};
	info->bundle = (struct l4_boot_region){platform->bundle.start, platform->bundle.end - platform->bundle.start};
}

static void set_up_objects(void)
{
	size_t size = memory.object.end - memory.object.start;
	arch_map_object_memory(memory.object.start, size);
	void *base = arch_object_pointer(memory.object.start);
	size_t generations = vspace_generations_size(size);
	__builtin_memset(base, 0, generations);
	vspace_boot(base, base);
	memory.object.start += align_up(generations, L4_PAGE_BITS);
	trace_boot(&memory.object);
}

static void set_up_cpu(void)
{
	struct cpu *cpu = cpu_self();
	cpu->domain = cpu->place.domain = &boot_domain;
	cpu->place.end = TICKS_NEVER;
	cpu->highest_ready = PRIORITY_NONE;
}

void kernel_boot(const struct boot_platform *platform)
{
	boot_memory_divide(&memory, platform);
	set_up_objects();
	sched_min_budget = (platform->ticks_per_second + SCHED_MIN_BUDGETS_PER_SECOND - 1) / SCHED_MIN_BUDGETS_PER_SECOND;
	set_up_cpu();
	irq_boot(platform->irq_lines);
	create_program();
	give_authority(platform);
	give_memory(platform);
	boot_program_load(&program, platform->init_elf, platform->init_elf_size);
	program.bootinfo = program.image_end;
	program.ipc_buffer = program.image_end + PAGE_SIZE;
	fill_bootinfo(platform);
	boot_program_give(&program, &boot);
	boot_program_start(&program);
	sched_exit();
}
