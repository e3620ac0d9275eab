/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vcpu's registers in the VMCB. They are a VMM's to write, so each value is checked by itself: the kernel's own part of the VMCB cannot be reached, and what the processor
 * would refuse of a single register is refused here. Combinations are checked by VMRUN, which exits where they make no sense (L4_GUEST_REFUSED).
 */
#include "svm.h"

#include <arch/registers.h>
#include <kernel/arch.h>

#include "../machine.h"
#include "apic.h"
#include "back_end.h"

#define CR0_LEGAL (CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | SVM_CR0_PAGING)
#define CR0_AFTER_INIT (CR0_CD | CR0_NW | CR0_ET)
#define DR6_AFTER_INIT 0xffff0ff0
#define DR7_AFTER_INIT 0x400
#define PAT_AFTER_INIT 0x0007040600070406

#define CPL_USER 3
#define TABLE_LIMIT_MAX 0xffff
#define ADDRESS_BITS 48

#define SEGMENT_ATTRIBUTES 0xfff
#define CODE_AFTER_INIT 0x9b
#define DATA_AFTER_INIT 0x93
#define LDTR_AFTER_INIT 0x82
#define TR_AFTER_INIT 0x8b
#define LIMIT_AFTER_INIT 0xffff
#define CODE_OF_NO_MODE (SEGMENT_64_BIT | 0x400) /* both 64 and 32 bits */

enum rule { ANY, CANONICAL, HALF, LIMIT, LEGAL_CR0, LEGAL_CR4, LEGAL_EFER, LEGAL_PAT };

/* Registers of 64 bits. */
static const struct {
	uint16_t offset;
	uint8_t rule;
} place[L4_VCPU_REG_COUNT] = {
#define PLACE(number, field, rule) [L4_VCPU_REG_##number] = {offsetof(struct vmcb, field), rule},
	PLACE(CR0, cr0, LEGAL_CR0)
	PLACE(CR2, cr2, ANY)
	PLACE(CR3, cr3, ANY)
	PLACE(CR4, cr4, LEGAL_CR4)
	PLACE(PAT, pat, LEGAL_PAT)
	PLACE(DR6, dr6, HALF)
	PLACE(DR7, dr7, HALF)
	PLACE(STAR, star, ANY)
	PLACE(LSTAR, lstar, CANONICAL)
	PLACE(CSTAR, cstar, CANONICAL)
	PLACE(SFMASK, sfmask, HALF)
	PLACE(KERNEL_GS_BASE, kernel_gs_base, CANONICAL)
	PLACE(SYSENTER_CS, sysenter_cs, HALF)
	PLACE(SYSENTER_ESP, sysenter_esp, CANONICAL)
	PLACE(SYSENTER_EIP, sysenter_eip, CANONICAL)
	PLACE(GDTR_BASE, gdtr.base, CANONICAL)
	PLACE(IDTR_BASE, idtr.base, CANONICAL)
	PLACE(TSC_OFFSET, tsc_offset, ANY)
#undef PLACE
};

static const uint16_t segment_offset[L4_SEGMENTS] = {
	[L4_SEGMENT_ES] = offsetof(struct vmcb, es), [L4_SEGMENT_CS] = offsetof(struct vmcb, cs),     [L4_SEGMENT_SS] = offsetof(struct vmcb, ss),
	[L4_SEGMENT_DS] = offsetof(struct vmcb, ds), [L4_SEGMENT_FS] = offsetof(struct vmcb, fs),     [L4_SEGMENT_GS] = offsetof(struct vmcb, gs),
	[L4_SEGMENT_LDTR] = offsetof(struct vmcb, ldtr), [L4_SEGMENT_TR] = offsetof(struct vmcb, tr),
};

static uint64_t *register_at(struct vmcb *vmcb, word_t reg)
{
	return (uint64_t *)((char *)vmcb + place[reg].offset);
}

