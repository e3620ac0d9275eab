/* SPDX-License-Identifier: BSD-2-Clause */
/* What the back end has found out about the machine while booting; constant afterwards. */
#pragma once

#include <kernel/boot.h>

struct machine {
	unsigned paddr_bits; /* of a physical address */
	bool is_virtual;     /* a hypervisor says that it is there */
	bool has_gigapages;
	bool has_x2apic;
	bool has_tsc_deadline;
	bool has_pcid;
	bool has_invpcid;
	bool has_xsave;
	bool has_svm; /* with nested paging, and not locked by firmware */
	uint64_t xcr0;      /* state components that the kernel switches */
	uint32_t fpu_size;  /* bytes of them */
	ticks_t ticks_per_second; /* of the time-stamp counter */
};

extern struct machine machine;

/* Asks the processor, and turns on what protects the kernel and what programs may use. */
void machine_boot(void);
