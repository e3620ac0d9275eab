/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests of the suite: a page of code, without paging, that ends in hypercalls for ever. The architecture's part (arch/ISA/guest_target.h, guest.c and guest_code.S) has the code and
 * knows registers and interrupts.
 */
#pragma once

#include "guest_target.h"
#include "worker.h"

#define GUEST_RAM 0x80000000UL    /* guest-physical */
#define GUEST_DEVICE 0x10000000UL /* no memory */

struct guest {
	l4_cap_t thread, time, vcpu, space, cnode, handler, frame;
	l4_cap_t calls; /* endpoint in slot 0 of its cnode */
};

/* Pieces of code. Their arguments are those of guest_run; behind each come hypercalls with the same two words. */
extern const char guest_code[], guest_code_end[];
extern const char guest_hypercall[]; /* alone */
extern const char guest_write[];     /* writes the second where a doorbell can be, at the first */
extern const char guest_read[];
extern const char guest_wait[];      /* for an interrupt, whose handler makes the hypercalls */
extern const char guest_spin[];

#define NEEDS_VCPU() \
	do { \
		if (!fixture.has_vcpu) \
			return; \
	} while (0)

struct guest new_guest(void);
l4_word_t entry_of(const char *code);
/* Starts it there; its hypercalls are words `first` and `second` to `slot`. */
void guest_run(const struct guest *guest, const char *code, l4_word_t first, l4_word_t second, l4_word_t slot);
l4_word_t guest_register(const struct guest *guest, int index);

/* A hypercall or an exit waits at the endpoint: its words. */
struct l4_registers expect_call(l4_cap_t endpoint, l4_word_t badge, l4_word_t slot);
struct l4_registers expect_exit(const struct guest *guest, l4_word_t label, l4_word_t length);
void answer_guest(l4_word_t label, l4_word_t word0, l4_word_t word1);

/* --- The architecture's part --- */
/* The vcpu is new, the code is at CASE_VADDR: sets what the code needs. */
void guest_prepare(const struct guest *guest);
void guest_set_registers(l4_word_t *registers, l4_word_t pc, l4_word_t first, l4_word_t second, l4_word_t slot);
/* What the guest finds as the result of a hypercall that ended so. */
l4_word_t guest_status(l4_status_t status);
/* Some lines, and the timer's. */
#define GUEST_LINES 3
extern const l4_word_t guest_lines[GUEST_LINES];
extern const l4_word_t guest_timer_line, guest_deadline_register;
/* Lets it wait for an interrupt by the line, which it then takes. */
void guest_await(const struct guest *guest, l4_word_t line);
/* It has taken it. */
void expect_interrupt(const struct guest *guest, l4_word_t line);
bool line_is_pending(l4_cap_t vcpu, l4_word_t line);
