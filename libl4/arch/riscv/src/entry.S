/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Common start of all programs. a0: the startup block, or the boot information. The kernel takes the thread pointer from
 * the first call that leaves its fast path and restores it after every later one, so that call must come before any other.
 */
	.equ	SYS_YIELD, 5 /* L4_SYS_YIELD, pinned in start.c */

	.section .text.l4_entry, "ax"
	.globl	l4_entry
	.type	l4_entry, @function
l4_entry:
	la	tp, __l4_first_tls
	addi	sp, sp, -16
	sd	a0, 0(sp)
	li	a0, 0
	li	a1, 0
	li	a7, SYS_YIELD
	ecall
	ld	a0, 0(sp)
	addi	sp, sp, 16
	tail	l4_start
	.size	l4_entry, . - l4_entry
