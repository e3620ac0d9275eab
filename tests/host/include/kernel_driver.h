/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drives the portable kernel on the host tests' machine: the test plays all user threads. Whoever is current makes the next system call;
 * after each entry all of the kernel's invariants are checked.
 */
#pragma once

#include <arch/machine.h>
#include <host_test.h>
#include <kernel/arch.h>
#include <kernel/sched.h>
#include <l4/abi/bootinfo.h>

/* Slots of the first program's cnode that tests use as they like. */
#define FIRST_SLOT 1024
#define LAST_SLOT 4094

/* The largest piece of each kind of untyped memory. */
extern word_t object_untyped, user_untyped, device_untyped;
extern struct thread *root; /* the first program's thread */

/* Boots the kernel once in a process. Afterwards root is current. */
void driver_start(void);
/* Revokes all memory and compares what is in use with what was at the start. Root must be current. */
void driver_end(void);

/* Runs `round` for each of `count` seeds, or for the one that the program's argument names. Prints each. */
void driver_rounds(unsigned count, void (*round)(void));
uint64_t random_word(void);
/* 0 to bound - 1. */
unsigned pick(unsigned bound);
static inline bool chance(unsigned percent)
{
	return pick(100) < percent;
}

/* --- Entries into the kernel, as the current thread. True: a thread runs afterwards; false: the machine idles. --- */
extern bool driver_fast;    /* IPC tries the fast path first */
extern bool driver_checks;  /* all invariants after each entry (default) */
extern unsigned fast_taken;

bool enter_syscall(int64_t number, word_t cap, word_t tag, const word_t *words);
/* The current thread makes the system call again at whose start it stands. */
bool enter_restart(void);
/* The waiting interrupts are taken: the clock's at least. */
bool enter_interrupt(void);
bool enter_fault(enum l4_fault label, word_t word);
/* A device interrupts. */
bool enter_line(unsigned line);
/* As if the clock's interrupt ended the current thread's turn. */
bool enter_turn(void);
/* Turns until `thread` is current; fails if it never is. */
void run_as(struct thread *thread);
bool is_restarting(const struct thread *thread);

/* --- Calls, by the current thread, restarted until they end --- */
/* A call with `count` words. Interrupts come at random polls if `driver_preempt` is not 0. */
extern unsigned driver_preempt;
status_t call_words(word_t cap, word_t label, unsigned count, const word_t *words);
#define call(cap, label, ...) \
	call_words(cap, label, sizeof((word_t[]){0, ##__VA_ARGS__}) / sizeof(word_t) - 1, (word_t[]){0, ##__VA_ARGS__} + 1)
/* What the last call of the thread gave. */
word_t result(const struct thread *thread, unsigned index);
static inline status_t result_status(const struct thread *thread)
{
	return (status_t)thread->context.registers[REG_A0];
}

/* Makes one object of the type from the untyped in slot `untyped`, in root's slot `index`. */
void make_object(word_t untyped, word_t type, word_t size_bits, word_t index);
struct slot *root_slot(word_t index);
/* A thread in slot `index` that shares root's cnode, space and domain, with all of the processor's time; runs when its turn comes. Takes slot index + 1 too. */
struct thread *make_thread(word_t index, unsigned priority);
