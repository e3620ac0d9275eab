/* SPDX-License-Identifier: BSD-2-Clause */
/* What portable cases about guests must know of this architecture. */
#pragma once

#include <l4/abi/arch.h>

/* Calls of standard SBI extensions go to slot 0 with all registers; those of the own one go to any slot. */
#define GUEST_CALL_LENGTH(slot) ((slot) ? 6 : 8)
#define GUEST_REGISTER_STATUS 10 /* a0 */
#define GUEST_SPACE_END (1UL << 41)

/* Doorbells are device registers. */
#define GUEST_DOORBELLS GUEST_DEVICE
#define GUEST_DOORBELLS_END GUEST_SPACE_END
#define GUEST_DOORBELL_FAULT L4_FAULT_GUEST_MMIO
#define GUEST_DOORBELL_FAULT_LENGTH L4_GUEST_MMIO_LENGTH
