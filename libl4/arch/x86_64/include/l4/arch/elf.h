/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/elf.h>

/* The machine that this machine's programs are for, as ELF files name it. */
#define L4_ARCH_ELF_MACHINE L4_ELF_X86_64
