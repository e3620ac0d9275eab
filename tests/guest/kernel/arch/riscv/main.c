/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"

#define OPENSBI_IMPLEMENTATION 1

/* The debug console may take less than it is offered; firmware without it has the old one. */
size_t console_write(const char *text, size_t length)
{
	static int has_console = -1;
	if (has_console < 0)
		has_console = sbi_call(SBI_BASE, 3, SBI_DBCN, 0, 0).value != 0;
	if (has_console)
		return sbi_call(SBI_DBCN, 0, length, (uint64_t)text, 0).value;
	sbi_call(SBI_LEGACY_PUTCHAR, 0, *text, 0, 0);
	return 1;
}

void machine_reset(uint64_t type, uint64_t reason)
{
	sbi_call(SBI_SRST, 0, type, reason, 0);
	print("PANIC the machine does not end\n");
	for (;;)
		wait_for_interrupt();
}

void machine_off(void)
{
	machine_reset(SBI_SHUTDOWN, 0);
}

void machine_failed(void)
{
	machine_reset(SBI_SHUTDOWN, 1);
}

void machine_reboot(bool warm)
{
	machine_reset(warm ? SBI_WARM_REBOOT : SBI_COLD_REBOOT, 0);
}

void test_prepare(void)
{
	csr_clear(sstatus, SSTATUS_SIE);
	csr_write(sie, 0);
	for (unsigned int irq = 0; irq < IRQS; irq++) {
		trap_on_interrupt(irq, NULL);
		trap_interrupts[irq] = 0;
	}
}

void test_clean(void)
{
	csr_clear(sstatus, SSTATUS_SIE);
	csr_write(satp, 0);
	__asm__ volatile("sfence.vma" ::: "memory");
}

struct slot_result slot_call(uint64_t slot, uint64_t operation, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct sbi_result result = sbi_call6(SBI_BULKHEAD, slot, operation, a, b, c, d, 0);
	return (struct slot_result){result.error, result.value};
}

bool slot_registers_survive(void)
{
	return registers_survive(SBI_BULKHEAD, 1);
}

void kernel_main(uint64_t hart_id, const void *devicetree);
void kernel_main(uint64_t hart_id, const void *devicetree)
{
	hart.scounteren = csr_read(scounteren);
	platform.is_bulkhead = sbi_call(SBI_BASE, 1, 0, 0, 0).value != OPENSBI_IMPLEMENTATION;
	if (hart_id != 0 || !platform_read(devicetree)) {
		print("PANIC bad boot arguments: hart %lu, device tree at 0x%lx\n", hart_id, (uint64_t)devicetree);
		machine_failed();
	}
	kernel_run();
}
