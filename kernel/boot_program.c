/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/boot_program.h>
#include <kernel/elf.h>
#include <kernel/mapping.h>
#include <kernel/object.h>
#include <kernel/print.h>
#include <kernel/sched.h>
#include <l4/abi/bootinfo.h>

#define FIRST_PROGRAM_PRIORITY 200
#define FIRST_PROGRAM_NAME 0x74696e69UL /* "init", the first letter lowest */
#define FIRST_FREE_SLOT (L4_BOOT_UNTYPED + L4_BOOTINFO_UNTYPED_MAX)

/* Boot's own retype: nothing else runs, so it need not stop for interrupts. */
static void carve(struct slot *untyped, struct slot *slot, word_t type, word_t wanted_bits)
{
	unsigned size_bits = object_size_bits(type, wanted_bits);
	word_t start = align_up(untyped->badge, size_bits);
	word_t end = start + (1UL << size_bits);
	paddr_t paddr = slot_address(untyped) + start;
	KERNEL_ASSERT(size_bits && end <= 1UL << slot_size_bits(untyped), end);
	if (type == L4_TYPE_FRAME)
		arch_window_clear(paddr);
	else
		__builtin_memset(arch_object_pointer(paddr), 0, 1UL << size_bits);
	untyped->badge = untyped->extra = end;
	object_create(untyped, slot, type, size_bits, paddr);
}

static struct slot *slot_at(struct boot_program *program, word_t index)
{
	return program->cnode + index;
}

static struct slot *next_slot(struct boot_program *program)
{
	KERNEL_ASSERT(program->next_slot < (1UL << L4_BOOT_CNODE_BITS) - 1, program->next_slot);
	return slot_at(program, program->next_slot++);
}

static void bind(struct boot_program *program, enum l4_bind which, word_t index)
{
	slot_derive(slot_at(program, index), &program->thread->slots[which], which == L4_BIND_CNODE ? L4_READ | L4_WRITE : L4_WRITE);
}

void boot_program_create(struct boot_program *program, struct slot *object_untyped, struct slot *user_untyped)
{
	struct slot first = {0};
	carve(object_untyped, &first, L4_TYPE_CNODE, L4_BOOT_CNODE_BITS + SLOT_BITS);
	program->cnode = slot_object(&first);
	program->next_slot = FIRST_FREE_SLOT;
	slot_move(&first, slot_at(program, L4_BOOT_CNODE));
	program->object_untyped = slot_at(program, L4_BOOT_UNTYPED);
	program->user_untyped = slot_at(program, L4_BOOT_UNTYPED + 1);
	slot_move(object_untyped, program->object_untyped);
	slot_move(user_untyped, program->user_untyped);
	carve(program->object_untyped, slot_at(program, L4_BOOT_VSPACE), L4_TYPE_VSPACE, 0);
	carve(program->object_untyped, slot_at(program, L4_BOOT_THREAD), L4_TYPE_THREAD, 0);
	carve(program->object_untyped, slot_at(program, L4_BOOT_SCHED_CONTEXT), L4_TYPE_SCHED_CONTEXT, 0);
	program->space = slot_object(slot_at(program, L4_BOOT_VSPACE));
	program->thread = slot_object(slot_at(program, L4_BOOT_THREAD));
}

/* Puts page tables in until the entry for a page is there. */
static pte_t *entry_for(struct boot_program *program, vaddr_t vaddr)
{
	unsigned found;
	pte_t *entry;
	while (!(entry = vspace_walk(program->space, vaddr, 0, &found))) {
		struct slot *table = next_slot(program);
		carve(program->object_untyped, table, L4_TYPE_PAGE_TABLE, 0);
		unsigned shift = L4_PAGE_BITS + TABLE_BITS * found;
		*vspace_walk(program->space, vaddr, found, &found) = pte_make_table(arch_object_paddr(slot_object(table)));
		mapping_set(table, program->space, vaddr >> shift << shift, found);
	}
	return entry;
}

static paddr_t map_new_page(struct boot_program *program, vaddr_t vaddr, word_t rights)
{
	struct slot *frame = next_slot(program);
	carve(program->user_untyped, frame, L4_TYPE_FRAME, L4_PAGE_BITS);
	*entry_for(program, vaddr) = pte_make_page(slot_address(frame), rights, STAGE_PROCESS, 0);
	mapping_set(frame, program->space, vaddr, 0);
	return slot_address(frame);
}

