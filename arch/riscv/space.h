/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/vspace.h>

/* Learns how many identifiers the hart has for the spaces of a stage (guests: once its geometry is set). */
void space_boot(enum vspace_stage stage);
/* Makes the process's space current; none where it is null. */
void space_enter(struct vspace *space);
/* The same for the second stage that guests run in; with null every access faults. */
void space_enter_guest(struct vspace *space);

/* As the guest's own SFENCE.VMA: what its tables gave is looked up again. The VMID is hgatp's. */
static inline void space_fence_guest(void)
{
	__asm__ volatile(".option push\n\t.option arch, +h\n\thfence.vvma\n\t.option pop" : : : "memory");
}
