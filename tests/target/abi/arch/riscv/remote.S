/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What threads of other spaces run: the system call that struct worker (worker.h) at sp describes, then it suspends itself. No register but sp
 * is relied on: a system call keeps only that.
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

	.macro	words what
	\what	s2, WORDS(sp)
	\what	s3, WORDS+8(sp)
	\what	s4, WORDS+16(sp)
	\what	s5, WORDS+24(sp)
	\what	s6, WORDS+32(sp)
	\what	s7, WORDS+40(sp)
	\what	s8, WORDS+48(sp)
	\what	s9, WORDS+56(sp)
	.endm

	.altmacro
	.macro	store number
	sd	x\number, AFTER + 8 * \number(sp)
	.endm
	.macro	each first, last
	.set	each_number, \first
	.rept	\last - \first + 1
	store	%each_number
	.set	each_number, each_number + 1
	.endr
	.endm

	.macro	call
	ld	a7, NUMBER(sp)
	ld	a0, CAP(sp)
	ld	a1, TAG(sp)
	words	ld
	ecall
	.endm
	.macro	results
	sd	a0, STATUS(sp)
	sd	a1, RESULT_TAG(sp)
	sd	a2, BADGE(sp)
	words	sd
	.endm

	.section .rodata
	.balign	4
	.globl	remote_code, remote_code_end
remote_code:
	call
	each	1, 31
	results
	ld	t0, DONE(sp)
	addi	t0, t0, 1
	sd	t0, DONE(sp)
	ld	a0, THREAD(sp)
	ld	a1, SUSPEND_TAG(sp)
	li	a7, SYS_CALL
	ecall
	j	remote_code
remote_code_end:

	/* System calls one after the other (struct command, fuzz.c). A breakpoint ends them: nothing that the thread may have done to itself makes it go on. */
	.balign	4
	.globl	fuzz_code, fuzz_code_end
fuzz_code:
	call
	results
	li	t0, 1
	sd	t0, DONE(sp)
	ld	t1, MORE(sp)
	beqz	t1, 1f
	addi	sp, sp, COMMAND_SIZE
	j	fuzz_code
1:	ebreak
	j	1b
fuzz_code_end:
