/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into a guest and out of it. Nothing that a guest does may end in the kernel's own trap: every exit is answered here, by its
 * handler, or by the guest itself.
 */
#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/trace.h>
#include <l4/abi/fault.h>

#include "context.h"
#include "guest.h"
#include "instruction.h"
#include "machine.h"
#include "sbi.h"
#include "space.h"
#include "trap.h"

#define BIT(number) (1UL << (number))

/* What a guest's kernel handles alone. */
#define GUEST_EXCEPTIONS                                                                                                         \
	(BIT(CAUSE_FETCH_MISALIGNED) | BIT(CAUSE_ILLEGAL_INSTRUCTION) | BIT(CAUSE_BREAKPOINT) | BIT(CAUSE_LOAD_MISALIGNED) |     \
	 BIT(CAUSE_STORE_MISALIGNED) | BIT(CAUSE_USER_ECALL) | BIT(CAUSE_FETCH_PAGE_FAULT) | BIT(CAUSE_LOAD_PAGE_FAULT) |        \
	 BIT(CAUSE_STORE_PAGE_FAULT))
#define GUEST_INTERRUPTS (BIT(IRQ_VS_SOFT) | BIT(IRQ_VS_TIMER) | BIT(IRQ_VS_EXTERNAL))

#define GUEST_LEVELS 3
#define GUEST_ROOT_BITS 11

bool guest_boot(void)
{
	if (!csr_exists(CSR_HSTATUS))
		return false;
	csr_write(CSR_HGATP, (word_t)HGATP_SV39X4 << SATP_MODE_SHIFT);
	bool has_mode = csr_read(CSR_HGATP) >> SATP_MODE_SHIFT == HGATP_SV39X4;
	csr_write(CSR_HGATP, 0);
	csr_write(CSR_HEDELEG, GUEST_EXCEPTIONS);
	csr_write(CSR_HIDELEG, GUEST_INTERRUPTS);
	if (!has_mode || !(csr_read(CSR_HEDELEG) & BIT(CAUSE_USER_ECALL)))
		return false;
	csr_write(CSR_HSTATUS, HSTATUS_VSXL_64 | HSTATUS_VTW);
	csr_write(CSR_HIE, 0);
	csr_write(CSR_HVIP, 0);
	csr_write(CSR_HTIMEDELTA, 0);
	csr_write(CSR_HCOUNTEREN, COUNTERS_ALL);
	/*
	 * The hart keeps of these what it has. CBO.INVAL flushes: if a guest could drop what the caches hold of a frame, it would find beneath the zeros
	 * that the kernel wrote what the frame's last owner left there.
	 */
	csr_write(CSR_HENVCFG, HENVCFG_CBIE_FLUSH | HENVCFG_CBCFE | HENVCFG_CBZE | (machine.has_sstc ? HENVCFG_STCE : 0));
	machine.has_guest_sstc = csr_read(CSR_HENVCFG) & HENVCFG_STCE;
	/* Where the kernel must allow it: senvcfg, which guests have a copy of. */
	if (csr_exists(CSR_HSTATEEN0))
		csr_write(CSR_HSTATEEN0, HSTATEEN0_ENVCFG);
	paging[STAGE_GUEST] = (struct paging){GUEST_LEVELS, GUEST_ROOT_BITS, PAGE_LEVELS};
	space_boot(STAGE_GUEST);
	return true;
}

/* The supervisor registers that a guest reaches without a copy of its own, besides those of the FPU. */
static void guest_registers_expose(const struct arch_vcpu *vcpu)
{
	csr_write(scounteren, vcpu->registers[L4_VCPU_REG_SCOUNTEREN]);
	if (machine.has_senvcfg)
		csr_write(CSR_SENVCFG, vcpu->senvcfg);
}

static void guest_registers_hide(struct arch_vcpu *vcpu)
{
	vcpu->registers[L4_VCPU_REG_SCOUNTEREN] = csr_swap(scounteren, COUNTERS_ALL);
	if (machine.has_senvcfg)
		vcpu->senvcfg = csr_swap(CSR_SENVCFG, 0);
}

NORETURN void guest_resume(struct thread *thread, struct vcpu *vcpu)
{
	if (cpu_self()->fpu_owner != thread)
		fpu_claim(thread);
	space_enter_guest(vcpu_space(vcpu));
	guest_registers_load(vcpu);
	guest_registers_expose(&vcpu->arch);
	thread->arch.sstatus &= ~SSTATUS_SPP;
	if (vcpu->arch.registers[L4_VCPU_REG_PRIVILEGED])
		thread->arch.sstatus |= SSTATUS_SPP;
	csr_set(CSR_HSTATUS, HSTATUS_SPV);
	csr_write(stvec, guest_trap_entry);
	resume_full(thread);
}

/* From here on a return to user mode is one, and a trap in the kernel is told as such. */
static void leave_guest(struct thread *thread, struct vcpu *vcpu)
{
	csr_write(stvec, trap_entry);
	csr_clear(CSR_HSTATUS, HSTATUS_SPV);
	guest_registers_hide(&vcpu->arch);
	vcpu->arch.registers[L4_VCPU_REG_PRIVILEGED] = (csr_read(sstatus) & SSTATUS_SPP) != 0;
	thread->context_is_full = true;
}

static const word_t nothing[FAULT_REPLY_WORDS];

static NORETURN void hypercall(struct thread *thread, word_t slot, const word_t *words, word_t length)
{
	bool done;
	vcpu_hypercall_directly(thread, slot, words, length);
	status_t status = vcpu_hypercall(thread, slot, words, length, &done);
	if (done || status != L4_OK)
		arch_vcpu_hypercall_done(thread, status, nothing);
	kernel_leave();
}

