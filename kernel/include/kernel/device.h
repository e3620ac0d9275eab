/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects that turn events into signals. */
#pragma once

#include <kernel/slot.h>
#include <kernel/time_queue.h>

struct domain;

struct timer {
	struct slot notification;
	struct domain *domain; /* whose queue it is in while armed: that of the thread that armed it */
	struct time_node node;
};

_Static_assert(sizeof(struct timer) <= 128, "size of a timer object");
#define TIMER_BITS 7

/* One line of the machine; a static table has them all. */
struct irq_line {
	struct slot notification;
	bool issued;  /* has a handler capability */
	bool waiting; /* fired, and not acknowledged yet */
};

#define IRQ_LINES_MAX 1024


void timer_fire(struct timer *timer);
void timer_init(struct timer *timer);
void timer_destroy(struct timer *timer);
void timer_slot_lost(struct timer *timer);

/* The line has interrupted, and is masked until it is acknowledged. */
void irq_deliver(unsigned line);
void irq_release(unsigned line);
void irq_slot_lost(struct irq_line *line);
void irq_boot(unsigned lines);
unsigned irq_count(void);
