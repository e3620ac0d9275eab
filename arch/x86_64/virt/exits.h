/* SPDX-License-Identifier: BSD-2-Clause */
/* Exits of a guest as messages. The back end has decoded them; the guest's registers are in its thread's context. */
#pragma once

#include <kernel/vcpu.h>

/* VMMCALL at privilege level 0. */
NORETURN void exit_hypercall(struct thread *thread);
/* HLT, of `size` bytes. */
NORETURN void exit_halt(struct thread *thread, struct vcpu *vcpu, unsigned size);
/* An access to guest-physical memory that is not mapped; `walk`: the processor's own. */
NORETURN void exit_mmio(struct thread *thread, vaddr_t gpa, word_t access, bool walk);
/* IN or OUT of `width` bytes, or 0 for string instructions. */
NORETURN void exit_port(struct thread *thread, struct vcpu *vcpu, unsigned port, struct guest_exit exit);
/* RDMSR, WRMSR */
NORETURN void exit_msr(struct thread *thread, struct vcpu *vcpu, struct guest_exit exit);
NORETURN void exit_cpuid(struct thread *thread, struct vcpu *vcpu, unsigned size);
/* The guest cannot go on by itself. */
NORETURN void exit_stop(struct thread *thread, enum l4_guest_cause cause, word_t detail);
