/* SPDX-License-Identifier: BSD-2-Clause */
/* By what inspector and traces name objects. The kernel's own addresses are told to nobody. */
#pragma once

#include <kernel/arch.h>
#include <kernel/sched.h>

static inline word_t domain_identity(const struct domain *domain)
{
	return domain == &boot_domain ? 0 : arch_object_paddr(domain);
}

/* What two capabilities to one thing have in common, and no others of their type. */
static inline word_t slot_identity(const struct slot *slot)
{
	switch (slot_type(slot)) {
	case L4_TYPE_UNTYPED:
	case L4_TYPE_FRAME:
	case L4_TYPE_IRQ_HANDLER:
	case L4_TYPE_IO_PORTS:
		return slot_address(slot);
	case L4_TYPE_NULL:
	case L4_TYPE_SCHEDULE_CONTROL:
	case L4_TYPE_IRQ_CONTROL:
	case L4_TYPE_SYSTEM:
	case L4_TYPE_IO_PORT_CONTROL:
	case L4_TYPE_INSPECTOR:
	case L4_TYPE_TRACE:
		return 0;
	case L4_TYPE_DOMAIN:
		return domain_identity(slot_object(slot));
	default:
		return arch_object_paddr(slot_object(slot));
	}
}
