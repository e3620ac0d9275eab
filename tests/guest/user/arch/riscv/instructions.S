/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux program without a library: executes the instruction that the first letter of its argument chooses, and ends with
 * status 0 if it was allowed.
 */
	.equ	SYS_EXIT, 93

	.text
	.globl	_start
_start:
	ld	t0, 16(sp)	/* argv[1] */
	lbu	t0, (t0)
	.macro	choice letter, instruction:vararg
	li	t1, \letter
	bne	t0, t1, 1f
	\instruction
	j	allowed
1:
	.endm
	choice	'a', rdcycle a0
	choice	'b', rdinstret a0
	choice	'c', rdtime a0
	choice	'd', csrr a0, 0x8ff	/* no such CSR */
	choice	'e', csrr a0, sstatus
	choice	'f', csrr a0, 0x600	/* hstatus */
	choice	'g', .word 0xffffffff
	choice	'h', wfi
	choice	'i', sret
	choice	'j', sfence.vma
	choice	'k', .word 0x6c0042f3	/* hlv.d t0, (zero) */
	choice	'l', .word 0x22000073	/* hfence.vvma */
	choice	'm', fence.i
	/* Bulkhead's own hypercall: to Linux a system call that it does not know. */
	li	a7, 0x0a424c4b
	li	a6, 1
	ecall
	li	t0, -38		/* ENOSYS */
	bne	a0, t0, refused
allowed:
	li	a0, 0
	j	1f
refused:
	li	a0, 1
1:	li	a7, SYS_EXIT
	ecall
