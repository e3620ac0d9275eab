/* SPDX-License-Identifier: BSD-2-Clause */
/* What portable cases about guests must know of this architecture. */
#pragma once

#include <l4/abi/arch.h>

#define GUEST_CALL_LENGTH(slot) ((void)(slot), L4_HYPERCALL_LENGTH)
#define GUEST_REGISTER_STATUS 2 /* rcx: guest_code.S keeps it there */
#define GUEST_SPACE_END (1UL << 48)

/* Doorbells are ports. */
#define GUEST_DOORBELLS (L4_GUEST_PORT_SPACE + 0x1000)
#define GUEST_DOORBELLS_END (L4_GUEST_PORT_SPACE + 0x10000)
#define GUEST_DOORBELL_FAULT L4_FAULT_GUEST_PORT
#define GUEST_DOORBELL_FAULT_LENGTH L4_GUEST_PORT_LENGTH
