/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inlines of the fast path. For kernel/fastpath.c alone, which is compiled with s2 to s9 fixed: they hold the message
 * and pass through untouched. Each instruction here counts.
 */
#pragma once

#include <arch/registers.h>
#include <kernel/arch.h>

/* The trap entry leaves the caller's stack pointer here. */
register word_t fast_user_sp __asm__("s11");

/* Makes the space current; the kernel's own addresses are the same in all. False, and nothing happens, where it has no identifier. */
static inline bool arch_fast_enter(const struct vspace *space)
{
	word_t atp = space->arch.atp;
	if (!atp)
		return false;
	csr_write(satp, atp);
	return true;
}

/* The current thread stops in its system call: all that must be kept of it. */
static inline void arch_fast_save(struct thread *thread)
{
	thread->context.registers[REG_SP] = fast_user_sp;
	thread->context.registers[REG_PC] = csr_read(sepc) + 4;
}

/* The first FAULT_REPLY_WORDS message words, out of their registers. */
static inline void arch_fast_words(word_t *words)
{
	__asm__ volatile("mv %0, s2\n\tmv %1, s3" : "=&r"(words[0]), "=r"(words[1]));
}

NORETURN void resume_light(struct thread *thread);

/* Enters `thread` with what its light context says. Precondition: its space is current. */
static inline NORETURN void arch_fast_resume_light(struct cpu *cpu, struct thread *thread)
{
	(void)cpu;
	resume_light(thread);
}

/*
 * Enters `thread` with a message whose words are in their registers: status 0, `tag`, `badge`; words from the tag's length on become 0, and so do
 * all registers that are not the thread's own. Preconditions: a light context, its space is current, a length of at most L4_MESSAGE_REGISTERS.
 */
static inline __attribute__((always_inline)) NORETURN void arch_fast_resume(struct cpu *cpu, struct thread *thread, word_t badge, word_t tag)
{
	(void)cpu;
	csr_write(sepc, thread->context.registers[REG_PC]);
	csr_write(sstatus, thread->arch.sstatus);
	register struct thread *a0 __asm__("a0") = thread;
	register word_t a1 __asm__("a1") = tag;
	register word_t a2 __asm__("a2") = badge;
	__asm__ volatile("ld sp, %[sp](a0)\n\t"
			 "li gp, 0\n\t"
			 "ld tp, %[tp](a0)\n\t"
			 "andi t0, a1, %[length]\n\t"
			 "beqz t0, 1f\n\t"
			 /* Jumps over two bytes for each word that stays. */
			 "slli t0, t0, 1\n\t"
			 ".option push\n\t"
			 ".option norvc\n\t"
			 "auipc t1, 0\n\t"
			 "add t1, t1, t0\n\t"
			 "jalr zero, 12(t1)\n\t"
			 ".option pop\n"
			 "1:\n\t"
			 "c.li s2, 0\n\t"
			 "c.li s3, 0\n\t"
			 "c.li s4, 0\n\t"
			 "c.li s5, 0\n\t"
			 "c.li s6, 0\n\t"
			 "c.li s7, 0\n\t"
			 "c.li s8, 0\n\t"
			 "c.li s9, 0\n\t"
			 "li a0, 0\n\t"
			 "li ra, 0\n\t"
			 "li t0, 0\n\t"
			 "li t1, 0\n\t"
			 "li t2, 0\n\t"
			 "li s0, 0\n\t"
			 "li s1, 0\n\t"
			 "li a3, 0\n\t"
			 "li a4, 0\n\t"
			 "li a5, 0\n\t"
			 "li a6, 0\n\t"
			 "li a7, 0\n\t"
			 "li s10, 0\n\t"
			 "li s11, 0\n\t"
			 "li t3, 0\n\t"
			 "li t4, 0\n\t"
			 "li t5, 0\n\t"
			 "li t6, 0\n\t"
			 "sret"
			 :
			 : "r"(a0), "r"(a1), "r"(a2), [sp] "i"(offsetof(struct thread, context.registers[REG_SP])),
			   [tp] "i"(offsetof(struct thread, context.registers[REG_TP])),
			   [length] "i"(L4_TAG_LENGTH_MASK)
			 : "memory");
	__builtin_unreachable();
}
