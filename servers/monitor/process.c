/* SPDX-License-Identifier: BSD-2-Clause */
#include "process.h"

#include <string.h>

#include <l4/arch/elf.h>
#include <l4/stubs.h>
#include <l4/threads.h>
#include <servers/layout.h>

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

_Static_assert(L4_STARTUP_ENTRIES <= 64, "process.capabilities has a bit for each");

void process_check_named(struct process *process, l4_status_t status, const char *what, const char *name)
{
	if (process->problem || status == L4_OK)
		return;
	process->problem = what;
	process->detail = name;
	process->status = status;
}

void process_check(struct process *process, l4_status_t status, const char *what)
{
	process_check_named(process, status, what, NULL);
}

l4_word_t process_ticks(const struct l4_startup *like, l4_word_t nanoseconds)
{
	return nanoseconds / 1000 * (like->ticks_per_second / 1000) / 1000;
}

static void check_startup(struct process *process, bool fits)
{
	process_check(process, fits ? L4_OK : L4_OUT_OF_MEMORY, "the startup block is full");
}

static void make_time(struct process *process, const struct process_config *config)
{
	if (process->problem)
		return;
	process_check(process, l4_sched_context_new(process->objects, config->domain, config->budget, config->period, &process->sched_context),
		      "no sched_context could be made");
}

static void make_thread(struct process *process, const struct process_config *config)
{
	if (process->problem)
		return;
	const struct l4_thread_config thread = {
		.cnode = process->cnode,
		.domain = config->domain,
		.sched_context = process->sched_context,
		.handler = config->handler,
		.buffer = LAYOUT_BUFFER,
		.priority = config->priority,
	};
	process_check(process, l4_thread_new(&process->space, &thread, &process->thread), "no thread could be made");
}

void process_create(struct process *process, struct l4_objects *objects, struct l4_window *window, const struct process_config *config)
{
	*process = (struct process){.objects = objects, .window = window, .next_slot = L4_SLOT_FIRST, .next_shared = LAYOUT_SHARED};
	l4_startup_init(&process->startup);
	process->startup.ticks_per_second = config->like->ticks_per_second;
	process->startup.min_budget = config->like->min_budget;
	process->startup.ipc_buffer = LAYOUT_BUFFER;
	process->startup.free_vaddr = LAYOUT_FREE;
	process->startup.free_vaddr_end = LAYOUT_FREE_END;
	process->startup.slot_count = 1UL << config->slots_bits;
	process_check(process,
		      l4_objects_alloc(objects, L4_TYPE_CNODE, config->slots_bits + 6, L4_MEMORY_OBJECT, &process->cnode),
		      "no cnode could be made");
	process_check(process, l4_space_new(&process->space, L4_TYPE_VSPACE, objects), "no vspace could be made");
	make_time(process, config);
	make_thread(process, config);
}

void process_load(struct process *process, const void *image, size_t size)
{
	if (process->problem)
		return;
	struct l4_elf elf;
	enum l4_elf_error error = l4_elf_open(&elf, image, size, L4_ARCH_ELF_MACHINE);
	if (error != L4_ELF_OK) {
		process_check(process, L4_INVALID_ARGUMENT, l4_elf_error_text(error));
		return;
	}
	process->entry = elf.entry;
	process_check(process, l4_load_elf(process->window, &process->space, &elf), "the program's file could not be loaded");
}

void process_map_memory(struct process *process, l4_word_t stack_pages, l4_word_t heap_pages)
{
	if (process->problem)
		return;
	l4_word_t stack = stack_pages * PAGE_SIZE;
	process_check(process, l4_load_bytes(process->window, &process->space, LAYOUT_STACK_TOP - stack, NULL, 0, stack, L4_READ | L4_WRITE),
		      "no memory for the stack");
	process_check(process, l4_load_bytes(process->window, &process->space, LAYOUT_HEAP, NULL, 0, heap_pages * PAGE_SIZE, L4_READ | L4_WRITE),
		      "no memory for the heap");
	process_set_heap(process, heap_pages);
}

void process_set_heap(struct process *process, l4_word_t heap_pages)
{
	process->startup.heap_start = LAYOUT_HEAP;
	process->startup.heap_end = LAYOUT_HEAP + heap_pages * PAGE_SIZE;
}

l4_word_t process_map_data(struct process *process, const char *name, const void *data, size_t size)
{
	if (process->problem)
		return 0;
	l4_word_t vaddr = process->next_shared;
	process_check(process, l4_load_bytes(process->window, &process->space, vaddr, data, size, size, L4_READ), "no memory for a table");
	process->next_shared += (size + PAGE_SIZE - 1) & -PAGE_SIZE;
	process_tell(process, name, vaddr);
	return vaddr;
}

