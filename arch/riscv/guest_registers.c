/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers of guests. They stay in the processor until another vcpu needs it: cpu->vcpu says whose they are.
 *
 * The guest's timer is vstimecmp where the hart has it. Elsewhere it is registers[VSTIMECMP], which the hart's own timer serves
 * while the vcpu is loaded (timer.c) and the portable kernel's queue while its thread waits; when due it raises the timer line.
 */
#include <arch/registers.h>
#include <kernel/arch.h>

#include "guest.h"
#include "machine.h"
#include "space.h"
#include "timer.h"

/* The guest's own bits in sie and sip are a place lower than in hvip. */
#define LINE_TO_SIE_SHIFT 1
#define LINES (1UL << L4_VCPU_LINE_SOFTWARE | 1UL << L4_VCPU_LINE_TIMER | 1UL << L4_VCPU_LINE_EXTERNAL)
#define TIMER_LINE (1UL << L4_VCPU_LINE_TIMER)
#define VSTVEC_MODE 3UL
#define VSTVEC_MODE_RESERVED 2UL
#define VSSTATUS_WRITABLE (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_FS | SSTATUS_SUM | SSTATUS_MXR)

/* Registers that only change place; HVIP and VSTIMECMP are special. */
#define FOR_EACH_VS_REGISTER(what)                    \
	what(L4_VCPU_REG_VSSTATUS, CSR_VSSTATUS)      \
	what(L4_VCPU_REG_VSIE, CSR_VSIE)              \
	what(L4_VCPU_REG_VSTVEC, CSR_VSTVEC)          \
	what(L4_VCPU_REG_VSSCRATCH, CSR_VSSCRATCH)    \
	what(L4_VCPU_REG_VSEPC, CSR_VSEPC)            \
	what(L4_VCPU_REG_VSCAUSE, CSR_VSCAUSE)        \
	what(L4_VCPU_REG_VSTVAL, CSR_VSTVAL)          \
	what(L4_VCPU_REG_VSATP, CSR_VSATP)            \
	what(L4_VCPU_REG_HVIP, CSR_HVIP)

static bool is_loaded(const struct vcpu *vcpu)
{
	return cpu_self()->vcpu == vcpu;
}

static void save(struct vcpu *vcpu)
{
	word_t *registers = vcpu->arch.registers;
#define SAVE(number, csr) registers[number] = csr_read(csr);
	FOR_EACH_VS_REGISTER(SAVE)
#undef SAVE
	if (machine.has_guest_sstc)
		registers[L4_VCPU_REG_VSTIMECMP] = csr_read(CSR_VSTIMECMP);
}

static void load(const struct vcpu *vcpu)
{
	const word_t *registers = vcpu->arch.registers;
#define LOAD(number, csr) csr_write(csr, registers[number]);
	FOR_EACH_VS_REGISTER(LOAD)
#undef LOAD
	if (machine.has_guest_sstc)
		csr_write(CSR_VSTIMECMP, registers[L4_VCPU_REG_VSTIMECMP]);
	else
		timer_set_guest(registers[L4_VCPU_REG_VSTIMECMP]);
}

void guest_registers_load(struct vcpu *vcpu)
{
	struct cpu *cpu = cpu_self();
	if (cpu->vcpu == vcpu)
		return;
	if (cpu->vcpu)
		save(cpu->vcpu);
	load(vcpu);
	/* Vcpus of one second stage share its VMID, not their address spaces. Nor has a vcpu that was not here heard of the fences of its own writes to VSATP. */
	space_fence_guest();
	cpu->vcpu = vcpu;
}

static word_t read_loaded(const struct vcpu *vcpu, word_t number)
{
	switch (number) {
#define READ(number, csr) \
	case number:      \
		return csr_read(csr);
		FOR_EACH_VS_REGISTER(READ)
#undef READ
	case L4_VCPU_REG_VSTIMECMP:
		return machine.has_guest_sstc ? csr_read(CSR_VSTIMECMP) : vcpu->arch.registers[number];
	default:
		return vcpu->arch.registers[number];
	}
}

static void write_loaded(word_t number, word_t value)
{
	switch (number) {
#define WRITE(number, csr)            \
	case number:                  \
		csr_write(csr, value); \
		break;
		FOR_EACH_VS_REGISTER(WRITE)
#undef WRITE
	case L4_VCPU_REG_VSTIMECMP:
		if (machine.has_guest_sstc)
			csr_write(CSR_VSTIMECMP, value);
		else
			timer_set_guest(value);
		break;
	default:
		break;
	}
	if (number == L4_VCPU_REG_VSATP)
		space_fence_guest();
}

static word_t get(const struct vcpu *vcpu, enum l4_vcpu_reg number)
{
	return is_loaded(vcpu) ? read_loaded(vcpu, number) : vcpu->arch.registers[number];
}

static void set(struct vcpu *vcpu, enum l4_vcpu_reg number, word_t value)
{
	vcpu->arch.registers[number] = value;
	if (is_loaded(vcpu))
		write_loaded(number, value);
}

void arch_vcpu_init(struct vcpu *vcpu)
{
	vcpu->arch = (struct arch_vcpu){.registers = {0}};
	vcpu->arch.registers[L4_VCPU_REG_VSSTATUS] = SSTATUS_UXL_64;
	vcpu->arch.registers[L4_VCPU_REG_PRIVILEGED] = 1;
	vcpu->arch.registers[L4_VCPU_REG_VSTIMECMP] = TICKS_NEVER;
}