static struct vmcb_segment *segment_at(struct vmcb *vmcb, word_t reg)
{
	return (struct vmcb_segment *)((char *)vmcb + segment_offset[(reg - L4_VCPU_REG_SEGMENT0) / 2]);
}

static bool is_base(word_t reg)
{
	return (reg - L4_VCPU_REG_SEGMENT0) % 2;
}

/* --- Legal values --- */

static bool is_canonical(word_t value)
{
	int64_t upper = (int64_t)value >> (ADDRESS_BITS - 1);
	return upper == 0 || upper == -1;
}

bool svm_cr0_is_legal(word_t value)
{
	bool paging_alone = value & SVM_CR0_PAGING && !(value & CR0_PE);
	bool not_write_through_alone = value & CR0_NW && !(value & CR0_CD);
	return !(value & ~CR0_LEGAL) && !paging_alone && !not_write_through_alone;
}

/* Of memory types 2 and 3 do not exist. */
static bool pat_is_legal(word_t value)
{
	for (unsigned i = 0; i < 8; i++) {
		unsigned type = value >> 8 * i & 0xff;
		if (type > 7 || type == 2 || type == 3)
			return false;
	}
	return true;
}

bool svm_xcr0_is_legal(word_t value)
{
	word_t avx512 = value & XCR0_AVX512;
	if (value & ~machine.xcr0 || !(value & XCR0_X87))
		return false;
	if (value & XCR0_AVX && !(value & XCR0_SSE))
		return false;
	return avx512 == 0 || (avx512 == XCR0_AVX512 && value & XCR0_AVX);
}

bool svm_mode_is_legal(const struct vmcb *vmcb)
{
	if (!(vmcb->efer & EFER_LME) || !(vmcb->cr0 & SVM_CR0_PAGING))
		return true;
	return vmcb->cr4 & CR4_PAE && vmcb->cr0 & CR0_PE && (vmcb->cs.attributes & CODE_OF_NO_MODE) != CODE_OF_NO_MODE;
}

static bool is_legal(enum rule rule, word_t value)
{
	switch (rule) {
	case CANONICAL:
		return is_canonical(value);
	case HALF:
		return value <= UINT32_MAX;
	case LIMIT:
		return value <= TABLE_LIMIT_MAX;
	case LEGAL_CR0:
		return svm_cr0_is_legal(value);
	case LEGAL_CR4:
		return !(value & ~svm.cr4_legal);
	case LEGAL_EFER:
		return !(value & ~svm.efer_legal);
	case LEGAL_PAT:
		return pat_is_legal(value);
	default:
		return true;
	}
}

/* --- Access --- */

word_t virt_tsc_offset(const struct vcpu *vcpu)
{
	return svm_vmcb_const(vcpu)->tsc_offset;
}

static word_t get_segment(const struct vmcb_segment *segment, word_t reg)
{
	if (is_base(reg))
		return segment->base;
	return segment->selector | (word_t)segment->attributes << 16 | (word_t)segment->limit << 32;
}

bool virt_register_get(const struct vcpu *vcpu, word_t reg, word_t *value)
{
	struct vmcb *vmcb = (struct vmcb *)(uintptr_t)svm_vmcb_const(vcpu);
	if (reg >= L4_VCPU_REG_COUNT)
		return false;
	switch (reg) {
	case L4_VCPU_REG_EFER:
		*value = vmcb->efer & ~(word_t)EFER_SVME;
		break;
	case L4_VCPU_REG_XCR0:
		*value = virt_xcr0(vcpu);
		break;
	case L4_VCPU_REG_XCR0_MASK:
		*value = machine.has_xsave ? machine.xcr0 : XCR0_X87;
		break;
	case L4_VCPU_REG_DR0 ... L4_VCPU_REG_DR3:
		*value = svm_debug_get(vcpu, (unsigned)(reg - L4_VCPU_REG_DR0));
		break;
	case L4_VCPU_REG_GDTR_LIMIT:
		*value = vmcb->gdtr.limit;
		break;
	case L4_VCPU_REG_IDTR_LIMIT:
		*value = vmcb->idtr.limit;
		break;
	case L4_VCPU_REG_CPL:
		*value = vmcb->cpl;
		break;
	case L4_VCPU_REG_INTERRUPT_SHADOW:
		*value = vmcb->interrupt_shadow & 1;
		break;
	case L4_VCPU_REG_SEGMENT0 ... L4_VCPU_REG_COUNT - 1:
		*value = get_segment(segment_at(vmcb, reg), reg);
		break;
	default:
		*value = *register_at(vmcb, reg);
	}
	return true;
}

