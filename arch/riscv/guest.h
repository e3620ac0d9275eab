/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests in VS and VU mode. */
#pragma once

#include <arch/vcpu.h>
#include <kernel/vcpu.h>

/* Prepares the hart for guests; false where it has no H extension. */
bool guest_boot(void);
NORETURN void guest_resume(struct thread *thread, struct vcpu *vcpu);

/* Puts the vcpu's system registers into the processor, if they are not there (guest_registers.c). Precondition: its second stage is entered. */
void guest_registers_load(struct vcpu *vcpu);
/* Those of cpu->vcpu, if there is one, leave the processor. */
void guest_registers_put(void);
/* The guest takes an exception: goes to its trap vector. */
void guest_inject(struct thread *thread, struct vcpu *vcpu, word_t cause, word_t value);
/* A timer interrupt came: it may be for the loaded vcpu, where the hart has no timer for guests. */
void guest_timer_interrupt(void);

/* What a trap has left in the registers; fetching an instruction overwrites it. */
struct guest_trap {
	word_t cause;
	word_t value;
	vaddr_t gpa;
	word_t instruction; /* htinst */
};

/* A load or store in guest-physical memory that is not mapped: a doorbell, or the handler's (guest_mmio.c). */
NORETURN void guest_mmio(struct thread *thread, struct vcpu *vcpu, const struct guest_trap *trap);
/* The handler of guest_mmio's fault has done what the instruction does; `value` is that of a load. */
void guest_mmio_done(struct thread *thread, struct vcpu *vcpu, word_t value);

/* The instruction at `pc` in the guest's memory as the guest itself may fetch it, 0 where it may not (guest_fetch.S). Overwrites what the last trap left in the registers. */
uint32_t guest_fetch(vaddr_t pc);
