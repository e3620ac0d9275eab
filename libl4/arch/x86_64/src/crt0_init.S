/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of the machine's first program, which the kernel enters without a stack. */
	.section .text.start, "ax"
	.globl	_start
	.type	_start, @function
_start:
	leaq	init_stack_top(%rip), %rsp
	jmp	l4_entry
	.size	_start, . - _start

	.section .bss.init_stack, "aw", @nobits
	.balign	16
	.skip	0x10000
init_stack_top:
