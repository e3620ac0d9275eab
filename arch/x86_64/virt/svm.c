/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into a guest and out of it. Nothing that a guest does may end in the kernel's own trap: every exit is answered here, by its handler, or by the guest itself.
 */
#include "svm.h"

#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/print.h>
#include <kernel/trace.h>

#include "../interrupts.h"
#include "../machine.h"
#include "../map.h"
#include "../vectors.h"
#include "apic.h"
#include "back_end.h"
#include "exits.h"
#include "guest.h"
#include "guest_space.h"

#define CPUID_XSAVE 0xd
#define CPUID_SVM 0x8000000a
#define SVM_EDX_NEXT_RIP (1U << 3)
#define SVM_EDX_FLUSH_BY_ASID (1U << 6)
#define GUEST_LEVELS 4
/* The leaf by which hypervisors and emulators tell their names. */
#define CPUID_HYPERVISOR 0x40000000
#define NAME_QEMU_EBX 0x54474354 /* "TCGT" */

struct svm svm;

/* Where the processor keeps the host's state while a guest runs, and what of it VMLOAD brings back. */
static uint8_t host_save_area[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static struct vmcb host_state __attribute__((aligned(PAGE_SIZE)));

/* --- Boot --- */

/* What every processor with SVM has. */
#define CR4_ALWAYS (CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE | CR4_MCE | CR4_PGE | CR4_PCE | CR4_OSFXSR | CR4_OSXMMEXCPT)

struct feature {
	uint32_t leaf;
	uint8_t word; /* index of eax, ebx, ecx, edx */
	uint8_t bit;
	uint64_t legal;
};

/* Bits of CR4 and EFER that come with features. Those of state that no world switch exchanges are not among them. */
static const struct feature cr4_features[] = {
	{1, 2, 17, CR4_PCIDE}, {1, 2, 26, CR4_OSXSAVE}, {7, 1, 0, CR4_FSGSBASE}, {7, 1, 7, CR4_SMEP},
	{7, 1, 20, CR4_SMAP},  {7, 2, 2, CR4_UMIP},     {7, 2, 3, CR4_PKE},      {7, 2, 16, CR4_LA57},
};
static const struct feature efer_features[] = {
	{0x80000001, 3, 11, EFER_SCE}, {0x80000001, 3, 20, EFER_NXE}, {0x80000001, 3, 25, EFER_FFXSR}, {0x80000001, 3, 29, EFER_LME | EFER_LMA},
};

static uint64_t legal_bits(const struct feature *features, size_t count)
{
	uint64_t legal = 0;
	for (size_t i = 0; i < count; i++) {
		struct cpuid answer = cpuid(features[i].leaf, 0);
		const uint32_t words[] = {answer.eax, answer.ebx, answer.ecx, answer.edx};
		if (words[features[i].word] >> features[i].bit & 1)
			legal |= features[i].legal;
	}
	return legal;
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* QEMU 7.2 makes no exit of XSETBV. PKRU is switched by itself. */
static word_t loose_components(void)
{
	if (!machine.has_xsave || !svm.is_emulated)
		return 0;
	struct cpuid all = cpuid(CPUID_XSAVE, 0);
	return ((word_t)all.edx << 32 | all.eax) & ~(machine.xcr0 | XCR0_PKRU);
}

bool guest_boot(void)
{
	if (!machine.has_svm)
		return false;
	struct cpuid features = cpuid(CPUID_SVM, 0);
	svm.has_next_rip = features.edx & SVM_EDX_NEXT_RIP;
	svm.flush_asid = features.edx & SVM_EDX_FLUSH_BY_ASID ? TLB_FLUSH_ASID : TLB_FLUSH_ALL;
	svm.cr4_legal = CR4_ALWAYS | legal_bits(cr4_features, COUNT(cr4_features));
	svm.efer_legal = legal_bits(efer_features, COUNT(efer_features));
	svm.is_emulated = cpuid(CPUID_HYPERVISOR, 0).ebx == NAME_QEMU_EBX;
	svm.loose_components = loose_components();
	svm.has_pku = svm.cr4_legal & CR4_PKE;
	svm.iopm = map_image_paddr(svm_iopm);
	svm.msrpm = map_image_paddr(svm_msrpm);
	svm.host_state = map_image_paddr(&host_state);
	guest_space_boot(features.ebx);
	msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SVME);
	msr_write(MSR_VM_HSAVE_PA, map_image_paddr(host_save_area));
	__asm__ volatile("vmsave %%rax" : : "a"(svm.host_state) : "memory");
	paging[STAGE_GUEST] = (struct paging){GUEST_LEVELS, TABLE_BITS, map_page_levels()};
	return true;
}

/* --- Entry --- */

static __attribute__((noinline)) void take_identifier(struct vcpu *vcpu, struct vspace *space)
{
	struct vmcb *vmcb = svm_vmcb(vcpu);
	vmcb->asid = guest_space_identify(space, vcpu);
	vmcb->nested_cr3 = arch_object_paddr(space->root);
	vmcb->tlb_control = svm.flush_asid;
}

/* A vcpu whose ASID is 0 must flush: the VMM has changed what its translations come from. */
static inline void enter_space(struct vcpu *vcpu)
{
	struct vmcb *vmcb = svm_vmcb(vcpu);
	struct vspace *space = vcpu_space(vcpu);
	vmcb->tlb_control = 0;
	if (__builtin_expect(!vmcb->asid || vmcb->asid != space->arch.identity || guest_space_user[vmcb->asid] != vcpu, 0))
		take_identifier(vcpu, space);
}

/* A thread that runs has a space (vcpu_slot_lost). */
NORETURN void guest_resume(struct thread *thread, struct vcpu *vcpu)
{
	struct cpu *cpu = cpu_self();
	struct arch_vcpu *arch = &vcpu->arch;
	struct vmcb *vmcb = svm_vmcb(vcpu);
	word_t *registers = thread->context.registers;
	if (cpu->fpu_owner != thread)
		fpu_claim(thread);
	if (cpu->vcpu != vcpu)
		virt_load(cpu, vcpu);
	if (__builtin_expect(!arch->xcr0_loaded, 0))
		svm_xcr0_load(vcpu);
	enter_space(vcpu);
	arch_vcpu_timer_due(vcpu);
	if (arch->attention)
		svm_prepare_events(thread, vcpu);
	vmcb->rip = registers[REG_RIP];
	vmcb->rsp = registers[REG_RSP];
	vmcb->rflags = registers[REG_RFLAGS];
	vmcb->rax = registers[REG_RAX];
	svm_enter(thread, arch_object_paddr(vmcb));
}

/* --- Exits --- */

static void leave_guest(struct thread *thread, struct vcpu *vcpu)
{
	const struct vmcb *vmcb = svm_vmcb(vcpu);
	word_t *registers = thread->context.registers;
	registers[REG_RIP] = vmcb->rip;
	registers[REG_RSP] = vmcb->rsp;
	registers[REG_RFLAGS] = vmcb->rflags;
	registers[REG_RAX] = vmcb->rax;
	thread->context_is_full = true;
	svm_finish_events(vcpu);
}

/* Without the processor's word an instruction counts as having no prefixes: a guest that adds some lands among its own bytes. */
static unsigned instruction_size(const struct vmcb *vmcb, unsigned plain)
{
	return svm.has_next_rip ? (unsigned)(vmcb->next_rip - vmcb->rip) : plain;
}

static NORETURN void skip(struct thread *thread, unsigned size)
{
	virt_advance(thread, size);
	kernel_leave();
}

static NORETURN void refuse(struct vcpu *vcpu, unsigned exception)
{
	virt_inject(vcpu, exception, 0);
	kernel_leave();
}

static NORETURN void exit_io(struct thread *thread, struct vcpu *vcpu)
{
	const struct vmcb *vmcb = svm_vmcb(vcpu);
	uint32_t info = (uint32_t)vmcb->exit_info1;
	struct guest_exit exit = {
		.instruction_size = (uint8_t)(vmcb->exit_info2 - vmcb->rip),
		.width = info & IOIO_STRING ? 0 : info >> IOIO_WIDTH_SHIFT & IOIO_WIDTH_MASK,
		.is_read = info & IOIO_IN,
	};
	exit_port(thread, vcpu, info >> IOIO_PORT_SHIFT, exit);
}

static NORETURN void exit_nested_fault(struct thread *thread, const struct vmcb *vmcb)
{
	word_t error = vmcb->exit_info1;
	word_t access = error & PAGE_FAULT_FETCH ? L4_EXECUTE : error & PAGE_FAULT_WRITE ? L4_WRITE : L4_READ;
	exit_mmio(thread, vmcb->exit_info2, access, error & NPF_GUEST_TABLES);
}

/* The processor leaves the privilege to us. */
static NORETURN void exit_xsetbv(struct thread *thread, struct vcpu *vcpu)
{
	const struct vmcb *vmcb = svm_vmcb(vcpu);
	const word_t *registers = thread->context.registers;
	word_t value = (registers[REG_RDX] & UINT32_MAX) << 32 | (registers[REG_RAX] & UINT32_MAX);
	if (!(vmcb->cr4 & CR4_OSXSAVE)) /* QEMU 10 makes the exit first */
		refuse(vcpu, VECTOR_INVALID_OPCODE);
	if (vmcb->cpl || (uint32_t)registers[REG_RCX] || !virt_register_set(vcpu, L4_VCPU_REG_XCR0, value))
		refuse(vcpu, VECTOR_GENERAL_PROTECTION | INJECT_ERROR_CODE);
	skip(thread, instruction_size(vmcb, 3));
}

static NORETURN void exit_vmmcall(struct thread *thread, struct vcpu *vcpu)
{
	if (svm_vmcb(vcpu)->cpl)
		refuse(vcpu, VECTOR_INVALID_OPCODE);
	exit_hypercall(thread);
}

static NORETURN void exit_other(struct thread *thread, struct vcpu *vcpu, uint32_t code)
{
	const struct vmcb *vmcb = svm_vmcb(vcpu);
	switch (code) {
	case VMEXIT_INTR:
		interrupts_handle();
		kernel_leave();
	case VMEXIT_NMI: /* the host's handler has had it since STGI */
	case VMEXIT_INIT:
		kernel_leave();
	case VMEXIT_HLT:
		exit_halt(thread, vcpu, instruction_size(vmcb, 1));
	case VMEXIT_IOIO:
		exit_io(thread, vcpu);
	case VMEXIT_MSR:
		exit_msr(thread, vcpu, (struct guest_exit){.instruction_size = (uint8_t)instruction_size(vmcb, 2), .is_read = !(vmcb->exit_info1 & MSR_EXIT_WRITE)});
	case VMEXIT_CPUID:
		exit_cpuid(thread, vcpu, instruction_size(vmcb, 2));
	case VMEXIT_NPF:
		exit_nested_fault(thread, vmcb);
	case VMEXIT_XSETBV:
		exit_xsetbv(thread, vcpu);
	case VMEXIT_IRET:
		svm_nmi_returns(thread, vcpu);
		kernel_leave();
	case VMEXIT_DR_READ ... VMEXIT_DR_WRITE_LAST:
		svm_debug_load(vcpu);
		kernel_leave();
	case VMEXIT_CR0_SELECTIVE:
	case VMEXIT_CR8_WRITE:
		svm_step(thread, vcpu);
		kernel_leave();
	case VMEXIT_EXCEPTION_DB:
		if (svm_step_ends(thread, vcpu))
			kernel_leave();
		refuse(vcpu, VECTOR_DEBUG);
	case VMEXIT_EXCEPTION_AC:
		refuse(vcpu, VECTOR_ALIGNMENT | INJECT_ERROR_CODE);
	case VMEXIT_EXCEPTION_MC:
		panic("machine check in a guest at", vmcb->rip);
	case VMEXIT_INVD: /* drops what the caches hold of others' memory; WBINVD stops them for long. Caches need no help of a guest */
	case VMEXIT_WBINVD:
		if (vmcb->cpl) /* QEMU 10 makes these exits first, too */
			refuse(vcpu, VECTOR_GENERAL_PROTECTION | INJECT_ERROR_CODE);
		skip(thread, instruction_size(vmcb, 2));
	case VMEXIT_RDPMC:
		refuse(vcpu, VECTOR_GENERAL_PROTECTION | INJECT_ERROR_CODE);
	case VMEXIT_INVLPGA:
	case VMEXIT_VMRUN:
	case VMEXIT_VMLOAD ... VMEXIT_SKINIT:
	case VMEXIT_MONITOR ... VMEXIT_MWAIT_ARMED:
	case VMEXIT_RDPRU:
		refuse(vcpu, VECTOR_INVALID_OPCODE);
	case VMEXIT_TASK_SWITCH:
		exit_stop(thread, L4_GUEST_TASK_SWITCH, vmcb->exit_info1);
	case VMEXIT_SHUTDOWN:
		exit_stop(thread, L4_GUEST_SHUTDOWN, 0);
	default:
		exit_stop(thread, L4_GUEST_UNKNOWN_EXIT, vmcb->exit_code);
	}
}

/*
 * The processor has refused the state, and the guest has not run: the thread's registers stay. What is in the VMCB need not be what was refused (QEMU writes the host's own
 * state there), so the vcpu begins anew.
 */
static NORETURN void exit_refused(struct thread *thread, struct vcpu *vcpu)
{
	word_t detail = svm_vmcb(vcpu)->exit_info1;
	guest_xcr0_unload(cpu_self());
	thread->context_is_full = true;
	virt_init(vcpu);
	apic_timer_arm(vcpu);
	exit_stop(thread, L4_GUEST_REFUSED, detail);
}

/* QEMU answers a guest's MOV of an illegal value to CR3 or CR4 as if VMRUN had refused it, but with the guest's state at the MOV; VMRUN's refusal leaves its own address or a state that it refuses. */
static bool has_moved_illegally(const struct vmcb *vmcb)
{
	return svm.is_emulated && vmcb->rip != (word_t)svm_vmrun && svm_mode_is_legal(vmcb);
}

static NORETURN __attribute__((noinline)) void exit_invalid(struct thread *thread, struct vcpu *vcpu)
{
	if (!has_moved_illegally(svm_vmcb(vcpu)))
		exit_refused(thread, vcpu);
	leave_guest(thread, vcpu);
	refuse(vcpu, VECTOR_GENERAL_PROTECTION | INJECT_ERROR_CODE);
}

NORETURN void svm_exit(struct thread *thread)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	uint32_t code = (uint32_t)svm_vmcb(vcpu)->exit_code;
	trace_guest_exit(thread, code, code == VMEXIT_VMMCALL ? svm_vmcb(vcpu)->rax : svm_vmcb(vcpu)->exit_info1);
	if (__builtin_expect(code == VMEXIT_INVALID, 0))
		exit_invalid(thread, vcpu);
	leave_guest(thread, vcpu);
	if (code == VMEXIT_VMMCALL)
		exit_vmmcall(thread, vcpu);
	exit_other(thread, vcpu, code);
}
