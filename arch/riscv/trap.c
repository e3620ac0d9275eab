/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/print.h>
#include <kernel/sched.h>
#include <kernel/trace.h>
#include <l4/abi/fault.h>

#include "context.h"
#include "guest.h"
#include "machine.h"
#include "plic.h"
#include "space.h"
#include "timer.h"
#include "trap.h"

bool arch_interrupt_pending(void)
{
	return csr_read(sip) & csr_read(sie);
}

void interrupts_handle(void)
{
	word_t pending = csr_read(sip) & csr_read(sie);
	if (pending & 1UL << IRQ_S_TIMER) {
		trace_timer();
		timer_interrupt();
		guest_timer_interrupt();
		sched_clock();
	}
	if (pending & 1UL << IRQ_S_EXTERNAL)
		plic_interrupt();
}

void arch_idle(void)
{
	__asm__ volatile("wfi" : : : "memory");
	interrupts_handle();
}

void arch_leave_window(void)
{
	guest_registers_put();
	space_enter(NULL);
}

/* What an exception number means to a handler. */
static const struct {
	enum l4_fault label;
	word_t access;
} meaning[] = {
	[CAUSE_FETCH_MISALIGNED] = {L4_FAULT_MISALIGNED, L4_EXECUTE},
	[CAUSE_FETCH_ACCESS] = {L4_FAULT_ACCESS, L4_EXECUTE},
	[CAUSE_ILLEGAL_INSTRUCTION] = {L4_FAULT_ILLEGAL_INSTRUCTION, 0},
	[CAUSE_BREAKPOINT] = {L4_FAULT_BREAKPOINT, 0},
	[CAUSE_LOAD_MISALIGNED] = {L4_FAULT_MISALIGNED, L4_READ},
	[CAUSE_LOAD_ACCESS] = {L4_FAULT_ACCESS, L4_READ},
	[CAUSE_STORE_MISALIGNED] = {L4_FAULT_MISALIGNED, L4_WRITE},
	[CAUSE_STORE_ACCESS] = {L4_FAULT_ACCESS, L4_WRITE},
	[CAUSE_FETCH_PAGE_FAULT] = {L4_FAULT_PAGE, L4_EXECUTE},
	[CAUSE_LOAD_PAGE_FAULT] = {L4_FAULT_PAGE, L4_READ},
	[CAUSE_STORE_PAGE_FAULT] = {L4_FAULT_PAGE, L4_WRITE},
};

static bool is_known(word_t cause)
{
	/* 0 is a fault label too, but of a fault with an access. */
	return cause < sizeof(meaning) / sizeof(*meaning) && (meaning[cause].label || meaning[cause].access);
}

static struct fault exception_fault(const struct thread *thread, word_t cause)
{
	struct fault fault = {.label = L4_FAULT_ILLEGAL_INSTRUCTION, .length = L4_FAULT_LENGTH};
	if (is_known(cause)) {
		fault.label = meaning[cause].label;
		fault.words[L4_FAULT_RIGHT] = meaning[cause].access;
	}
	fault.words[L4_FAULT_ADDRESS] = csr_read(stval);
	fault.words[L4_FAULT_PC] = arch_context_pc(thread);
	fault.words[L4_FAULT_CAUSE] = cause;
	return fault;
}

/* An illegal instruction may be one of the FPU's, while it is another thread's. */
static bool is_fpu_trap(const struct thread *thread, word_t cause)
{
	return cause == CAUSE_ILLEGAL_INSTRUCTION && machine.has_fpu && !(thread->arch.sstatus & SSTATUS_FS) && fpu_trap();
}

NORETURN void trap_user(struct thread *thread)
{
	word_t cause = csr_read(scause);
	thread->context_is_full = true;
	if (cause & CAUSE_INTERRUPT) {
		interrupts_handle();
		kernel_leave();
	}
	if (is_fpu_trap(thread, cause))
		kernel_leave();
	struct fault fault = exception_fault(thread, cause);
	kernel_fault(&fault);
}

NORETURN void trap_kernel(word_t cause, word_t pc, word_t value)
{
	print_text("\nkernel trap: cause ");
	print_hex(cause);
	print_text(" value ");
	print_hex(value);
	panic("trap in the kernel at", pc);
}
