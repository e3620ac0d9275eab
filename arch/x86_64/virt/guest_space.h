/* SPDX-License-Identifier: BSD-2-Clause */
/* Second-stage spaces and their identifiers in the TLB. */
#pragma once

#include <kernel/vcpu.h>

#define GUEST_IDENTIFIERS_MAX 256

/* The vcpu that has run last with an identifier: what the TLB holds is of its tables too. Read at each entry. */
extern const struct vcpu *guest_space_user[GUEST_IDENTIFIERS_MAX];

/* The processor has `count` identifiers; 0 is the host's. */
void guest_space_boot(unsigned count);
/* Gives the space an identifier if it has none, for the vcpu to use. What the TLB holds under it must be flushed before. */
unsigned guest_space_identify(struct vspace *space, const struct vcpu *vcpu);
void guest_space_destroy(struct vspace *space);
/* The TLB's translations of the space are void. */
void guest_space_flush(struct vspace *space);
