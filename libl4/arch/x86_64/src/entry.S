/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Common start of all programs. rdi: the startup block, or the boot information. The thread pointer stands behind the block of thread-local
 * variables; only the kernel can set it.
 */
	.equ	SYS_SET_THREAD_POINTER, 6 /* L4_SYS_SET_THREAD_POINTER, pinned in entry_check.c */

	.section .text.l4_entry, "ax"
	.globl	l4_entry
	.type	l4_entry, @function
l4_entry:
	andq	$-16, %rsp
	pushq	%rdi
	leaq	__l4_first_thread_pointer(%rip), %rdi
	movl	$SYS_SET_THREAD_POINTER, %eax
	syscall
	popq	%rdi
	xorl	%ebp, %ebp
	call	l4_start
	.size	l4_entry, . - l4_entry
