/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stays of a vcpu in the processor until another needs the place: debug registers 0 to 3, which no one but guests uses, so that they break nowhere else (an exit disables DR7);
 * PKRU, which means nothing while the kernel or a process runs (their CR4.PKE is clear); XCR0, which means nothing to them while the FPU is off, and goes before anybody has it
 * on; and the machine timer's second deadline. cpu->vcpu says whose.
 * The debug registers are given to a guest at its first access, or at once if it has armed them.
 */
#include "svm.h"

#include <arch/registers.h>
#include <kernel/arch.h>

#include "../machine.h"
#include "../timer.h"
#include "back_end.h"
#include "guest.h"

#define ALL_DEBUG_REGISTERS 0xffff
#define DR7_ENABLES 0xff

#define DEBUG_REGISTER(name)                                                              \
	static word_t name##_read(void)                                                   \
	{                                                                                 \
		word_t value;                                                             \
		__asm__ volatile("movq %%" #name ", %0" : "=r"(value));                   \
		return value;                                                             \
	}                                                                                 \
	static void name##_write(word_t value)                                            \
	{                                                                                 \
		__asm__ volatile("movq %0, %%" #name : : "r"(value));                     \
	}

DEBUG_REGISTER(dr0)
DEBUG_REGISTER(dr1)
DEBUG_REGISTER(dr2)
DEBUG_REGISTER(dr3)

void svm_debug_load(struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	dr0_write(arch->debug[0]);
	dr1_write(arch->debug[1]);
	dr2_write(arch->debug[2]);
	dr3_write(arch->debug[3]);
	arch->debug_loaded = true;
	svm_vmcb(vcpu)->intercept_dr_read = 0;
	svm_vmcb(vcpu)->intercept_dr_write = 0;
}

static void debug_unload(struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	if (!arch->debug_loaded)
		return;
	arch->debug[0] = dr0_read();
	arch->debug[1] = dr1_read();
	arch->debug[2] = dr2_read();
	arch->debug[3] = dr3_read();
	arch->debug_loaded = false;
	svm_vmcb(vcpu)->intercept_dr_read = ALL_DEBUG_REGISTERS;
	svm_vmcb(vcpu)->intercept_dr_write = ALL_DEBUG_REGISTERS;
}

word_t svm_debug_get(const struct vcpu *vcpu, unsigned index)
{
	if (!vcpu->arch.debug_loaded)
		return vcpu->arch.debug[index];
	switch (index) {
	case 0:
		return dr0_read();
	case 1:
		return dr1_read();
	case 2:
		return dr2_read();
	default:
		return dr3_read();
	}
}

void svm_debug_control_set(struct vcpu *vcpu)
{
	if (cpu_self()->vcpu == vcpu && !vcpu->arch.debug_loaded && svm_vmcb(vcpu)->dr7 & DR7_ENABLES)
		svm_debug_load(vcpu);
}

void svm_debug_set(struct vcpu *vcpu, unsigned index, word_t value)
{
	debug_unload(vcpu);
	vcpu->arch.debug[index] = value;
	svm_debug_control_set(vcpu);
}

/* Makes instructions exist, until CR4 is set again to what this gives. */
static word_t cr4_turn_on(word_t bit)
{
	word_t cr4 = cr4_read();
	cr4_write(cr4 | bit);
	return cr4;
}

static void pkru_load(const struct vcpu *vcpu)
{
	if (!svm.has_pku)
		return;
	word_t cr4 = cr4_turn_on(CR4_PKE);
	__asm__ volatile("wrpkru" : : "a"(vcpu->arch.pkru), "c"(0), "d"(0) : "memory");
	cr4_write(cr4);
}

static void pkru_unload(struct vcpu *vcpu)
{
	if (!svm.has_pku)
		return;
	word_t cr4 = cr4_turn_on(CR4_PKE);
	__asm__ volatile("rdpkru" : "=a"(vcpu->arch.pkru) : "c"(0) : "rdx");
	cr4_write(cr4);
}

static void xcr0_put(word_t value)
{
	word_t cr4 = cr4_turn_on(CR4_OSXSAVE);
	xcr0_write(value);
	cr4_write(cr4);
}

void svm_xcr0_load(struct vcpu *vcpu)
{
	vcpu->arch.xcr0_loaded = machine.has_xsave;
	if (machine.has_xsave)
		xcr0_put(vcpu->arch.xcr0);
}

/* Not every processor makes an exit of XSETBV (QEMU 7.2 does not). What the guest has turned on without being allowed to it loses with its turn. */
word_t virt_xcr0(const struct vcpu *vcpu)
{
	if (!vcpu->arch.xcr0_loaded)
		return vcpu->arch.xcr0;
	word_t cr4 = cr4_turn_on(CR4_OSXSAVE);
	word_t value = xcr0_read();
	cr4_write(cr4);
	return value & machine.xcr0;
}

/* Whatever XCR0 the guest had last, what it left in them is for no one else. */
static void components_clear(word_t components)
{
	static const uint8_t initial[XSAVE_HEADER_END] __attribute__((aligned(64)));
	word_t cr0 = cr0_read(), cr4 = cr4_turn_on(CR4_OSXSAVE);
	xcr0_write(machine.xcr0 | components);
	__asm__ volatile("clts\n\txrstor64 %0" : : "m"(initial), "a"((uint32_t)components), "d"((uint32_t)(components >> 32)) : "memory");
	cr0_write(cr0);
	cr4_write(cr4);
}

void svm_xcr0_set(struct vcpu *vcpu, word_t value)
{
	vcpu->arch.xcr0 = value;
	if (vcpu->arch.xcr0_loaded)
		xcr0_put(value);
}

void guest_xcr0_unload(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;
	if (!vcpu || !vcpu->arch.xcr0_loaded)
		return;
	vcpu->arch.xcr0 = virt_xcr0(vcpu);
	vcpu->arch.xcr0_loaded = false;
	if (svm.loose_components)
		components_clear(svm.loose_components);
	xcr0_put(machine.xcr0);
}

void virt_unload(struct cpu *cpu, struct vcpu *vcpu)
{
	guest_xcr0_unload(cpu);
	debug_unload(vcpu);
	pkru_unload(vcpu);
	timer_set_guest(TICKS_NEVER);
	cpu->vcpu = NULL;
}

void virt_load(struct cpu *cpu, struct vcpu *vcpu)
{
	if (cpu->vcpu)
		virt_unload(cpu, cpu->vcpu);
	cpu->vcpu = vcpu;
	pkru_load(vcpu);
	svm_debug_control_set(vcpu);
	timer_set_guest(vcpu->arch.apic.due);
}