static bool set_segment(struct vmcb_segment *segment, word_t reg, word_t value)
{
	if (is_base(reg)) {
		if (!is_canonical(value))
			return false;
		segment->base = value;
		return true;
	}
	unsigned attributes = value >> 16 & 0xffff;
	if (attributes & ~SEGMENT_ATTRIBUTES)
		return false;
	segment->selector = (uint16_t)value;
	segment->attributes = (uint16_t)attributes;
	segment->limit = (uint32_t)(value >> 32);
	return true;
}

static bool set_limit(struct vmcb_segment *table, word_t value)
{
	if (!is_legal(LIMIT, value))
		return false;
	table->limit = (uint32_t)value;
	return true;
}

/* What follows from a new value. */
static void changed(struct vcpu *vcpu, word_t reg)
{
	switch (reg) {
	case L4_VCPU_REG_CR0:
	case L4_VCPU_REG_CR3:
	case L4_VCPU_REG_CR4:
	case L4_VCPU_REG_PAT:
		svm_vmcb(vcpu)->asid = 0; /* the next entry flushes */
		break;
	case L4_VCPU_REG_DR7:
		svm_debug_control_set(vcpu);
		break;
	case L4_VCPU_REG_TSC_OFFSET:
		apic_timer_arm(vcpu);
		break;
	default:
		break;
	}
}

static bool set_plain(struct vcpu *vcpu, word_t reg, word_t value)
{
	if (!place[reg].offset || !is_legal((enum rule)place[reg].rule, value))
		return false;
	*register_at(svm_vmcb(vcpu), reg) = value;
	changed(vcpu, reg);
	return true;
}

static bool set_efer(struct vmcb *vmcb, word_t value)
{
	if (!is_legal(LEGAL_EFER, value))
		return false;
	vmcb->efer = value | EFER_SVME;
	vmcb->asid = 0;
	return true;
}

static bool set_xcr0(struct vcpu *vcpu, word_t value)
{
	if (!svm_xcr0_is_legal(value))
		return false;
	svm_xcr0_set(vcpu, value);
	return true;
}

bool virt_register_set(struct vcpu *vcpu, word_t reg, word_t value)
{
	struct vmcb *vmcb = svm_vmcb(vcpu);
	if (reg >= L4_VCPU_REG_COUNT)
		return false;
	switch (reg) {
	case L4_VCPU_REG_EFER:
		return set_efer(vmcb, value);
	case L4_VCPU_REG_XCR0:
		return set_xcr0(vcpu, value);
	case L4_VCPU_REG_DR0 ... L4_VCPU_REG_DR3:
		svm_debug_set(vcpu, (unsigned)(reg - L4_VCPU_REG_DR0), value);
		return true;
	case L4_VCPU_REG_GDTR_LIMIT:
		return set_limit(&vmcb->gdtr, value);
	case L4_VCPU_REG_IDTR_LIMIT:
		return set_limit(&vmcb->idtr, value);
	case L4_VCPU_REG_CPL:
		if (value > CPL_USER)
			return false;
		vmcb->cpl = (uint8_t)value;
		return true;
	case L4_VCPU_REG_INTERRUPT_SHADOW:
		if (value > 1)
			return false;
		vmcb->interrupt_shadow = value;
		return true;
	case L4_VCPU_REG_SEGMENT0 ... L4_VCPU_REG_COUNT - 1:
		return set_segment(segment_at(vmcb, reg), reg, value);
	default:
		return set_plain(vcpu, reg, value);
	}
}

