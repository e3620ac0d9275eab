/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests: what the rest of the back end calls. */
#pragma once

#include <kernel/vcpu.h>

/* Prepares the processor for guests; false where it cannot have any. Precondition: descriptors_boot. */
bool guest_boot(void);
/* The processor's XCR0 is the kernel's, machine.xcr0. Precondition: called before the FPU's registers are saved or loaded. */
void guest_xcr0_unload(struct cpu *cpu);
/* Nothing of cpu->vcpu, if there is one, stays in the processor. */
void guest_put(struct cpu *cpu);
NORETURN void guest_resume(struct thread *thread, struct vcpu *vcpu);