/* Of a call of our own extension the message words are a0 to a5; a6 is the slot. */
static NORETURN __attribute__((noinline)) void exit_own_call(struct thread *thread)
{
	const word_t *a = &thread->context.registers[REG_A0];
	const word_t words[L4_MESSAGE_REGISTERS] = {a[0], a[1], a[2], a[3], a[4], a[5]};
	hypercall(thread, a[6], words, 6);
}

/* Of any other SBI call they are a0 to a7. */
static NORETURN void exit_call(struct thread *thread)
{
	if (thread->context.registers[REG_A7] == L4_SBI_EXTENSION)
		exit_own_call(thread);
	hypercall(thread, 0, &thread->context.registers[REG_A0], L4_MESSAGE_REGISTERS);
}

static NORETURN void exit_exception(struct thread *thread, struct vcpu *vcpu, const struct guest_trap *trap)
{
	struct fault fault = {
		.label = L4_FAULT_GUEST_EXCEPTION,
		.length = L4_GUEST_EXCEPTION_LENGTH,
		.words = {
			[L4_FAULT_ADDRESS] = trap->value,
			[L4_FAULT_PC] = arch_context_pc(thread),
			[L4_FAULT_RIGHT] = trap->cause == CAUSE_FETCH_GUEST_PAGE_FAULT ? L4_EXECUTE : 0,
			[L4_FAULT_CAUSE] = trap->cause,
			[L4_GUEST_EXCEPTION_GPA] = trap->gpa,
		},
	};
	vcpu->arch.load.width = 0;
	vcpu->arch.instruction_size = trap->cause == CAUSE_VIRTUAL_INSTRUCTION ? instruction_size((uint32_t)trap->value) : 0;
	kernel_fault(&fault);
}

static NORETURN void exit_virtual_instruction(struct thread *thread, struct vcpu *vcpu, struct guest_trap *trap)
{
	if (trap->value == 0)
		trap->value = guest_fetch(arch_context_pc(thread));
	if (trap->value == INSTRUCTION_WFI && vcpu->arch.registers[L4_VCPU_REG_PRIVILEGED]) {
		thread->context.registers[REG_PC] += instruction_size(INSTRUCTION_WFI);
		vcpu_wait_for_interrupt(thread);
		kernel_leave();
	}
	exit_exception(thread, vcpu, trap);
}

/* Every exit but a hypercall. */
static NORETURN __attribute__((noinline)) void exit_trap(struct thread *thread, struct vcpu *vcpu, word_t cause, word_t value)
{
	struct guest_trap trap = {cause, value, 0, 0};
	if (cause & CAUSE_INTERRUPT) {
		interrupts_handle();
		kernel_leave();
	}
	if (cause == CAUSE_VIRTUAL_INSTRUCTION)
		exit_virtual_instruction(thread, vcpu, &trap);
	trap.instruction = csr_read(CSR_HTINST);
	/* htval has the address without its last two bits, which the page offset of stval tells. */
	if (cause >= CAUSE_FETCH_GUEST_PAGE_FAULT)
		trap.gpa = csr_read(CSR_HTVAL) << 2 | (value & 3);
	if (cause == CAUSE_LOAD_GUEST_PAGE_FAULT || cause == CAUSE_STORE_GUEST_PAGE_FAULT)
		guest_mmio(thread, vcpu, &trap);
	exit_exception(thread, vcpu, &trap);
}

NORETURN void guest_exit(struct thread *thread)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	leave_guest(thread, vcpu);
	word_t cause = csr_read(scause);
	trace_guest_exit(thread, cause, cause == CAUSE_VS_ECALL ? thread->context.registers[REG_A7] : 0);
	if (cause == CAUSE_VS_ECALL)
		exit_call(thread);
	exit_trap(thread, vcpu, cause, csr_read(stval));
}

static word_t sbi_error(status_t status)
{
	switch (status) {
	case L4_OK:
		return SBI_SUCCESS;
	case L4_INVALID_CAP:
		return (word_t)SBI_ERR_INVALID_PARAM;
	case L4_NO_RIGHT:
		return (word_t)SBI_ERR_DENIED;
	default:
		return (word_t)SBI_ERR_FAILED;
	}
}

void arch_vcpu_hypercall_done(struct thread *thread, status_t status, const word_t *words)
{
	word_t *registers = thread->context.registers;
	bool ok = status == L4_OK;
	registers[REG_A0] = ok ? words[0] : sbi_error(status);
	registers[REG_A1] = ok ? words[1] : 0;
	registers[REG_PC] += INSTRUCTION_ECALL_SIZE;
}

void arch_vcpu_exit_done(struct thread *thread, enum l4_fault fault, word_t label, const word_t *words)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	if (label == L4_GUEST_DONE && fault == L4_FAULT_GUEST_MMIO)
		guest_mmio_done(thread, vcpu, words[0]);
	else if (label == L4_GUEST_DONE)
		thread->context.registers[REG_PC] += vcpu->arch.instruction_size;
	else if (label == L4_GUEST_INJECT)
		guest_inject(thread, vcpu, words[0], words[1]);
}

void arch_vcpu_attach(struct thread *thread, struct vcpu *vcpu)
{
	(void)vcpu;
	thread->arch.message = thread->arch.vcpu_message;
	thread->context_is_full = true;
}

void arch_vcpu_detach(struct thread *thread, struct vcpu *vcpu)
{
	(void)vcpu;
	thread->arch.message = &thread->context.registers[REG_S2];
	thread->arch.sstatus &= ~SSTATUS_SPP;
	thread->context_is_full = true;
}
