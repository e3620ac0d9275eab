/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of an ordinary program: its creator has set rsp. */
	.section .text.start, "ax"
	.globl	_start
	.type	_start, @function
_start:
	jmp	l4_entry
	.size	_start, . - _start
