/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cases of all suites use: memory, slots, addresses and threads that are made anew for each case and destroyed with all that was made
 * of them when it ends.
 */
#pragma once

#include <l4/pages.h>
#include <l4/test.h>
#include <l4/threads.h>

#define SUITE_OBJECT_BITS 21 /* object memory of a case */
#define SUITE_USER_BITS 23   /* user memory of a case */
#define SUITE_PRIORITY 100   /* of the thread that runs the cases */

extern struct l4_slots suite_slots;
extern struct l4_objects suite_objects;
extern struct l4_space suite_space; /* the suite's own, with tables from suite_objects */

/* The capability that the suite was started with under that name; ends the case where there is none. */
l4_cap_t suite_cap(const char *name);

/* An empty slot. */
l4_cap_t suite_slot(void);

/* A new object of fixed size. */
l4_cap_t suite_object(l4_word_t type);

/* A copy of a capability of the own cnode, with rights and (unless 0) a badge. */
l4_cap_t suite_copy(l4_cap_t source, l4_word_t rights);
l4_cap_t suite_mint(l4_cap_t source, l4_word_t rights, l4_word_t badge);

/* Unused addresses of the own space, aligned to 2 MiB. */
l4_word_t suite_vaddr(l4_word_t size);

/* New memory in the own space. */
void *suite_memory(l4_word_t size);

/* A thread of the own program with a sched_context of the whole processor, a reply object, an IPC buffer and a stack, not started. */
l4_cap_t suite_thread(l4_word_t priority);

/* Makes such a thread and starts it in entry(argument). */
l4_cap_t suite_start(l4_word_t priority, void (*entry)(void *argument), void *argument);

/* Starts a thread made by suite_thread. */
void suite_run(l4_cap_t thread, void (*entry)(void *argument), void *argument);

/* Waits until the thread has suspended itself; fails the case after JOIN_SECONDS. */
void suite_join(l4_cap_t thread);
