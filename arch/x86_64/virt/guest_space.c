/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identifiers of guests' spaces (ASID, VPID). Invariant: a space with identifier i (arch.identity says) is owner[i], and no guest is entered with i unless what the TLB held
 * under it was flushed since it became the space's, and since another vcpu ran with it. So a space that dies, or whose translations change, just loses its identifier.
 */
#include "guest_space.h"

static struct vspace *owner[GUEST_IDENTIFIERS_MAX];
const struct vcpu *guest_space_user[GUEST_IDENTIFIERS_MAX];
static unsigned identifiers;
static unsigned next_identifier = 1;

void guest_space_boot(unsigned count)
{
	identifiers = count < GUEST_IDENTIFIERS_MAX ? count : GUEST_IDENTIFIERS_MAX;
}

static void take_identifier(struct vspace *space)
{
	unsigned identifier = next_identifier;
	next_identifier = identifier + 1 < identifiers ? identifier + 1 : 1;
	if (owner[identifier])
		owner[identifier]->arch.identity = 0;
	owner[identifier] = space;
	space->arch.identity = identifier;
}

unsigned guest_space_identify(struct vspace *space, const struct vcpu *vcpu)
{
	if (!space->arch.identity)
		take_identifier(space);
	guest_space_user[space->arch.identity] = vcpu;
	return (unsigned)space->arch.identity;
}

void guest_space_flush(struct vspace *space)
{
	if (!space->arch.identity)
		return;
	owner[space->arch.identity] = NULL;
	space->arch.identity = 0;
}

void guest_space_destroy(struct vspace *space)
{
	guest_space_flush(space);
}
