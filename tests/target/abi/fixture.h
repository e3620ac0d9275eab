/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each case of the suite over the ABI starts from: a piece of object memory and a piece of user memory of its own. Everything that a case makes
 * is made of these. After each case both are revoked, and then must be unused to the last byte; the kernel checks its invariants.
 */
#pragma once

#include <stdbool.h>
#include <string.h>

#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/test.h>

#define PAGE (1UL << L4_PAGE_BITS)
#define OBJECT_BITS 21 /* object memory of a case */
#define USER_BITS 22   /* user memory of a case */
#define MAIN_PRIORITY 100 /* of the thread that runs the cases */

/* The capabilities that the suite runs on, and figures of the machine. */
struct fixture {
	l4_cap_t domain;
	l4_cap_t system;
	l4_cap_t irq_control;
	l4_cap_t inspector;
	l4_cap_t schedule_control;
	l4_cap_t trace;         /* 0 where the kernel traces nothing */
	l4_cap_t object_memory; /* the case's own: unused when it starts */
	l4_cap_t user_memory;
	l4_word_t levels;       /* of page tables */
	l4_word_t space_end;    /* the first address that no process can map */
	l4_word_t irq_lines;
	bool has_vcpu;
};

extern struct fixture fixture;

/* Empty slots of the own cnode, which are emptied after the case. */
l4_cap_t new_slot(void);
l4_cap_t new_slots(l4_word_t count);

/* Objects of the case's memory. */
l4_cap_t new_object(l4_word_t type);
l4_cap_t new_sized(l4_word_t type, l4_word_t size_bits);
l4_cap_t new_frame(void);
l4_cap_t new_cnode(l4_word_t slots);
l4_cap_t new_time(l4_word_t budget, l4_word_t period);

/* Copies of capabilities of the own cnode. */
l4_cap_t copy_cap(l4_cap_t cap, l4_word_t rights);
l4_cap_t mint_cap(l4_cap_t cap, l4_word_t rights, l4_word_t badge);
l4_status_t try_copy(l4_cap_t cap, l4_cap_t to);

/* Copies of copies until the last cannot be copied any more: gives it. */
l4_cap_t deepest_copy(l4_cap_t cap);

/* Lets a debug kernel check all its invariants; it panics where one is broken. */
void check_kernel(void);

/* Begins a walk of the inspector's, and goes on to the first capability of the type. */
void stand_at(l4_word_t type);

void delete_cap(l4_cap_t cap);
void revoke_cap(l4_cap_t cap);
l4_word_t type_of(l4_cap_t slot);
l4_word_t rights_of(l4_cap_t slot);
l4_word_t badge_of(l4_cap_t slot);
bool is_empty(l4_cap_t slot);
l4_word_t used_of(l4_cap_t untyped);

/* Addresses of the own space that nothing is mapped at when a case starts; CASE_VADDR + n * 2 MiB do not share page tables. */
#define CASE_VADDR 0x2040000000UL
#define LARGE_PAGE (1UL << 21)

/* Puts in the tables that a page at `vaddr` needs. */
void make_tables(l4_cap_t vspace, l4_word_t vaddr);
void map_frame(l4_cap_t vspace, l4_cap_t frame, l4_word_t vaddr, l4_word_t rights);

/* Whether the own space holds memory at `vaddr` that can be read; never faults. */
bool can_read(l4_word_t vaddr);

/* Ends waiting notifications that no other thread is to signal: signals `notification` after `microseconds`. */
l4_cap_t alarm_in(l4_cap_t notification, l4_word_t microseconds);
/* Lets time pass. */
void sleep_microseconds(l4_word_t microseconds);

/* Waits for what threads of lower priority do, however busy the host is. */
#define EXPECT_EVENTUALLY(condition) \
	do { \
		for (int l4_tries_ = 0; !(condition) && l4_tries_ < 2000; l4_tries_++) \
			sleep_microseconds(500); \
		EXPECT_TRUE(condition); \
	} while (0)

/* The next case of a long one: keeps the watchdog quiet. */
void watchdog_feed(void);
