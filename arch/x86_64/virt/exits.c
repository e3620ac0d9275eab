/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel answers by itself it answers at once; the rest is the handler's, whose answers end here too. */
#include "exits.h"

#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <l4/abi/fault.h>

#include "../vectors.h"
#include "apic.h"
#include "back_end.h"

#define VMMCALL_SIZE 3

static const word_t nothing[FAULT_REPLY_WORDS];

NORETURN void exit_hypercall(struct thread *thread)
{
	const word_t *registers = thread->context.registers;
	const word_t words[L4_MESSAGE_REGISTERS] = {
		registers[REG_RDI], registers[REG_RSI], registers[REG_RDX], registers[REG_R10], registers[REG_R8], registers[REG_R9],
	};
	word_t slot = registers[REG_RAX];
	bool done;
	vcpu_hypercall_directly(thread, slot, words, L4_HYPERCALL_LENGTH);
	status_t status = vcpu_hypercall(thread, slot, words, L4_HYPERCALL_LENGTH, &done);
	if (done || status != L4_OK)
		arch_vcpu_hypercall_done(thread, status, nothing);
	kernel_leave();
}

/* The guest stays at the instruction, and executes it again if it is woken without an interrupt to take. The trap of a single step ends the wait before it begins. */
NORETURN void exit_halt(struct thread *thread, struct vcpu *vcpu, unsigned size)
{
	struct arch_vcpu *arch = &vcpu->arch;
	if (thread->context.registers[REG_RFLAGS] & RFLAGS_TF) {
		virt_advance(thread, size);
		kernel_leave();
	}
	arch->exit.instruction_size = (uint8_t)size;
	arch->halted = true;
	arch->halt_pc = arch_context_pc(thread);
	arch->attention = true;
	vcpu_wait_for_interrupt(thread);
	kernel_leave();
}

NORETURN void exit_mmio(struct thread *thread, vaddr_t gpa, word_t access, bool walk)
{
	struct fault fault = {
		.label = L4_FAULT_GUEST_MMIO,
		.length = L4_GUEST_MMIO_LENGTH,
		.words = {
			[L4_GUEST_MMIO_ADDRESS] = gpa,
			[L4_GUEST_MMIO_PC] = arch_context_pc(thread),
			[L4_GUEST_MMIO_ACCESS] = access,
			[L4_GUEST_MMIO_WALK] = walk,
		},
	};
	kernel_fault(&fault);
}

static word_t low_bytes(word_t value, unsigned width)
{
	return value & ((1UL << 8 * width) - 1);
}

NORETURN void exit_port(struct thread *thread, struct vcpu *vcpu, unsigned port, struct guest_exit exit)
{
	word_t *registers = thread->context.registers;
	bool is_write = exit.width && !exit.is_read;
	struct vspace *space = vcpu_space(vcpu);
	if (is_write && doorbell_ring(space, L4_GUEST_PORT_SPACE + port)) {
		virt_advance(thread, exit.instruction_size);
		kernel_leave();
	}
	vcpu->arch.exit = exit;
	struct fault fault = {
		.label = L4_FAULT_GUEST_PORT,
		.length = L4_GUEST_PORT_LENGTH,
		.words = {
			[L4_GUEST_PORT_NUMBER] = port,
			[L4_GUEST_PORT_PC] = registers[REG_RIP],
			[L4_GUEST_PORT_ACCESS] = exit.is_read ? L4_READ : L4_WRITE,
			[L4_GUEST_PORT_WIDTH] = exit.width,
			[L4_GUEST_PORT_VALUE] = is_write ? low_bytes(registers[REG_RAX], exit.width) : 0,
		},
	};
	kernel_fault(&fault);
}

/* EDX:EAX, as RDMSR and CPUID leave them. */
static void set_pair(struct thread *thread, word_t value)
{
	thread->context.registers[REG_RAX] = value & UINT32_MAX;
	thread->context.registers[REG_RDX] = value >> 32;
}

static word_t pair(const struct thread *thread)
{
	return (thread->context.registers[REG_RDX] & UINT32_MAX) << 32 | (thread->context.registers[REG_RAX] & UINT32_MAX);
}

static enum apic_answer access_apic(struct thread *thread, struct vcpu *vcpu, uint32_t msr, bool is_read)
{
	if (!is_read)
		return apic_msr_write(vcpu, msr, pair(thread));
	word_t value;
	enum apic_answer answer = apic_msr_read(&vcpu->arch.apic, msr, &value);
	if (answer == APIC_DONE)
		set_pair(thread, value);
	return answer;
}

