/* SPDX-License-Identifier: BSD-2-Clause */
#include "apic.h"

#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/print.h>

#include "interrupts.h"
#include "machine.h"
#include "map.h"

#define APIC_BASE_X2APIC (1UL << 10)
#define APIC_BASE_ENABLE (1UL << 11)
#define XAPIC_ID_SHIFT 24

#define SVR_ENABLE 0x100
#define LVT_MASKED 0x10000
#define VERSION_LAST_LVT(version) ((version) >> 16 & 0xff)

#define ICR_SELF 0x40000
#define ICR_ASSERT 0x4000

static volatile uint32_t *xapic; /* null in x2APIC mode */

/* Sources of interrupts, in the order in which processors have got them: the version register tells the last. */
static const enum apic_register sources[] = {
	APIC_LVT_TIMER, APIC_LVT_LINT0, APIC_LVT_LINT1, APIC_LVT_ERROR, APIC_LVT_PERFORMANCE, APIC_LVT_THERMAL, APIC_LVT_CMCI,
};

uint32_t apic_read(enum apic_register number)
{
	return xapic ? xapic[number * 4] : (uint32_t)msr_read(MSR_X2APIC + number);
}

void apic_write(enum apic_register number, uint32_t value)
{
	if (xapic)
		xapic[number * 4] = value;
	else
		msr_write(MSR_X2APIC + number, value);
}

bool apic_is_in_service(unsigned vector)
{
	return apic_read(APIC_ISR + vector / APIC_VECTOR_BITS) & 1U << vector % APIC_VECTOR_BITS;
}

static void mask_sources(void)
{
	unsigned last = VERSION_LAST_LVT(apic_read(APIC_VERSION));
	for (unsigned i = 0; i <= last && i < sizeof(sources) / sizeof(*sources); i++)
		apic_write(sources[i], LVT_MASKED);
}

/* Who ran before may have left interrupts in service, which would keep lower ones out. The highest first: it is the one that an end of interrupt ends. */
static void end_all(void)
{
	for (unsigned vector = VECTORS; vector--;)
		if (apic_is_in_service(vector))
			apic_end_of_interrupt();
}

void apic_boot(void)
{
	uint64_t base = msr_read(MSR_APIC_BASE) | APIC_BASE_ENABLE;
	/* The modes are entered in this order. */
	msr_write(MSR_APIC_BASE, base);
	if (machine.has_x2apic)
		msr_write(MSR_APIC_BASE, base | APIC_BASE_X2APIC);
	else
		xapic = map_device(base & PTE_PADDR_MASK, PAGE_SIZE);
	apic_write(APIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
	apic_write(APIC_TPR, APIC_PRIORITY);
	mask_sources();
	end_all();
}

uint32_t apic_id(void)
{
	uint32_t id = apic_read(APIC_ID);
	return xapic ? id >> XAPIC_ID_SHIFT : id;
}

void apic_interrupt_self(unsigned vector)
{
	if (xapic)
		apic_write(APIC_ICR, ICR_SELF | ICR_ASSERT | vector);
	else
		apic_write(APIC_SELF_IPI, vector);
}
