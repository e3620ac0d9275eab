/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries from user mode, and the ways back.
 *
 * The kernel keeps nothing in GS, so there is no SWAPGS, and no moment at which it would be wrong: traps find the processor's block by the stack pointer that the processor
 * takes from its TSS, and the system-call entry, which gets no stack, names the block itself (each processor's LSTAR points to an entry of its own).
 * Exceptions that can come before the stack is switched, or after it was given back (NMI, machine check, debug), have stacks of their own.
 */
#include <arch/layout.h>
#include <arch/offsets.h>
#include <arch/registers.h>

#include "descriptors.h"
#include "vectors.h"

#define USER_FLAGS (RFLAGS_FIXED | RFLAGS_IF)

	.macro	save_message
	movq	%rbx, CONTEXT_RBX(%rax)
	movq	%r8, CONTEXT_R8(%rax)
	movq	%r9, CONTEXT_R9(%rax)
	movq	%r10, CONTEXT_R10(%rax)
	movq	%r12, CONTEXT_R12(%rax)
	movq	%r13, CONTEXT_R13(%rax)
	movq	%r14, CONTEXT_R14(%rax)
	movq	%r15, CONTEXT_R15(%rax)
	.endm
	.macro	load_message
	movq	CONTEXT_RBX(%rdi), %rbx
	movq	CONTEXT_R8(%rdi), %r8
	movq	CONTEXT_R9(%rdi), %r9
	movq	CONTEXT_R10(%rdi), %r10
	movq	CONTEXT_R12(%rdi), %r12
	movq	CONTEXT_R13(%rdi), %r13
	movq	CONTEXT_R14(%rdi), %r14
	movq	CONTEXT_R15(%rdi), %r15
	.endm
	/* The processor's block, from the stack pointer. */
	.macro	load_cpu register
	movq	%rsp, \register
	andq	$-PROCESSOR_SIZE, \register
	.endm
	/* Segment selectors that a user has loaded go no further; then the thread pointer, since a selector changes the base of FS. */
	.macro	load_segments
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	CONTEXT_FS_BASE(%rdi), %eax
	movl	CONTEXT_FS_BASE + 4(%rdi), %edx
	movl	$MSR_FS_BASE, %ecx
	wrmsr
	.endm

	.text

	/*
	 * The system call of the boot processor. rcx is the user's program counter, r11 its flags, which are lost. What a thread keeps over a call goes into its
	 * context at once, with the arguments, in case the call is made again: the fast path has no register to spare for it.
	 */
	.balign	16
	.globl	syscall_entry
syscall_entry:
	movq	boot_processor + CPU_CURRENT(%rip), %r11
	movq	%rsp, CONTEXT_RSP(%r11)
	leaq	boot_processor + PROCESSOR_SIZE(%rip), %rsp
	movq	%rcx, CONTEXT_RIP(%r11)
	movq	%rbp, CONTEXT_RBP(%r11)
	movq	%rdi, CONTEXT_RDI(%r11)
	movq	%rsi, CONTEXT_RSI(%r11)
	cmpq	$SYS_REPLY_RECV, %rax		/* the largest number but one, taken without its sign */
	je	1f
	jb	general
	call	fastpath_call
	movq	$SYS_CALL, %rax
	jmp	2f
1:	call	fastpath_reply_recv
	movq	$SYS_REPLY_RECV, %rax
2:	/* declined */
	movq	boot_processor + CPU_CURRENT(%rip), %r11
general:
	movq	%rax, %rcx
	movq	%r11, %rax
	movq	%rcx, CONTEXT_RAX(%rax)
	movq	$USER_FLAGS, CONTEXT_RFLAGS(%rax)
	save_message
	movq	%rax, %rdi
	cmpq	$SYS_SET_THREAD_POINTER, %rcx
	je	syscall_set_thread_pointer
	movq	CONTEXT_RDI(%rax), %rsi
	movq	CONTEXT_RSI(%rax), %rdx
	movq	%rcx, %rdi
	jmp	kernel_syscall

	/* All vectors: the error code (0 where the exception has none) and the vector lie on the stack. An NMI changes nothing. */
	.balign	16
	.globl	vector_entries
vector_entries:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	vector == VECTOR_NMI
	iretq
	.else
	.if	vector != VECTOR_DOUBLE_FAULT && (vector < VECTOR_INVALID_TSS || vector > VECTOR_PAGE_FAULT) && vector != VECTOR_ALIGNMENT && vector != VECTOR_CONTROL_PROTECTION && vector != VECTOR_VMM_COMMUNICATION && vector != VECTOR_SECURITY
	pushq	$0
	.endif
	pushq	$vector
	jmp	trap
	.endif
	.set	vector, vector + 1
	.endr
	.balign	16

trap:
	testb	$3, 24(%rsp)			/* of CS */
	jz	trap_in_kernel
	pushq	$RFLAGS_FIXED			/* the user's direction and alignment-check flags would stay */
	popfq
	pushq	%rcx
	pushq	%rax
	load_cpu %rax
	movq	CPU_CURRENT(%rax), %rax
	save_message
	movq	%rdx, CONTEXT_RDX(%rax)
	movq	%rbp, CONTEXT_RBP(%rax)
	movq	%rsi, CONTEXT_RSI(%rax)
	movq	%rdi, CONTEXT_RDI(%rax)
	movq	%r11, CONTEXT_R11(%rax)
	popq	CONTEXT_RAX(%rax)
	popq	CONTEXT_RCX(%rax)
	popq	%rsi
	popq	%rdx
	popq	CONTEXT_RIP(%rax)
	addq	$8, %rsp
	popq	CONTEXT_RFLAGS(%rax)
	popq	%rcx
	movq	%rcx, CONTEXT_RSP(%rax)
	movq	%rax, %rdi
	load_cpu %rcx
	leaq	PROCESSOR_SIZE(%rcx), %rsp	/* also from an exception's own stack */
	call	trap_user

	/* An interrupt that interrupts_take or arch_idle has let in is only written down. A debug exception that was left over from user mode means nothing. All else is a bug. */
trap_in_kernel:
	cmpq	$VECTOR_DEBUG, (%rsp)
	je	2f
	cmpq	$VECTOR_INTERRUPTS, (%rsp)
	jb	3f
	pushq	%rax
	pushq	%rcx
	load_cpu %rax
	movq	16(%rsp), %rcx
	btsq	%rcx, CPU_TAKEN(%rax)
	leaq	idle_halt(%rip), %rcx
	cmpq	%rcx, 32(%rsp)			/* the NMI that came behind STI has ended what held the interrupt off until HLT */
	jne	1f
	incq	32(%rsp)
1:	popq	%rcx
	popq	%rax
2:	addq	$16, %rsp
	iretq
3:	movq	(%rsp), %rdi
	movq	16(%rsp), %rsi
	movq	8(%rsp), %rdx
	call	trap_kernel

	/* void resume_full(struct thread *): all registers. */
	.globl	resume_full
resume_full:
	load_cpu %rax
	leaq	PROCESSOR_SIZE(%rax), %rsp
	pushq	$SELECTOR_USER_SS
	pushq	CONTEXT_RSP(%rdi)
	pushq	CONTEXT_RFLAGS(%rdi)
	pushq	$SELECTOR_USER_CS
	pushq	CONTEXT_RIP(%rdi)
	load_segments
	load_message
	movq	CONTEXT_RBP(%rdi), %rbp
	movq	CONTEXT_RAX(%rdi), %rax
	movq	CONTEXT_RCX(%rdi), %rcx
	movq	CONTEXT_RDX(%rdi), %rdx
	movq	CONTEXT_RSI(%rdi), %rsi
	movq	CONTEXT_R11(%rdi), %r11
	movq	CONTEXT_RDI(%rdi), %rdi
	iretq

	/*
	 * void resume_light(struct thread *): the results of a system call; else nothing of what the kernel or another thread had in the registers.
	 * The program counter is a user's (context.c), so SYSRET does not fault with the user's stack pointer in place.
	 */
	.globl	resume_light
resume_light:
	load_segments
	load_message
	movq	CONTEXT_RBP(%rdi), %rbp
	movq	CONTEXT_RAX(%rdi), %rax
	movq	CONTEXT_RDX(%rdi), %rdx
	movq	CONTEXT_RSI(%rdi), %rsi
	movq	CONTEXT_RIP(%rdi), %rcx
	movq	CONTEXT_RSP(%rdi), %rsp
	movl	$USER_FLAGS, %r11d
	xorl	%edi, %edi
	sysretq
