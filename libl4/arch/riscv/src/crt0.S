/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of an ordinary program: its creator has set sp. */
	.section .text.start, "ax"
	.globl	_start
	.type	_start, @function
_start:
	tail	l4_entry
	.size	_start, . - _start
