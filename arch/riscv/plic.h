/* SPDX-License-Identifier: BSD-2-Clause */
/* The platform-level interrupt controller (sifive,plic-1.0.0): the boot hart's supervisor context. */
#pragma once

#include <kernel/types.h>

#define PLIC_LINES_MAX 1023

/* All lines masked. */
void plic_boot(volatile uint32_t *registers, unsigned context, unsigned lines);
/* Bytes of registers that a context's use reaches. */
size_t plic_size(unsigned context);
/* Delivers what is pending. */
void plic_interrupt(void);
