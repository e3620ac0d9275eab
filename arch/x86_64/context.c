/* SPDX-License-Identifier: BSD-2-Clause */
/* User registers. */
#include "context.h"

#include <arch/fpu.h>
#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/entry.h>

#include "fpu.h"
#include "space.h"
#include "timer.h"
#include "virt/guest.h"

#define SYSCALL_SIZE 2 /* bytes of the instruction */

#define USER_FLAGS                                                                                                                                    \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_TF | RFLAGS_DF | RFLAGS_OF | RFLAGS_AC | RFLAGS_ID)

/* Where each register of the ABI's order is kept. */
static const uint8_t place[] = {
	REG_RIP, REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,    REG_R8,
	REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RFLAGS, REG_FS_BASE,
};

_Static_assert(sizeof(place) == L4_REGISTERS_COUNT, "all registers of the ABI");

void arch_context_init(struct thread *thread)
{
	thread->context = (struct arch_context){{0}};
	thread->context.registers[REG_RFLAGS] = RFLAGS_FIXED | RFLAGS_IF;
	thread->arch.message = &thread->context.registers[REG_MESSAGE];
	thread->arch.fpu_enabled = false;
	fpu_init(thread);
	thread->context_is_full = true;
}

/* Neither IRET nor SYSRET may meet an address that the processor refuses: the fault would be the kernel's. */
static word_t user_address(word_t value)
{
	return value < L4_USER_END ? value : L4_USER_END;
}

static word_t legal_value(const struct thread *thread, unsigned reg, word_t value)
{
	/* A guest's registers are checked by the processor that enters it. */
	if (thread_vcpu((struct thread *)thread))
		return value;
	switch (reg) {
	case REG_RIP:
	case REG_FS_BASE:
		return user_address(value);
	case REG_RFLAGS:
		return (value & USER_FLAGS) | RFLAGS_FIXED | RFLAGS_IF;
	default:
		return value;
	}
}

static void set(struct thread *thread, unsigned reg, word_t value)
{
	thread->context.registers[reg] = legal_value(thread, reg, value);
}

void arch_context_start(struct thread *thread, word_t pc, word_t sp, word_t argument, word_t thread_pointer)
{
	thread->context = (struct arch_context){{0}};
	set(thread, REG_RIP, pc);
	set(thread, REG_RSP, sp);
	set(thread, REG_RDI, argument);
	set(thread, REG_FS_BASE, thread_pointer);
	set(thread, REG_RFLAGS, 0);
	thread->context_is_full = true;
}

void arch_restart_syscall(struct thread *thread)
{
	thread->context.registers[REG_RIP] -= SYSCALL_SIZE;
	thread->context_is_full = true;
}

word_t arch_register_get(const struct thread *thread, unsigned index)
{
	return thread->context.registers[place[index]];
}

void arch_register_set(struct thread *thread, unsigned index, word_t value)
{
	set(thread, place[index], value);
	thread->context_is_full = true;
}

NORETURN void syscall_set_thread_pointer(struct thread *thread)
{
	set(thread, REG_FS_BASE, thread->context.registers[REG_RDI]);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		arch_message(thread)[i] = 0;
	arch_set_result(thread, L4_OK, 0, 0);
	kernel_leave();
}

void arch_leave_window(void)
{
	guest_put(cpu_self());
	timer_stop();
	fpu_close();
	space_enter(NULL);
}

/* While a thread runs its context counts as light, so that no system call need say so. */
NORETURN void arch_resume(struct thread *thread)
{
	bool full = thread->context_is_full;
	struct vcpu *vcpu = thread_vcpu(thread);
	thread->context_is_full = false;
	if (vcpu)
		guest_resume(thread, vcpu);
	space_enter(thread_vspace(thread));
	fpu_follow(cpu_self(), thread);
	if (full)
		resume_full(thread);
	resume_light(thread);
}