static word_t segment_rights(const Elf64_Phdr *segment)
{
	return (segment->p_flags & PF_R ? L4_READ : 0) | (segment->p_flags & PF_W ? L4_WRITE : 0) | (segment->p_flags & PF_X ? L4_EXECUTE : 0);
}

/* The part of a segment's file content that lies in the page at `vaddr`. */
static void fill_page(paddr_t page, vaddr_t vaddr, const Elf64_Phdr *segment, const char *file)
{
	vaddr_t from = segment->p_vaddr > vaddr ? segment->p_vaddr : vaddr;
	vaddr_t content_end = segment->p_vaddr + segment->p_filesz;
	vaddr_t to = content_end < vaddr + PAGE_SIZE ? content_end : vaddr + PAGE_SIZE;
	if (from < to)
		arch_window_write(page, from - vaddr, file + segment->p_offset + (from - segment->p_vaddr), to - from);
}

static void load_segment(struct boot_program *program, const Elf64_Phdr *segment, const char *file)
{
	vaddr_t end = align_up(segment->p_vaddr + segment->p_memsz, L4_PAGE_BITS);
	for (vaddr_t vaddr = segment->p_vaddr & ~(PAGE_SIZE - 1); vaddr < end; vaddr += PAGE_SIZE)
		fill_page(map_new_page(program, vaddr, segment_rights(segment)), vaddr, segment, file);
	if (end > program->image_end)
		program->image_end = end;
}

void boot_program_load(struct boot_program *program, const void *elf, size_t size)
{
	const Elf64_Ehdr *header = elf;
	if (size < sizeof(*header) || __builtin_memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		panic("the first program is no ELF file", size);
	const Elf64_Phdr *segments = (const Elf64_Phdr *)((const char *)elf + header->e_phoff);
	for (unsigned i = 0; i < header->e_phnum; i++) {
		if (segments[i].p_type == PT_LOAD && segments[i].p_memsz)
			load_segment(program, &segments[i], elf);
	}
	arch_sync_instructions();
	arch_context_start(program->thread, header->e_entry, 0, 0, 0);
}

void boot_program_give(struct boot_program *program, const void *bootinfo)
{
	arch_window_write(map_new_page(program, program->bootinfo, L4_READ), 0, bootinfo, PAGE_SIZE);
	(void)entry_for(program, program->ipc_buffer);
	status_t status = vspace_map_object(program->space, program->ipc_buffer, thread_buffer(program->thread));
	KERNEL_ASSERT(status == L4_OK, status);
	program->thread->buffer_is_mapped = true;
	program->thread->buffer_vaddr = program->ipc_buffer;
	program->thread->buffer_space = program->space->number;
	program->thread->buffer_generation = vspace_generation(program->space);
}

void boot_program_start(struct boot_program *program)
{
	struct thread *thread = program->thread;
	bind(program, L4_BIND_CNODE, L4_BOOT_CNODE);
	bind(program, L4_BIND_VSPACE, L4_BOOT_VSPACE);
	bind(program, L4_BIND_DOMAIN, L4_BOOT_DOMAIN);
	bind(program, L4_BIND_SCHED_CONTEXT, L4_BOOT_SCHED_CONTEXT);
	bind(program, L4_BIND_HANDLER, L4_BOOT_SYSTEM);
	thread->slots[L4_BIND_HANDLER].badge = FIRST_PROGRAM_NAME;
	struct sched_context *time = slot_object(slot_at(program, L4_BOOT_SCHED_CONTEXT));
	slot_derive(slot_at(program, L4_BOOT_DOMAIN), &time->domain, L4_ALL_RIGHTS);
	time->budget = time->period = sched_min_budget;
	time->count = 1;
	time->refills[0].amount = sched_min_budget;
	time->home = thread;
	thread->priority = FIRST_PROGRAM_PRIORITY;
	arch_context_start(thread, arch_context_pc(thread), 0, program->bootinfo, 0);
	sched_give_time(time, thread);
	sched_make_ready(thread);
}