/* --- A new vcpu --- */

/* What is an exit. All else that a guest can do touches nothing but its own state: with nested paging its control registers are its own. */
static void set_intercepts(struct vmcb *vmcb)
{
	vmcb->intercept_dr_read = 0xffff;
	vmcb->intercept_dr_write = 0xffff;
	/* Of a guest that makes the delivery of such an exception raise it again, without end and uninterruptibly, each turn is an exit. */
	vmcb->intercept_exceptions = 1U << 1 | 1U << 17 | 1U << 18;
	vmcb->intercept1 = INTERCEPT1_INTR | INTERCEPT1_NMI | INTERCEPT1_INIT | INTERCEPT1_RDPMC | INTERCEPT1_CPUID | INTERCEPT1_INVD | INTERCEPT1_HLT | INTERCEPT1_INVLPGA |
			   INTERCEPT1_IOIO | INTERCEPT1_MSR | INTERCEPT1_TASK_SWITCH | INTERCEPT1_FERR_FREEZE | INTERCEPT1_SHUTDOWN;
	vmcb->intercept2 = INTERCEPT2_VMRUN | INTERCEPT2_VMMCALL | INTERCEPT2_VMLOAD | INTERCEPT2_VMSAVE | INTERCEPT2_STGI | INTERCEPT2_CLGI | INTERCEPT2_SKINIT |
			   INTERCEPT2_WBINVD | INTERCEPT2_MONITOR | INTERCEPT2_MWAIT | INTERCEPT2_MWAIT_ARMED | INTERCEPT2_XSETBV | INTERCEPT2_RDPRU;
}

static void set_segments(struct vmcb *vmcb)
{
	struct vmcb_segment *const data[] = {&vmcb->es, &vmcb->ss, &vmcb->ds, &vmcb->fs, &vmcb->gs};
	for (unsigned i = 0; i < sizeof(data) / sizeof(*data); i++)
		*data[i] = (struct vmcb_segment){.attributes = DATA_AFTER_INIT, .limit = LIMIT_AFTER_INIT};
	vmcb->cs = (struct vmcb_segment){.selector = 0xf000, .attributes = CODE_AFTER_INIT, .limit = LIMIT_AFTER_INIT, .base = 0xffff0000};
	vmcb->ldtr = (struct vmcb_segment){.attributes = LDTR_AFTER_INIT, .limit = LIMIT_AFTER_INIT};
	vmcb->tr = (struct vmcb_segment){.attributes = TR_AFTER_INIT, .limit = LIMIT_AFTER_INIT};
	vmcb->gdtr.limit = LIMIT_AFTER_INIT;
	vmcb->idtr.limit = LIMIT_AFTER_INIT;
}

void virt_init(struct vcpu *vcpu)
{
	struct vmcb *vmcb = svm_vmcb(vcpu);
	*vmcb = (struct vmcb){
		.iopm_base = svm.iopm,
		.msrpm_base = svm.msrpm,
		.virtual_interrupt = V_INTR_MASKING,
		.nested_control = NESTED_PAGING,
		.efer = EFER_SVME,
		.cr0 = CR0_AFTER_INIT,
		.dr6 = DR6_AFTER_INIT,
		.dr7 = DR7_AFTER_INIT,
		.pat = PAT_AFTER_INIT,
	};
	set_intercepts(vmcb);
	set_segments(vmcb);
	struct arch_vcpu *arch = &vcpu->arch;
	__builtin_memset(arch->debug, 0, sizeof(arch->debug));
	arch->debug_loaded = false;
	arch->xcr0 = XCR0_X87;
	arch->xcr0_loaded = false;
	arch->event = 0;
	arch->requested = 0;
	arch->nmi = NMI_OPEN;
	arch->halted = false;
	arch->step.is_active = false;
	arch->attention = true;
}
