/* SPDX-License-Identifier: BSD-2-Clause */
#include "msr.h"

#include <l4/abi/arch.h>

#include "guest.h"
#include "machine.h"
#include "tsc.h"

enum msr {
	MSR_TSC = 0x10,
	MSR_PATCH_LEVEL = 0x8b,
	MSR_MISC_ENABLE = 0x1a0,
	MSR_DEBUG_CONTROL = 0x1d9,
	MSR_PAT = 0x277,
	MSR_EFER = 0xc0000080,
	MSR_SYSTEM_CONFIGURATION = 0xc0010010,
	MSR_HARDWARE_CONFIGURATION = 0xc0010015,
	MSR_NORTHBRIDGE_CONFIGURATION = 0xc001001f,
};

/* Those that have one value here, which the guest may write again. */
static const struct {
	uint32_t msr;
	uint64_t value;
} constants[] = {
	{MSR_PATCH_LEVEL, 0},
	{MSR_MISC_ENABLE, 1},                    /* fast strings */
	{MSR_DEBUG_CONTROL, 0},                  /* but see DEBUG_CONTROL_IGNORED */
	{MSR_HARDWARE_CONFIGURATION, 1UL << 24}, /* the time-stamp counter counts at the nominal frequency */
	{MSR_SYSTEM_CONFIGURATION, 0},
	{MSR_NORTHBRIDGE_CONFIGURATION, 1UL << 46}, /* extended configuration space by ports: nothing is there */
};
#define CONSTANTS (sizeof(constants) / sizeof(constants[0]))

#define EFER_LME 0x100UL
#define EFER_LMA 0x400UL
#define EFER_OFFERED (0x801UL | EFER_LME | EFER_LMA) /* SYSCALL, no-execute: what CPUID tells of */
#define CR0_PAGING (1UL << 31)

static bool is_apic(uint32_t number)
{
	return number >= APIC_MSR_FIRST && number <= APIC_MSR_LAST;
}

static bool read_rest(const struct machine *machine, uint32_t number, uint64_t *value)
{
	for (unsigned int i = 0; i < CONSTANTS; i++) {
		if (constants[i].msr == number) {
			*value = constants[i].value;
			return true;
		}
	}
	return mtrr_read(&machine->mtrr, number, value);
}

bool msr_read(struct machine *machine, uint32_t number, uint64_t *value)
{
	if (is_apic(number))
		return apic_read(&machine->apic, number, value);
	switch (number) {
	case MSR_TSC: *value = tsc_guest(); return true;
	case MSR_PAT: *value = guest_register(L4_VCPU_REG_PAT); return true;
	case MSR_EFER: *value = guest_register(L4_VCPU_REG_EFER); return true;
	case APIC_MSR_BASE: *value = apic_base(); return true;
	case KVMCLOCK_MSR_WALL_CLOCK: *value = machine->clock.wall_clock; return true;
	case KVMCLOCK_MSR_SYSTEM_TIME: *value = machine->clock.system_time; return true;
	default: return read_rest(machine, number, value);
	}
}

static bool write_tsc(struct machine *machine, uint64_t value)
{
	uint64_t offset = value - tsc_read(), by = offset - guest_register(L4_VCPU_REG_TSC_OFFSET);
	guest_set_register(L4_VCPU_REG_TSC_OFFSET, offset);
	apic_tsc_moved(&machine->apic, by);
	kvmclock_update(&machine->clock);
	return true;
}

/* Whether long mode is active the processor alone decides; whether it is wanted cannot change under paging. */
static bool write_efer(uint64_t value)
{
	uint64_t now = guest_register(L4_VCPU_REG_EFER);
	if (value & ~EFER_OFFERED || ((value ^ now) & EFER_LME && guest_register(L4_VCPU_REG_CR0) & CR0_PAGING))
		return false;
	return guest_offer_register(L4_VCPU_REG_EFER, (value & ~EFER_LMA) | (now & EFER_LMA));
}

/* Linux asks for traps of branches whatever CPUID tells; what steps by them steps by instructions here. */
#define DEBUG_CONTROL_IGNORED 3UL /* LBR, BTF */

static bool write_rest(struct machine *machine, uint32_t number, uint64_t value)
{
	for (unsigned int i = 0; i < CONSTANTS; i++)
		if (constants[i].msr == number)
			return constants[i].value == value;
	return mtrr_write(&machine->mtrr, number, value);
}

/* x2APIC mode cannot be left (as where a processor's legacy mode is disabled). */
bool msr_write(struct machine *machine, uint32_t number, uint64_t value)
{
	if (is_apic(number))
		return apic_write(&machine->apic, number, value);
	switch (number) {
	case MSR_TSC: return write_tsc(machine, value);
	case MSR_PAT: return guest_offer_register(L4_VCPU_REG_PAT, value);
	case MSR_EFER: return write_efer(value);
	case APIC_MSR_BASE: return value == apic_base();
	case MSR_DEBUG_CONTROL: return !(value & ~DEBUG_CONTROL_IGNORED);
	case KVMCLOCK_MSR_WALL_CLOCK: return kvmclock_write_wall_clock(&machine->clock, value);
	case KVMCLOCK_MSR_SYSTEM_TIME: return kvmclock_write_system_time(&machine->clock, value);
	default: return write_rest(machine, number, value);
	}
}