/* A page without a name belongs to the region before it. */
static void note_region(struct process *process, const char *name, l4_word_t vaddr, l4_word_t rights)
{
	if (name && process->region_count < PROCESS_REGIONS)
		process->region[process->region_count++] = (struct process_region){name, vaddr, vaddr, rights};
	if (process->region_count > 0 && process->region[process->region_count - 1].end == vaddr)
		process->region[process->region_count - 1].end += PAGE_SIZE;
}

const struct process_region *process_region_at(const struct process *process, l4_word_t address)
{
	for (unsigned int i = 0; i < process->region_count; i++)
		if (address >= process->region[i].vaddr && address < process->region[i].end)
			return &process->region[i];
	return NULL;
}

l4_word_t process_map_shared(struct process *process, const char *name, l4_cap_t frame, l4_word_t rights)
{
	if (process->problem)
		return 0;
	l4_word_t vaddr = process->next_shared;
	process_check_named(process, l4_space_map(&process->space, frame, vaddr, rights), "a shared page could not be mapped", name);
	process->next_shared += PAGE_SIZE;
	note_region(process, name, vaddr, rights);
	return vaddr;
}

l4_word_t process_share(struct process *process, const char *name, l4_cap_t frame, l4_word_t rights)
{
	l4_word_t vaddr = process_map_shared(process, name, frame, rights);
	if (name && !process->problem)
		process_tell(process, name, vaddr);
	return vaddr;
}

/* Null: it has no name, and is not told. */
static void note_capability(struct process *process, const char *name, l4_word_t slot, l4_word_t rights)
{
	process->given++;
	if (!name)
		return;
	process->capabilities |= 1UL << process->startup.entry_count;
	process_tell(process, name, slot);
	if (!process->problem)
		process->cap_rights[process->startup.entry_count - 1] = (uint8_t)rights;
}

l4_cap_t process_give(struct process *process, const char *name, l4_cap_t slot, l4_word_t rights, l4_word_t badge)
{
	if (process->problem)
		return 0;
	l4_cap_t given = process->next_slot++;
	l4_cap_t own = process->objects->slots->cnode;
	l4_status_t status = badge ? l4_cnode_mint(process->cnode, given, own, slot, rights, badge) : l4_cnode_copy(process->cnode, given, own, slot, rights);
	process_check_named(process, status, "a capability could not be given", name);
	note_capability(process, name, given, rights);
	return given;
}

const char *process_cap_at(const struct process *process, l4_cap_t slot, l4_word_t *rights)
{
	for (uint32_t i = 0; i < process->startup.entry_count; i++) {
		if (process->cap_rights[i] == 0 || process->startup.entry[i].value != slot)
			continue;
		*rights = process->cap_rights[i];
		return process->startup.entry[i].name;
	}
	return NULL;
}

l4_cap_t process_move(struct process *process, const char *name, l4_cap_t slot)
{
	if (process->problem)
		return 0;
	l4_cap_t given = process->next_slot++;
	process_check_named(process, l4_cnode_move(process->cnode, given, process->objects->slots->cnode, slot), "a capability could not be moved", name);
	note_capability(process, name, given, L4_ALL_RIGHTS);
	return given;
}

void process_give_own(struct process *process, const char *name, l4_cap_t slot, l4_word_t own_slot)
{
	if (process->problem)
		return;
	process_check(process, l4_cnode_copy(process->cnode, own_slot, process->objects->slots->cnode, slot, L4_ALL_RIGHTS),
		      "a capability to its own objects could not be given");
	note_capability(process, name, own_slot, L4_ALL_RIGHTS);
}

void process_tell(struct process *process, const char *name, l4_word_t value)
{
	check_startup(process, l4_startup_add(&process->startup, name, value));
}

void process_arguments(struct process *process, const char *name, const char *arguments)
{
	check_startup(process, l4_startup_add_argument(&process->startup, name));
	while (*arguments) {
		char word[L4_STARTUP_TEXT];
		size_t length = strcspn(arguments, " ");
		if (length >= sizeof(word)) {
			check_startup(process, false);
			return;
		}
		memcpy(word, arguments, length);
		word[length] = 0;
		check_startup(process, l4_startup_add_argument(&process->startup, word));
		arguments += length;
		arguments += strspn(arguments, " ");
	}
}

void process_start(struct process *process)
{
	if (process->problem)
		return;
	process->startup.free_slot = process->next_slot;
	process_check(process,
		      l4_load_bytes(process->window, &process->space, LAYOUT_STARTUP, &process->startup, sizeof(process->startup), PAGE_SIZE, L4_READ),
		      "no memory for the startup block");
	if (!process->problem)
		process_check(process, l4_thread_start(process->thread, process->entry, LAYOUT_STACK_TOP, LAYOUT_STARTUP, 0), "the thread does not start");
}
