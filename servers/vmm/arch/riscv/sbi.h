/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's firmware: RISC-V Supervisor Binary Interface 2.0 for a machine of one hart. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SBI_REGISTERS 8 /* a0 to a7 */

/* Answers the call in a[]: a[0] and a[1] become the guest's a0 and a1. */
void sbi_call(uint64_t a[SBI_REGISTERS]);

/* Answers a call that is none of the firmware's: NOT_SUPPORTED. */
void sbi_refuse(uint64_t a[SBI_REGISTERS]);

/*
 * Says what a warm reset means: a guest whose command line has `reboot=panic_warm` (a parameter of Linux) asks for one when it has
 * panicked, and only then; that is a failure and no reboot.
 */
void sbi_set_warm_reset_is_panic(bool is_panic);
