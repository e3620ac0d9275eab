/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

/* As start.S lays it out: x1 to x31 at their numbers. */
struct frame {
	uint64_t x[32];
	uint64_t epc;
};

#define SSTATUS_SPP 0x100UL
#define INTERRUPT (1UL << 63)
#define A0 10

extern const char trap_landing[];

uint64_t trap_armed;
struct trap_record trap_record;
volatile uint64_t trap_interrupts[IRQS];
static interrupt_function functions[IRQS];

void trap_on_interrupt(unsigned int irq, interrupt_function function)
{
	functions[irq] = function;
}

static void interrupt(unsigned int irq)
{
	trap_interrupts[irq]++;
	if (functions[irq])
		functions[irq]();
	else
		csr_clear(sie, 1UL << irq);
}

bool trap_pending(unsigned int irq)
{
	interrupt_function function = functions[irq];
	uint64_t taken = trap_interrupts[irq];
	uint64_t sie = csr_read(sie);
	functions[irq] = NULL;
	csr_write(sie, 1UL << irq);
	csr_set(sstatus, SSTATUS_SIE);
	csr_clear(sstatus, SSTATUS_SIE);
	csr_write(sie, sie);
	functions[irq] = function;
	bool pending = trap_interrupts[irq] != taken;
	trap_interrupts[irq] = taken;
	return pending;
}

void trap_handle(struct frame *frame);
void trap_handle(struct frame *frame)
{
	uint64_t cause = csr_read(scause);
	if (cause & INTERRUPT) {
		interrupt(cause % IRQS);
		return;
	}
	bool from_user = !(csr_read(sstatus) & SSTATUS_SPP);
	trap_record = (struct trap_record){cause, csr_read(stval), frame->epc, from_user, frame->x[A0]};
	if (!trap_armed) {
		print("PANIC cause %lx tval %lx epc %lx\n", cause, trap_record.tval, frame->epc);
		machine_reset(SBI_SHUTDOWN, 1);
	}
	trap_armed = 0;
	frame->epc = (uint64_t)trap_landing;
	csr_set(sstatus, SSTATUS_SPP);
}