NORETURN void exit_msr(struct thread *thread, struct vcpu *vcpu, struct guest_exit exit)
{
	word_t *registers = thread->context.registers;
	uint32_t msr = (uint32_t)registers[REG_RCX];
	enum apic_answer answer = access_apic(thread, vcpu, msr, exit.is_read);
	if (answer == APIC_DONE)
		virt_advance(thread, exit.instruction_size);
	else if (answer == APIC_FAULT)
		virt_inject(vcpu, VECTOR_GENERAL_PROTECTION | INJECT_ERROR_CODE, 0);
	if (answer != APIC_NOT_MINE)
		kernel_leave();
	vcpu->arch.exit = exit;
	struct fault fault = {
		.label = L4_FAULT_GUEST_MSR,
		.length = L4_GUEST_MSR_LENGTH,
		.words = {
			[L4_GUEST_MSR_NUMBER] = msr,
			[L4_GUEST_MSR_PC] = registers[REG_RIP],
			[L4_GUEST_MSR_ACCESS] = exit.is_read ? L4_READ : L4_WRITE,
			[L4_GUEST_MSR_VALUE] = exit.is_read ? 0 : pair(thread),
		},
	};
	kernel_fault(&fault);
}

NORETURN void exit_cpuid(struct thread *thread, struct vcpu *vcpu, unsigned size)
{
	const word_t *registers = thread->context.registers;
	word_t cr4 = 0;
	vcpu->arch.exit = (struct guest_exit){.instruction_size = (uint8_t)size, .is_read = true};
	virt_register_get(vcpu, L4_VCPU_REG_CR4, &cr4);
	struct fault fault = {
		.label = L4_FAULT_GUEST_CPUID,
		.length = L4_GUEST_CPUID_LENGTH,
		.words = {
			[L4_GUEST_CPUID_LEAF] = registers[REG_RAX] & UINT32_MAX,
			[L4_GUEST_CPUID_PC] = registers[REG_RIP],
			[L4_GUEST_CPUID_SUBLEAF] = registers[REG_RCX] & UINT32_MAX,
			[L4_GUEST_CPUID_CR4] = cr4,
			[L4_GUEST_CPUID_XCR0] = virt_xcr0(vcpu),
		},
	};
	kernel_fault(&fault);
}

NORETURN void exit_stop(struct thread *thread, enum l4_guest_cause cause, word_t detail)
{
	struct fault fault = {
		.label = L4_FAULT_GUEST_EXCEPTION,
		.length = L4_FAULT_LENGTH,
		.words = {[L4_FAULT_ADDRESS] = detail, [L4_FAULT_PC] = arch_context_pc(thread), [L4_FAULT_CAUSE] = cause},
	};
	kernel_fault(&fault);
}

/* --- Answers --- */

void arch_vcpu_hypercall_done(struct thread *thread, status_t status, const word_t *words)
{
	word_t *registers = thread->context.registers;
	bool ok = status == L4_OK;
	registers[REG_RAX] = (word_t) - (int64_t)status;
	registers[REG_RDI] = ok ? words[0] : 0;
	registers[REG_RSI] = ok ? words[1] : 0;
	/* A thread that has lost its vcpu loses the guest's registers next (arch_vcpu_detach). */
	if (thread_vcpu(thread))
		virt_advance(thread, VMMCALL_SIZE);
}

/* As the processor does it: a register's upper half is cleared with its lower half, and stays with a part of that. */
static void complete_in(struct thread *thread, unsigned width, word_t value)
{
	word_t *rax = &thread->context.registers[REG_RAX];
	word_t kept = width < 4 ? *rax & ~((1UL << 8 * width) - 1) : 0;
	*rax = kept | low_bytes(value, width);
}

static void complete_cpuid(struct thread *thread, const word_t *words)
{
	word_t *registers = thread->context.registers;
	registers[REG_RAX] = words[0] & UINT32_MAX;
	registers[REG_RBX] = words[0] >> 32;
	registers[REG_RCX] = words[1] & UINT32_MAX;
	registers[REG_RDX] = words[1] >> 32;
}

static void complete(struct thread *thread, const struct guest_exit *exit, enum l4_fault fault, const word_t *words)
{
	switch (fault) {
	case L4_FAULT_GUEST_PORT:
		if (!exit->width)
			return;
		if (exit->is_read)
			complete_in(thread, exit->width, words[0]);
		break;
	case L4_FAULT_GUEST_MSR:
		if (exit->is_read)
			set_pair(thread, words[0]);
		break;
	case L4_FAULT_GUEST_CPUID:
		complete_cpuid(thread, words);
		break;
	default:
		return;
	}
	virt_advance(thread, exit->instruction_size);
}

static void inject(struct vcpu *vcpu, word_t exception, word_t address)
{
	uint32_t error = (uint32_t)(exception >> L4_GUEST_INJECT_ERROR_CODE_SHIFT);
	unsigned vector = exception & UINT8_MAX;
	if (vector == VECTOR_PAGE_FAULT)
		virt_inject_page_fault(vcpu, error, address);
	else
		virt_inject(vcpu, vector | (exception & L4_GUEST_INJECT_ERROR_CODE ? INJECT_ERROR_CODE : 0), error);
}

void arch_vcpu_exit_done(struct thread *thread, enum l4_fault fault, word_t label, const word_t *words)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	if (label == L4_GUEST_DONE)
		complete(thread, &vcpu->arch.exit, fault, words);
	else if (label == L4_GUEST_INJECT)
		inject(vcpu, words[0], words[1]);
}
