/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building one program: address space, capability table, thread, startup block. Used by init (for the monitor) and by the monitor (for all others).
 *
 * The first step that fails is kept in `problem`; every later step does nothing. So the caller asks once, at the end. What a failed build leaves
 * behind lies in the objects' pool and goes with it.
 */
#pragma once

#include <l4/loader.h>
#include <l4/startup.h>

#define PROCESS_REGIONS 24

/* Shared pages that were mapped under one name, for messages about faults. */
struct process_region {
	const char *name;
	l4_word_t vaddr;
	l4_word_t end;
	l4_word_t rights;
};

struct process {
	struct l4_objects *objects;  /* all memory of the program */
	struct l4_window *window;
	struct l4_space space;
	l4_cap_t cnode;
	l4_cap_t thread;
	l4_cap_t sched_context;
	l4_word_t entry;
	l4_word_t next_slot;         /* of the program's cnode */
	l4_word_t next_shared;       /* address of the next shared page */
	const char *problem;         /* what could not be done; null: all is well */
	const char *detail;          /* the name of what it was about, or null */
	l4_status_t status;          /* why */
	l4_word_t given;             /* number of capabilities */
	l4_word_t capabilities;      /* bit N: entry N of the startup block is a capability */
	unsigned int region_count;
	struct process_region region[PROCESS_REGIONS];
	struct l4_startup startup;
	uint8_t cap_rights[L4_STARTUP_ENTRIES]; /* of each of its entries that names a capability; 0: it names none */
};

struct process_config {
	const struct l4_startup *like; /* where ticks_per_second and min_budget come from */
	l4_word_t slots_bits;
	l4_cap_t domain;
	l4_cap_t handler;              /* endpoint for faults, or the system capability; 0: none */
	l4_word_t priority;
	l4_word_t budget;              /* ticks */
	l4_word_t period;
};

/* Ticks of a machine for a time of the description, in ns. */
l4_word_t process_ticks(const struct l4_startup *like, l4_word_t nanoseconds);

/* Makes cnode, space, thread (suspended) and time. The cnode is as yet empty but for itself. */
void process_create(struct process *process, struct l4_objects *objects, struct l4_window *window, const struct process_config *config);

/* Remembers a failure, unless there was one before. */
void process_check(struct process *process, l4_status_t status, const char *what);

/* The same, with the name of what it is about (may be null). */
void process_check_named(struct process *process, l4_status_t status, const char *what, const char *name);

/* Loads an ELF file. */
void process_load(struct process *process, const void *image, size_t size);

/* Maps stack and heap. */
void process_map_memory(struct process *process, l4_word_t stack_pages, l4_word_t heap_pages);

/* Only says where the heap is: a pager serves it. */
void process_set_heap(struct process *process, l4_word_t heap_pages);

/* Maps new memory with a copy of the data for the program to read, under the name; gives its address. */
l4_word_t process_map_data(struct process *process, const char *name, const void *data, size_t size);

/* Maps a frame (which is not mapped yet) at the next shared page; the name, which must stay, is for messages (null: the page goes on from the last one with a name). Gives the address. */
l4_word_t process_map_shared(struct process *process, const char *name, l4_cap_t frame, l4_word_t rights);

/* Maps a frame (which is not mapped yet) at the next shared page, and tells its address under the name, which must stay (null: does not tell; the page goes on from the last one with a name). Gives the address. */
l4_word_t process_share(struct process *process, const char *name, l4_cap_t frame, l4_word_t rights);

/* The shared pages around an address; null where there are none with a name. */
const struct process_region *process_region_at(const struct process *process, l4_word_t address);

/* The name and rights under which the program was given the capability in that slot of its own; null where it was given none with a name. */
const char *process_cap_at(const struct process *process, l4_cap_t slot, l4_word_t *rights);

/* Puts a copy (badge 0: as it is; else minted) of the caller's capability into the program's next slot, under the name (null: does not tell). */
l4_cap_t process_give(struct process *process, const char *name, l4_cap_t slot, l4_word_t rights, l4_word_t badge);

/* Moves the caller's capability there. */
l4_cap_t process_move(struct process *process, const char *name, l4_cap_t slot);

/* Gives the program its own cnode, thread or space under the usual name and in the usual slot (L4_SLOT_*). */
void process_give_own(struct process *process, const char *name, l4_cap_t slot, l4_word_t own_slot);

/* Adds a plain value to the startup block. */
void process_tell(struct process *process, const char *name, l4_word_t value);

/* Adds arguments that are separated by single spaces. */
void process_arguments(struct process *process, const char *name, const char *arguments);

/* Maps the startup block and starts the thread. */
void process_start(struct process *process);
