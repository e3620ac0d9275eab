/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arch/vcpu.h>
#include <kernel/fault.h>
#include <kernel/slot.h>
#include <kernel/time_queue.h>
#include <kernel/vspace.h>

enum vcpu_slot { VCPU_SLOT_SPACE, VCPU_SLOT_CNODE, VCPU_SLOTS };

/* Invariant: `thread` is the thread in whose VCPU slot it is. `wake` is queued only while that thread is WAITING_INTERRUPT. */
struct vcpu {
	struct arch_vcpu arch;
	struct slot slots[VCPU_SLOTS];
	struct thread *thread;
	struct domain *wake_domain;
	struct time_node wake;
};

#define VCPU_BITS ARCH_VCPU_BITS
_Static_assert(sizeof(struct vcpu) <= 1UL << VCPU_BITS, "size of a vcpu object");

struct doorbell {
	struct slot space;
	struct slot notification;
	struct doorbell *next; /* of the same space */
	vaddr_t gpa;
	uint64_t size;
};

struct virq {
	struct slot vcpu;
	unsigned line;
};

_Static_assert(sizeof(struct doorbell) <= 256 && sizeof(struct virq) <= 128, "sizes of doorbell and virq objects");
#define DOORBELL_BITS 8
#define VIRQ_BITS 7

static inline struct vspace *vcpu_space(struct vcpu *vcpu)
{
	return slot_object_or_null(&vcpu->slots[VCPU_SLOT_SPACE]);
}

/* Whether the thread has what it needs to run: a vcpu with a second-stage space, or a space of its own. */
static inline bool thread_can_run(struct thread *thread)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	return vcpu ? vcpu_space(vcpu) != NULL : thread_vspace(thread) != NULL;
}

void vcpu_init(struct vcpu *vcpu);
void vcpu_destroy(struct vcpu *vcpu);
void vcpu_slot_lost(struct vcpu *vcpu, enum vcpu_slot which);

/* Called by the back end on a guest's exits. */

/* The guest waits for an interrupt: blocks its thread until a line is raised or the guest's timer is due; returns at once if one is pending. */
void vcpu_wait_for_interrupt(struct thread *thread);
/*
 * Invokes slot `index` of the guest's cnode with eight message words, those beyond `length` 0. WOULD_BLOCK never; errors are INVALID_CAP, NO_RIGHT.
 * OK: the call is under way (endpoint; arch_vcpu_hypercall_done will follow) or done (`*done`, notification).
 */
status_t MUST_CHECK vcpu_hypercall(struct thread *thread, word_t index, const word_t *words, word_t length, bool *done);
/* The same by the fast path; returns if that declines. To be tried first. */
void vcpu_hypercall_directly(struct thread *thread, word_t index, const word_t *words, word_t length);

/* Rings the doorbell at this address if there is one. */
bool doorbell_ring(struct vspace *space, vaddr_t gpa);
void doorbell_init(struct doorbell *doorbell);
/* `old` is what one of the two slots of a doorbell held: without its space it rings for nothing. */
void doorbell_slot_lost(struct slot *slot, const struct slot *old);
void virq_raise(struct virq *virq);

/* A line was raised, the guest's timer moved, or a register was written: a thread that waits goes on, as WFI always may. */
void vcpu_kick(struct vcpu *vcpu);
void vcpu_wake_due(struct vcpu *vcpu);
