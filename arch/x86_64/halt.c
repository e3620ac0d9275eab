/* SPDX-License-Identifier: BSD-2-Clause */
/* An emulator ends with the status. A PC stays on, so that what was printed last can be read: its power switch would need an interpreter of ACPI's byte code. */
#include "halt.h"

#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/print.h>

#define HALT_TICKS 1000000000UL

/* QEMU 10 ends a little later, on a busy host even later. */
static void wait_for_end(void)
{
	ticks_t start = arch_now();
	while (arch_now() - start < HALT_TICKS)
		;
}

NORETURN void arch_halt(word_t status)
{
	port_write_32(HALT_PORT, (uint32_t)status);
	wait_for_end();
	print_text("bulkhead: this machine does not end by itself; it can be switched off\n");
	for (;;)
		__asm__ volatile("hlt");
}
