/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between what is common to all hardware for guests (apic.c, exits.c, vcpu.c) and what is one vendor's (svm*.c). The back end holds the system registers in its own format,
 * enters guests and decodes their exits.
 */
#pragma once

#include <kernel/vcpu.h>

/* The state after INIT of all but the APIC; an NMI that is pending stays so. */
void virt_init(struct vcpu *vcpu);

/* The guest's time-stamp counter less the machine's. */
word_t virt_tsc_offset(const struct vcpu *vcpu);

/* System registers, but for the APIC's. False: no such register, or the processor would refuse the value. */
bool virt_register_get(const struct vcpu *vcpu, word_t reg, word_t *value);
bool virt_register_set(struct vcpu *vcpu, word_t reg, word_t value);

word_t virt_xcr0(const struct vcpu *vcpu);

#define INJECT_ERROR_CODE (1U << 8) /* to be added to a vector: the exception has an error code */

/* The guest takes this exception when it is entered next. One that does not exist, or cannot be injected, is none. */
void virt_inject(struct vcpu *vcpu, unsigned exception, uint32_t error);
/* The same for a page fault, whose address goes to CR2. */
void virt_inject_page_fault(struct vcpu *vcpu, uint32_t error, word_t address);

/* The guest's instruction of `size` bytes is done: it goes on behind it, or has its debug exception there if it single-steps. Precondition: the thread has a vcpu. */
void virt_advance(struct thread *thread, unsigned size);

/* Puts into the processor what stays there of a vcpu until another needs the place, and takes out the other's. */
void virt_load(struct cpu *cpu, struct vcpu *vcpu);
/* Nothing of the vcpu stays in the processor. */
void virt_unload(struct cpu *cpu, struct vcpu *vcpu);
