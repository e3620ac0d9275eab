/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>

#include "machine.h"
#include "sbi.h"

void arch_putchar(char c)
{
	if (machine.has_debug_console)
		sbi_call(SBI_DBCN, SBI_DBCN_WRITE_BYTE, (uint8_t)c, 0);
	else
		sbi_call(SBI_LEGACY_PUTCHAR, 0, (uint8_t)c, 0);
}
