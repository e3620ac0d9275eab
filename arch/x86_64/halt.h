/* SPDX-License-Identifier: BSD-2-Clause */
/* Also for assembly. */
#pragma once

/* QEMU's isa-debug-exit: ends the emulator with status 2n + 1. On a PC nothing is at this port. */
#define HALT_PORT 0xf4

/* What a boot that fails before there is a kernel ends with: the portable kernel's status of a panic. */
#define STATUS_SYSTEM_FAILURE 20
