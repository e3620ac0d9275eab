/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/abi/types.h>

/*
 * What a kernel that traces writes at each event: 40 bytes, of which no byte is a message's. Threads are told by the number of the page that their object lies at, all
 * other objects as inspector_next has them (`object`). What `detail` and the words mean depends on `kind` (enum l4_trace); those that are not named are 0.
 *
 *   SYSCALL      detail: the call's number in bits 7..0 (enum l4_syscall), the type of the object in bits 15..8 (enum l4_type); words: object, tag, slot
 *   RESULT       detail: the status of the thread's system call (enum l4_error), L4_TRACE_RESTART where it is made again
 *   SWITCH       `thread` runs from now on, 0: nobody; words: its domain, its priority
 *   WINDOW       detail: the number of the window; words: when its domain should have been let in, the domain (L4_TRACE_NOBODY), the table. Of no table: 0, the boot domain, 0
 *   INTERRUPT    detail: the line; L4_TRACE_TIMER the processor's timer
 *   GUEST_ENTER  `thread` enters guest mode
 *   GUEST_EXIT   words: the processor's number of the cause (RISC-V: scause, x86_64: SVM's exit code), and of a hypercall its number (RISC-V: a7, x86_64: rax), of x86_64's
 *                other exits EXITINFO1, of which an OUT or IN has the port in bits 31..16
 *   FAULT        detail: enum l4_fault; words: the first of the message to the handler (an address, a port), the program counter
 *   SIGNAL       words: the notification, the bits. `thread` is the one that ran, which need not be who signals
 *   VIRQ         detail: the line of the vcpu; words: the virq
 */
struct l4_trace_record {
	l4_word_t time; /* ticks */
	uint32_t thread;
	uint8_t kind;
	uint8_t processor;
	uint16_t detail;
	l4_word_t word[3];
};

_Static_assert(sizeof(struct l4_trace_record) == 40, "five words");

#define L4_TRACE_RECORD_WORDS 5
#define L4_TRACE_RESTART 0xffff
#define L4_TRACE_TIMER 0
#define L4_TRACE_NOBODY (~0UL)

/* The reply to trace_read: how many records follow, the position of the first; then the records. */
enum l4_trace_read_words {
	L4_TRACE_READ_COUNT = 0,
	L4_TRACE_READ_FIRST = 1,
	L4_TRACE_READ_RECORDS = 2,
};
#define L4_TRACE_READ_MAX ((L4_MESSAGE_WORDS - L4_TRACE_READ_RECORDS) / L4_TRACE_RECORD_WORDS)
