/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

#define ARCH_VCPU_BITS 10

#define MACHINE_VCPU_REGISTERS 4
#define MACHINE_VCPU_LINES 8

struct arch_vcpu {
	word_t registers[MACHINE_VCPU_REGISTERS];
	word_t lines; /* raised, one bit each */
	ticks_t deadline;
	bool alive;
};
