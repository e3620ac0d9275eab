/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/print.h>
#include <l4/abi/fault.h>

#include "context.h"
#include "interrupts.h"
#include "vectors.h"

/* What an exception means to a handler. The label of those that are not here is ACCESS. */
static enum l4_fault fault_label(word_t vector)
{
	switch (vector) {
	case VECTOR_DIVIDE:
	case VECTOR_OVERFLOW:
	case VECTOR_BOUND:
	case VECTOR_FLOATING_POINT:
	case VECTOR_SIMD:
		return L4_FAULT_ARITHMETIC;
	case VECTOR_DEBUG:
	case VECTOR_BREAKPOINT:
		return L4_FAULT_BREAKPOINT;
	case VECTOR_INVALID_OPCODE:
	case VECTOR_DEVICE_NOT_AVAILABLE:
		return L4_FAULT_ILLEGAL_INSTRUCTION;
	case VECTOR_PAGE_FAULT:
		return L4_FAULT_PAGE;
	case VECTOR_ALIGNMENT:
		return L4_FAULT_MISALIGNED;
	default:
		return L4_FAULT_ACCESS;
	}
}

static word_t page_fault_right(word_t error)
{
	if (error & PAGE_FAULT_FETCH)
		return L4_EXECUTE;
	return error & PAGE_FAULT_WRITE ? L4_WRITE : L4_READ;
}

static struct fault exception_fault(const struct thread *thread, word_t vector, word_t error)
{
	struct fault fault = {.label = fault_label(vector), .length = L4_FAULT_LENGTH};
	if (vector == VECTOR_PAGE_FAULT) {
		fault.words[L4_FAULT_ADDRESS] = cr2_read();
		fault.words[L4_FAULT_RIGHT] = page_fault_right(error);
	}
	fault.words[L4_FAULT_PC] = arch_context_pc(thread);
	fault.words[L4_FAULT_CAUSE] = vector | error << L4_FAULT_ERROR_CODE_SHIFT;
	return fault;
}

/*
 * The FPU traps for all but its owner; what XSAVE and AVX have added does so as an instruction that does not exist (arch/fpu.h). One that really does not exist comes again, when
 * its thread is the owner.
 */
static bool is_fpu_trap(const struct thread *thread, word_t vector)
{
	return (vector == VECTOR_DEVICE_NOT_AVAILABLE || vector == VECTOR_INVALID_OPCODE) && !thread->arch.fpu_enabled && fpu_trap();
}

NORETURN void trap_user(struct thread *thread, word_t vector, word_t error)
{
	thread->context_is_full = true;
	if (vector >= VECTOR_FIRST) {
		interrupts_dispatch(vector);
		kernel_leave();
	}
	if (vector == VECTOR_MACHINE_CHECK || vector == VECTOR_DOUBLE_FAULT)
		trap_kernel(vector, arch_context_pc(thread), error);
	if (is_fpu_trap(thread, vector))
		kernel_leave();
	struct fault fault = exception_fault(thread, vector, error);
	kernel_fault(&fault);
}

NORETURN void trap_kernel(word_t vector, word_t pc, word_t error)
{
	print_text("\nkernel trap: vector ");
	print_decimal(vector);
	print_text(" error ");
	print_hex(error);
	print_text(" cr2 ");
	print_hex(cr2_read());
	panic("trap in the kernel at", pc);
}
