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
	struct slot domain;            /* in whose windows alone it interrupts */
	struct irq_line *next_of_domain;
	bool confined;                 /* to `domain`, or if that is empty to no window at all */
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
enum irq_slot {
	IRQ_SLOT_NOTIFICATION,
	IRQ_SLOT_DOMAIN,
};

/* One of a line's slots has lost what it held. */
void irq_slot_lost(const struct slot *slot, const struct slot *old);
/* The line that holds the slot. */
unsigned irq_slot_line(const struct slot *slot);
/* A window ends, and another begins: the lines that are confined to their domains. */
void irq_leave_window(struct domain *domain);
void irq_enter_window(struct domain *domain);
void irq_boot(unsigned lines);
unsigned irq_count(void);
