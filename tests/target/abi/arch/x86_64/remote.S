/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What threads of other spaces run: the system call that struct worker (worker.h) at rsp describes, then it suspends itself. No register but rsp
 * is relied on.
 */
#define NUMBER 0
#define CAP 8
#define TAG 16
#define WORDS 24
#define STATUS 88
#define RESULT_TAG 96
#define BADGE 104
#define DONE 112
#define THREAD 120
#define SUSPEND_TAG 128
#define AFTER 136
#define MORE 120
#define COMMAND_SIZE 128
#define SYS_CALL -1

	.macro	call
	movq	NUMBER(%rsp), %rax
	movq	CAP(%rsp), %rdi
	movq	TAG(%rsp), %rsi
	movq	WORDS(%rsp), %rbx
	movq	WORDS+8(%rsp), %r8
	movq	WORDS+16(%rsp), %r9
	movq	WORDS+24(%rsp), %r10
	movq	WORDS+32(%rsp), %r12
	movq	WORDS+40(%rsp), %r13
	movq	WORDS+48(%rsp), %r14
	movq	WORDS+56(%rsp), %r15
	syscall
	.endm
	.macro	results
	movq	%rax, STATUS(%rsp)
	movq	%rsi, RESULT_TAG(%rsp)
	movq	%rdx, BADGE(%rsp)
	movq	%rbx, WORDS(%rsp)
	movq	%r8, WORDS+8(%rsp)
	movq	%r9, WORDS+16(%rsp)
	movq	%r10, WORDS+24(%rsp)
	movq	%r12, WORDS+32(%rsp)
	movq	%r13, WORDS+40(%rsp)
	movq	%r14, WORDS+48(%rsp)
	movq	%r15, WORDS+56(%rsp)
	.endm

	.section .rodata
	.globl	remote_code, remote_code_end
remote_code:
	call
	/* In the order of thread_read_registers. */
	movq	%rax, AFTER + 8 * 1(%rsp)
	movq	%rcx, AFTER + 8 * 2(%rsp)
	movq	%rdx, AFTER + 8 * 3(%rsp)
	movq	%rbx, AFTER + 8 * 4(%rsp)
	movq	%rbp, AFTER + 8 * 6(%rsp)
	movq	%rsi, AFTER + 8 * 7(%rsp)
	movq	%rdi, AFTER + 8 * 8(%rsp)
	movq	%r8, AFTER + 8 * 9(%rsp)
	movq	%r9, AFTER + 8 * 10(%rsp)
	movq	%r10, AFTER + 8 * 11(%rsp)
	movq	%r11, AFTER + 8 * 12(%rsp)
	movq	%r12, AFTER + 8 * 13(%rsp)
	movq	%r13, AFTER + 8 * 14(%rsp)
	movq	%r14, AFTER + 8 * 15(%rsp)
	movq	%r15, AFTER + 8 * 16(%rsp)
	results
	incq	DONE(%rsp)
	movq	THREAD(%rsp), %rdi
	movq	SUSPEND_TAG(%rsp), %rsi
	movq	$SYS_CALL, %rax
	syscall
	jmp	remote_code
remote_code_end:

	/* System calls one after the other (struct command, fuzz.c). A breakpoint ends them: nothing that the thread may have done to itself makes it go on. */
	.globl	fuzz_code, fuzz_code_end
fuzz_code:
	call
	results
	movq	$1, DONE(%rsp)
	cmpq	$0, MORE(%rsp)
	je	1f
	addq	$COMMAND_SIZE, %rsp
	jmp	fuzz_code
1:	int3
	jmp	1b
fuzz_code_end:
