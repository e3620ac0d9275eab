/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry, traps and the way to user mode. */

	.section .text.start, "ax"
	.globl _start
_start:
	la	sp, stack_top
	la	t0, bss_begin
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, (t0)
	addi	t0, t0, 8
	j	1b
2:	csrw	sie, zero
	csrw	sscratch, zero
	la	t0, trap_entry
	csrw	stvec, t0
	tail	kernel_main

	.text
/*
 * sscratch is 0 while the kernel runs, and its stack pointer while user mode does. The frame is x1 to x31 at 8 times their numbers,
 * then sepc; 272 bytes keep the stack aligned.
 */
	.balign	4
	.globl trap_entry
trap_entry:
	csrrw	sp, sscratch, sp
	bnez	sp, 1f
	csrr	sp, sscratch
1:	addi	sp, sp, -272
	.irp	n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	sd	x\n, 8*\n(sp)
	.endr
	csrrw	t0, sscratch, zero
	sd	t0, 16(sp)
	csrr	t0, sepc
	sd	t0, 256(sp)
	mv	a0, sp
	call	trap_handle
	ld	t0, 256(sp)
	csrw	sepc, t0
	.irp	n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	x\n, 8*\n(sp)
	.endr
	addi	sp, sp, 272
	sret

/* int trap_try(function, a, b): 0 when function(a, b) returned, 1 when an exception ended it. */
	.globl trap_try
trap_try:
	la	t0, try_context
	sd	ra, 0(t0)
	sd	sp, 8(t0)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	sd	s\n, 16+8*\n(t0)
	.endr
	la	t0, trap_armed
	li	t1, 1
	sd	t1, (t0)
	mv	t2, a0
	mv	a0, a1
	mv	a1, a2
	jalr	t2
	la	t0, trap_armed
	sd	zero, (t0)
	li	a0, 0
	j	try_leave

	.globl trap_landing
trap_landing:
	li	a0, 1
try_leave:
	la	t0, try_context
	ld	ra, 0(t0)
	ld	sp, 8(t0)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	ld	s\n, 16+8*\n(t0)
	.endr
	ret

/* user_enter(pc, argument), to be run by trap_try: user mode goes on until its first exception. */
	.globl user_enter
user_enter:
	csrw	sscratch, sp
	csrw	sepc, a0
	li	t0, 0x100
	csrc	sstatus, t0
	mv	a0, a1
	sret

/*
 * int registers_survive(extension, function): does an SBI call leave all registers but a0 and a1 as they were?
 */
	.globl registers_survive
registers_survive:
	addi	sp, sp, -128
	sd	ra, 0(sp)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	sd	s\n, 8+8*\n(sp)
	.endr
	sd	gp, 104(sp)
	sd	tp, 112(sp)
	mv	a7, a0
	mv	a6, a1
	sd	a6, 120(sp)
	.irp	n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	li	x\n, 0x5a5a0000+\n
	.endr
	ecall
	li	a0, 0
	.irp	n, 1,3,4,5,6,7,8,9,12,13,14,15,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	li	a1, 0x5a5a0000+\n
	beq	a1, x\n, 1f
	li	a0, \n
	j	2f
1:
	.endr
	ld	a1, 120(sp)
	beq	a1, a6, 2f
	li	a0, 16
2:	seqz	a0, a0
	ld	ra, 0(sp)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	ld	s\n, 8+8*\n(sp)
	.endr
	ld	gp, 104(sp)
	ld	tp, 112(sp)
	addi	sp, sp, 128
	ret

	.bss
	.balign	8
try_context:
	.skip	8*14
