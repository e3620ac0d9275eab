/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program is told at its start, in a page that its creator maps read-only and whose address is in the program's first argument.
 * (The first program of the machine gets a struct l4_bootinfo instead.)
 */
#pragma once

#include <stdbool.h>

#include <l4/abi/bootinfo.h>

/* The slots of every program's own cnode. A program gets the second and third only when its description allows it. */
enum l4_slot {
	L4_SLOT_CNODE = 1,
	L4_SLOT_THREAD = 2,
	L4_SLOT_VSPACE = 3,
	L4_SLOT_FIRST = 8, /* from here on: what the description gives, then free slots */
};

#define L4_STARTUP_MAGIC 0x4c34535441525455UL
#define L4_STARTUP_NAME_SIZE 24
#define L4_STARTUP_ENTRIES 48
#define L4_STARTUP_UNTYPEDS 96
#define L4_STARTUP_ARGUMENTS 64
#define L4_STARTUP_TEXT 704

/* A named value: a slot, an address or a plain number. */
struct l4_startup_entry {
	char name[L4_STARTUP_NAME_SIZE]; /* always ends with a 0 byte */
	l4_word_t value;
};

struct l4_startup_untyped {
	l4_word_t paddr;
	uint32_t slot;
	uint8_t size_bits;
	uint8_t kind; /* enum l4_memory */
	uint16_t reserved;
};

struct l4_startup {
	l4_word_t magic;
	l4_word_t ticks_per_second;
	l4_word_t min_budget;  /* ticks */
	l4_word_t ipc_buffer;  /* address of the first thread's IPC buffer, 0: not mapped */
	l4_word_t heap_start;  /* memory for malloc, page-aligned, mapped or served by a pager; start == end: none */
	l4_word_t heap_end;
	l4_word_t free_vaddr;  /* page-aligned: nothing is mapped between here and ... */
	l4_word_t free_vaddr_end; /* ... here */
	l4_word_t free_slot;   /* slots from here to slot_count are empty */
	l4_word_t slot_count;  /* of the program's own cnode */
	uint32_t entry_count;
	uint32_t untyped_count;
	uint32_t argument_count;
	uint32_t text_used; /* bytes */
	struct l4_startup_entry entry[L4_STARTUP_ENTRIES];
	struct l4_startup_untyped untyped[L4_STARTUP_UNTYPEDS];
	char text[L4_STARTUP_TEXT]; /* argument_count strings, argv[0] first, each ended by a 0 byte */
};

_Static_assert(sizeof(struct l4_startup) <= 1 << L4_PAGE_BITS, "the startup block is one page");

/* --- For the started program --- */

/* The block; null in the machine's first program. */
const struct l4_startup *l4_startup(void);

/* The boot information; null in all programs but the machine's first. */
const struct l4_bootinfo *l4_bootinfo(void);

/* Looks a name up. False, and *value is unchanged, where there is no such name. */
bool l4_startup_find(const char *name, l4_word_t *value);

/* The value of a name; 0 where there is none. */
l4_word_t l4_startup_value(const char *name);

/* The capability of a name; 0 (no capability) where there is none. */
l4_cap_t l4_startup_cap(const char *name);

/* A name with that value; null where there is none. An address or a plain number may have a slot's value: what is asked for must be a slot. */
const char *l4_startup_cap_name(l4_cap_t cap);

/* --- For the creator, which fills the page before it maps it into the new program --- */

/* Empties the block. */
void l4_startup_init(struct l4_startup *block);

/* Each adds one item; false where the block is full or the name too long. */
bool l4_startup_add(struct l4_startup *block, const char *name, l4_word_t value);
bool l4_startup_add_untyped(struct l4_startup *block, l4_cap_t slot, const struct l4_boot_untyped *untyped);
bool l4_startup_add_argument(struct l4_startup *block, const char *text);
