/* SPDX-License-Identifier: BSD-2-Clause */
/* From boot.S to the portable kernel: what the boot hart is, and what machine it is in. */
#include <arch/registers.h>
#include <kernel/arch.h>

#include "guest.h"
#include "machine.h"
#include "map.h"
#include "processor.h"
#include "sbi.h"
#include "space.h"

struct processor boot_processor;
struct machine machine;

/* Called by boot.S. */
NORETURN void kernel_start(word_t hart, paddr_t devicetree, paddr_t image);

static bool fpu_exists(void)
{
	csr_set(sstatus, SSTATUS_FS);
	bool exists = csr_read(sstatus) & SSTATUS_FS;
	csr_clear(sstatus, SSTATUS_FS);
	return exists;
}

static void machine_discover(void)
{
	machine.has_debug_console = sbi_has(SBI_DBCN);
	machine.has_sstc = csr_exists(CSR_STIMECMP);
	machine.has_senvcfg = csr_exists(CSR_SENVCFG);
	machine.has_fpu = fpu_exists();
}

static void hart_prepare(struct cpu *cpu, word_t hart)
{
	cpu->arch.hart = hart;
	cpu->arch.scheduler_timer = TICKS_NEVER;
	cpu->arch.guest_timer = TICKS_NEVER;
	cpu->arch.machine_timer = 0;
	arch_timer_set(TICKS_NEVER);
	csr_write(sstatus, SSTATUS_UXL_64);
	csr_write(scounteren, COUNTERS_ALL);
	if (machine.has_senvcfg)
		csr_write(CSR_SENVCFG, 0);
	csr_write(sie, 1UL << IRQ_S_TIMER | 1UL << IRQ_S_EXTERNAL);
}

NORETURN void kernel_start(word_t hart, paddr_t devicetree, paddr_t image)
{
	static struct boot_platform platform;
	machine_discover();
	map_boot(image);
	space_boot(STAGE_PROCESS);
	platform_discover(&platform, devicetree, hart, image);
	platform.has_vcpu = guest_boot();
	hart_prepare(cpu_self(), hart);
	kernel_boot(&platform);
}
