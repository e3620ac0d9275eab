/* SPDX-License-Identifier: BSD-2-Clause */
/* What the VMM does when it is called: arch/ISA/exits.c. */
#pragma once

#include <l4/abi/types.h>

struct machine;

/* The label by which the VMM's input thread says that the terminal has something; no label of the kernel's (enum l4_fault). */
#define EXITS_TERMINAL_EVENT 64

/* The VMM's main loop: answers the guest's exits, hypercalls and the input thread, which all call `endpoint`. */
__attribute__((noreturn)) void exits_serve(struct machine *machine, l4_cap_t endpoint);
