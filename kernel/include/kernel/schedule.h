/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Schedule tables: who has the processor when. A major frame is a row of windows, each of which names a domain, or none; at its end the first
 * begins anew, in the table that was asked for meanwhile if there is one. Without a table the boot domain has one endless window.
 */
#pragma once

#include <kernel/slot.h>

struct cpu;

struct schedule_window {
	struct slot domain; /* empty: nobody's */
	ticks_t length;
};

struct schedule {
	struct slot slack;   /* the domain that has what a window's leaves; empty: nobody */
	ticks_t pad;         /* from the start of each window until its domain runs */
	ticks_t frame;       /* the sum of all lengths */
	word_t capacity;
	word_t windows;      /* that are set; the others are cleared memory yet */
	struct schedule_window window[];
};

/* The processor's place in its table. */
struct schedule_place {
	struct schedule *table; /* null: the endless window */
	struct schedule *next;  /* from the end of the major frame on; null: the same */
	struct domain *domain;  /* whose window it is; idle_domain where it is nobody's */
	word_t window;
	ticks_t start;
	ticks_t end;
	bool over;              /* the clock has passed the end */
	ticks_t since;          /* when the table's first frame began */
	word_t frames;          /* that have ended since the processor has followed any */
	word_t missed;          /* windows that have begun after their end: the machine stood still */
	ticks_t latest;         /* by which a window's domain has been let in after its start and pad, at most */
};

#define SCHEDULE_BITS_MIN 8
#define SCHEDULE_BITS_MAX 16

/* Nobody is in it. */
extern struct domain idle_domain;

/* Ticks of a window, at most: a frame's sum cannot overflow. */
#define SCHEDULE_LENGTH_MAX (TICKS_NEVER >> 16)

void schedule_init(struct schedule *schedule, unsigned size_bits);
/* One bounded piece; true when it is done. */
bool MUST_CHECK schedule_destroy_piece(struct schedule *schedule);
/* A window, or a table's slack, has lost its domain. */
void schedule_domain_lost(void);

/* Ends the processor's window, and begins the one that the clock is in: afterwards cpu->domain may run. Waits for its pad. */
void schedule_switch(struct cpu *cpu);

/* Waits until a pad is over (pad.c). */
void schedule_wait_pad(ticks_t end);

/* One bounded piece of its end; true when it is done (domain.c). */
struct domain;
bool MUST_CHECK domain_destroy_piece(struct domain *domain);
