/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry (Linux's 64-bit boot protocol: rsi is boot_params), exceptions, and the way to user mode. */

	.section .text.start, "ax"
	.globl _start
_start:
	cld
	leaq	stack_top(%rip), %rsp
	leaq	bss_begin(%rip), %rdi
	leaq	bss_end(%rip), %rcx
	subq	%rdi, %rcx
	xorl	%eax, %eax
	rep stosb
	movq	%rsi, %rdi
	call	kernel_main
1:	cli
	hlt
	jmp	1b

	.text
/* One entry of 16 bytes for each vector: the processor pushes an error code for some, we push 0 for the others. */
	.balign	16
	.globl trap_entries
trap_entries:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
	pushq	$0
	.endif
	pushq	$vector
	jmp	trap_common
	.set	vector, vector + 1
	.endr

/* struct frame of trap.c. */
trap_common:
	.irp	r, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
	pushq	%\r
	.endr
	movq	%rsp, %rdi
	cld
	/* The stack may have any alignment (an exception in a function). */
	movq	%rsp, %rbx
	andq	$-16, %rsp
	call	trap_handle
	movq	%rbx, %rsp
	.irp	r, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
	popq	%\r
	.endr
	addq	$16, %rsp
	iretq

/* int trap_try(function, a, b): 0 when function(a, b) returned, 1 when an exception ended it. */
	.globl trap_try
trap_try:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	subq	$8, %rsp
	movq	%rsp, try_stack(%rip)
	movq	$1, trap_armed(%rip)
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	call	*%rax
	xorl	%eax, %eax
try_leave:
	movq	$0, trap_armed(%rip)
	movq	try_stack(%rip), %rsp
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret

/* Where an expected exception goes on, with the kernel's segments and any stack. */
	.globl trap_landing
trap_landing:
	movl	$1, %eax
	jmp	try_leave

/* user_enter(pc, code), to be run by trap_try. */
	.globl user_enter
user_enter:
	pushq	$0x1b
	leaq	user_stack_top(%rip), %rax
	pushq	%rax
	pushq	$2
	pushq	%rsi
	pushq	%rdi
	iretq

/*
 * registers_changed(slot, operation): calls it with a pattern in all registers that carry nothing, and tells which has not kept it.
 */
	.globl registers_changed
registers_changed:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rdi, %rax
	movq	%rsi, %rdi
	xorl	%esi, %esi
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	movq	$0x5a5a00\n, %r\n
	.endr
	movq	$0x5a5a01, %rcx
	movq	$0x5a5a02, %rdx
	movq	$0x5a5a03, %rbx
	movq	$0x5a5a05, %rbp
	vmmcall
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	movl	$\n, %eax
	cmpq	$0x5a5a00\n, %r\n
	jne	1f
	.endr
	movl	$1, %eax
	cmpq	$0x5a5a01, %rcx
	jne	1f
	movl	$2, %eax
	cmpq	$0x5a5a02, %rdx
	jne	1f
	movl	$3, %eax
	cmpq	$0x5a5a03, %rbx
	jne	1f
	movl	$5, %eax
	cmpq	$0x5a5a05, %rbp
	jne	1f
	xorl	%eax, %eax
1:	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret

	.bss
	.balign	16
try_stack:
	.skip	16
	.skip	4096
user_stack_top:
	.skip	16