/* What is enabled in VSIE and pending would end a WFI of the kernel's, too. */
static void unload(struct cpu *cpu)
{
	csr_write(CSR_VSIE, 0);
	timer_set_guest(TICKS_NEVER);
	cpu->vcpu = NULL;
}

void arch_vcpu_destroy(struct vcpu *vcpu)
{
	if (is_loaded(vcpu))
		unload(cpu_self());
}

void guest_registers_put(void)
{
	struct cpu *cpu = cpu_self();
	if (!cpu->vcpu)
		return;
	save(cpu->vcpu);
	unload(cpu);
}

bool arch_vcpu_read(struct vcpu *vcpu, word_t reg, word_t *value)
{
	if (reg >= L4_VCPU_REG_COUNT)
		return false;
	*value = get(vcpu, (enum l4_vcpu_reg)reg);
	return true;
}

/*
 * What a hart would keep of a value. It is not left to the hart: QEMU 7.2 takes all bits of vsstatus and of vsatp, and lets those that
 * only mstatus has take effect while the guest runs (MPRV would break the firmware).
 */
static bool make_legal(word_t reg, word_t *value)
{
	switch (reg) {
	case L4_VCPU_REG_VSSTATUS:
		*value = (*value & VSSTATUS_WRITABLE) | SSTATUS_UXL_64;
		return true;
	case L4_VCPU_REG_VSATP: {
		word_t mode = *value >> SATP_MODE_SHIFT;
		/* Any that a guest may have written itself: its VMM writes back what it has read. */
		return mode == 0 || mode == SATP_SV39 || mode == SATP_SV48 || mode == SATP_SV57;
	}
	case L4_VCPU_REG_VSTVEC:
		*value &= ~VSTVEC_MODE_RESERVED;
		return true;
	case L4_VCPU_REG_VSEPC:
		*value &= ~1UL;
		return true;
	case L4_VCPU_REG_HVIP:
		return !(*value & ~LINES);
	case L4_VCPU_REG_PRIVILEGED:
		return *value <= 1;
	default:
		return reg < L4_VCPU_REG_COUNT;
	}
}

bool arch_vcpu_write(struct vcpu *vcpu, word_t reg, word_t value)
{
	if (!make_legal(reg, &value))
		return false;
	set(vcpu, (enum l4_vcpu_reg)reg, value);
	return true;
}

bool arch_vcpu_line_is_valid(word_t line)
{
	return line < 64 && LINES >> line & 1;
}

void arch_vcpu_set_line(struct vcpu *vcpu, unsigned line, bool level)
{
	word_t lines = get(vcpu, L4_VCPU_REG_HVIP);
	set(vcpu, L4_VCPU_REG_HVIP, level ? lines | 1UL << line : lines & ~(1UL << line));
}

void arch_vcpu_set_timer(struct vcpu *vcpu, ticks_t deadline)
{
	if (!machine.has_guest_sstc)
		arch_vcpu_set_line(vcpu, L4_VCPU_LINE_TIMER, false);
	set(vcpu, L4_VCPU_REG_VSTIMECMP, deadline);
}

bool arch_vcpu_interrupt_pending(struct vcpu *vcpu)
{
	word_t lines = get(vcpu, L4_VCPU_REG_HVIP);
	if (get(vcpu, L4_VCPU_REG_VSTIMECMP) <= arch_now())
		lines |= TIMER_LINE;
	return lines >> LINE_TO_SIE_SHIFT & get(vcpu, L4_VCPU_REG_VSIE);
}

ticks_t arch_vcpu_deadline(struct vcpu *vcpu)
{
	bool enabled = get(vcpu, L4_VCPU_REG_VSIE) & TIMER_LINE >> LINE_TO_SIE_SHIFT;
	return enabled ? get(vcpu, L4_VCPU_REG_VSTIMECMP) : TICKS_NEVER;
}

void arch_vcpu_timer_due(struct vcpu *vcpu)
{
	if (machine.has_guest_sstc || get(vcpu, L4_VCPU_REG_VSTIMECMP) > arch_now())
		return;
	set(vcpu, L4_VCPU_REG_VSTIMECMP, TICKS_NEVER);
	arch_vcpu_set_line(vcpu, L4_VCPU_LINE_TIMER, true);
}

void guest_timer_interrupt(void)
{
	struct vcpu *vcpu = cpu_self()->vcpu;
	if (vcpu)
		arch_vcpu_timer_due(vcpu);
}

void guest_inject(struct thread *thread, struct vcpu *vcpu, word_t cause, word_t value)
{
	word_t status = get(vcpu, L4_VCPU_REG_VSSTATUS);
	word_t entered = status & ~(SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP);
	if (status & SSTATUS_SIE)
		entered |= SSTATUS_SPIE;
	if (vcpu->arch.registers[L4_VCPU_REG_PRIVILEGED])
		entered |= SSTATUS_SPP;
	set(vcpu, L4_VCPU_REG_VSSTATUS, entered);
	set(vcpu, L4_VCPU_REG_VSEPC, arch_context_pc(thread));
	set(vcpu, L4_VCPU_REG_VSCAUSE, cause);
	set(vcpu, L4_VCPU_REG_VSTVAL, value);
	vcpu->arch.registers[L4_VCPU_REG_PRIVILEGED] = 1;
	thread->context.registers[REG_PC] = get(vcpu, L4_VCPU_REG_VSTVEC) & ~VSTVEC_MODE;
}
