/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inlines of the fast path. For kernel/fastpath.c alone, which is compiled with the message's registers fixed: they pass through
 * untouched. Each instruction here counts.
 */
#pragma once

#include <arch/fpu.h>
#include <arch/registers.h>
#include <kernel/arch.h>

/* Makes the space current; the kernel's own addresses are the same in all. False, and nothing happens, where it has no identifier. */
static inline bool arch_fast_enter(const struct vspace *space)
{
	word_t identity = space->arch.identity;
	if (!identity)
		return false;
	cr3_write(identity);
	return true;
}

/* The system-call entry has already kept what there is to keep (context.S). */
static inline void arch_fast_save(struct thread *thread)
{
	(void)thread;
}

/* The first FAULT_REPLY_WORDS message words, out of their registers. */
static inline void arch_fast_words(word_t *words)
{
	__asm__ volatile("movq %%rbx, %0\n\tmovq %%r8, %1" : "=&r"(words[0]), "=r"(words[1]));
}

NORETURN void resume_light(struct thread *thread);

static inline __attribute__((always_inline)) void fast_load(struct cpu *cpu, const struct thread *thread)
{
	const uint32_t *fs_base = (const uint32_t *)&thread->context.registers[REG_FS_BASE];
	fpu_follow(cpu, thread);
	__asm__ volatile("wrmsr" : : "c"(MSR_FS_BASE), "a"(fs_base[0]), "d"(fs_base[1]) : "memory");
}

/* Enters `thread` with what its light context says. Precondition: its space is current. */
static inline NORETURN void arch_fast_resume_light(struct cpu *cpu, struct thread *thread)
{
	fast_load(cpu, thread);
	resume_light(thread);
}

/*
 * Enters `thread` with a message whose words are in their registers: status 0, `tag`, `badge`; words from the tag's length on become 0, and so do
 * all registers that are not the thread's own. Preconditions: a light context, its space is current, a length of at most L4_MESSAGE_REGISTERS.
 * Both threads are of one domain, so the segment selectors, by which a user could tell the next one a few bits, stay.
 */
static inline __attribute__((always_inline)) NORETURN void arch_fast_resume(struct cpu *cpu, struct thread *thread, word_t badge, word_t tag)
{
	fast_load(cpu, thread);
	register struct thread *rdi __asm__("rdi") = thread;
	register word_t rsi __asm__("rsi") = tag;
	register word_t rdx __asm__("rdx") = badge;
	register word_t rcx __asm__("rcx") = tag & L4_TAG_LENGTH_MASK;
	/* Jumps over four bytes for each word that stays: a prefix that means nothing makes them four. */
	__asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
			 "leaq (%%rax, %%rcx, 4), %%rax\n\t"
			 "jmp *%%rax\n"
			 "1:\n\t"
			 "ds xorq %%rbx, %%rbx\n\t"
			 "ds xorl %%r8d, %%r8d\n\t"
			 "ds xorl %%r9d, %%r9d\n\t"
			 "ds xorl %%r10d, %%r10d\n\t"
			 "ds xorl %%r12d, %%r12d\n\t"
			 "ds xorl %%r13d, %%r13d\n\t"
			 "ds xorl %%r14d, %%r14d\n\t"
			 "ds xorl %%r15d, %%r15d\n\t"
			 "movq %c[rip](%%rdi), %%rcx\n\t"
			 "movq %c[rsp](%%rdi), %%rsp\n\t"
			 "movq %c[rbp](%%rdi), %%rbp\n\t"
			 "movl %[flags], %%r11d\n\t"
			 "xorl %%eax, %%eax\n\t"
			 "xorl %%edi, %%edi\n\t"
			 "sysretq"
			 :
			 : "r"(rdi), "r"(rsi), "r"(rdx), "r"(rcx), [rip] "i"(offsetof(struct thread, context.registers[REG_RIP])),
			   [rsp] "i"(offsetof(struct thread, context.registers[REG_RSP])), [rbp] "i"(offsetof(struct thread, context.registers[REG_RBP])),
			   [flags] "i"(RFLAGS_FIXED | RFLAGS_IF)
			 : "memory");
	__builtin_unreachable();
}
