/* SPDX-License-Identifier: BSD-2-Clause */
/* What of ports and model-specific registers a guest reaches without an exit; the same for all. Set bits are exits. */
#include "svm.h"

#include <arch/registers.h>

/* The map of registers has two bits for each, so a byte for four, in three ranges: from 0, c0000000 and c0010000. */
#define MSRPM_LOW(msr) ((msr) / 4)
#define MSRPM_HIGH(msr) (0x800 + ((msr) - 0xc0000000) / 4)
#define MSRPM_SIZE 0x2000
#define IOPM_SIZE 0x3000
#define ALL 0xff

/* None. */
const uint8_t svm_iopm[IOPM_SIZE] __attribute__((aligned(PAGE_SIZE))) = {[0 ... IOPM_SIZE - 1] = ALL};

/* Those that VMLOAD and VMSAVE exchange, so that they are the guest's own: SYSENTER_CS, _ESP, _EIP; STAR, LSTAR, CSTAR, SFMASK; the bases of FS and GS, KERNEL_GS_BASE. */
const uint8_t svm_msrpm[MSRPM_SIZE] __attribute__((aligned(PAGE_SIZE))) = {
	[0 ... MSRPM_LOW(MSR_SYSENTER_CS) - 1] = ALL,
	[MSRPM_LOW(MSR_SYSENTER_CS)] = 0xc0,
	[MSRPM_LOW(MSR_SYSENTER_CS) + 1 ... MSRPM_HIGH(MSR_STAR) - 1] = ALL,
	[MSRPM_HIGH(MSR_STAR)] = 0x03,
	[MSRPM_HIGH(MSR_SFMASK)] = 0xfc,
	[MSRPM_HIGH(MSR_SFMASK) + 1 ... MSRPM_HIGH(MSR_FS_BASE) - 1] = ALL,
	[MSRPM_HIGH(MSR_FS_BASE)] = 0xc0,
	[MSRPM_HIGH(MSR_FS_BASE) + 1 ... MSRPM_SIZE - 1] = ALL,
};

_Static_assert(MSR_SYSENTER_CS % 4 == 0 && MSR_STAR % 4 == 1 && MSR_CSTAR % 4 == 3 && MSR_SFMASK % 4 == 0 && MSR_FS_BASE % 4 == 0, "each byte's registers");
