/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/trace.h>

void virq_raise(struct virq *virq)
{
	struct vcpu *vcpu = slot_object_or_null(&virq->vcpu);
	if (!vcpu)
		return;
	trace_virq(virq);
	arch_vcpu_set_line(vcpu, virq->line, true);
	vcpu_kick(vcpu);
}

status_t virq_configure(struct invocation *inv, const struct virq_configure_args *args)
{
	struct virq *virq = slot_object(inv->target);
	if (!arch_vcpu_line_is_valid(args->line))
		return L4_INVALID_ARGUMENT;
	if (!slot_can_derive(args->vcpu))
		return L4_TOO_DEEP;
	slot_delete_leaf(&virq->vcpu);
	slot_derive(args->vcpu, &virq->vcpu, L4_ALL_RIGHTS);
	virq->line = args->line;
	return L4_OK;
}
