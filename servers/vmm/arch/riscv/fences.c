/* SPDX-License-Identifier: BSD-2-Clause */
#include "fences.h"

#include <l4/abi/arch.h>

#include "guest.h"

void guest_fence_instructions(void)
{
	__asm__ volatile(".option push\n.option arch, +zifencei\nfence.i\n.option pop" ::: "memory");
}

void guest_fence_translations(void)
{
	guest_set_register(L4_VCPU_REG_VSATP, guest_register(L4_VCPU_REG_VSATP));
}
