/* SPDX-License-Identifier: BSD-2-Clause */
/* Model-specific registers that exit to the VMM. An unknown one is a general protection fault, as on bare hardware. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* False: the access faults. */
bool msr_read(struct machine *machine, uint32_t number, uint64_t *value);
bool msr_write(struct machine *machine, uint32_t number, uint64_t value);
