/* SPDX-License-Identifier: BSD-2-Clause */
/* What guests of the suite run, without paging, at any address. Each piece ends in hypercalls for ever. */
	.option	norvc
	.section .rodata
	.balign	4
	.globl	guest_code, guest_code_end, guest_hypercall, guest_write, guest_read, guest_wait, guest_spin, guest_privileged
guest_code:
guest_hypercall:
	ecall
	j	guest_hypercall
guest_write:
	sw	a1, 0(a0)
	j	guest_hypercall
guest_read:
	lh	a1, 0(a0)
	j	guest_hypercall
	/* a0: interrupts to wait for */
guest_wait:
	csrw	sie, a0
1:	wfi	/* which may end without an interrupt, and does where QEMU shows the timer's bit late */
	j	1b
guest_spin:
	j	guest_spin
guest_privileged:
	csrr	a1, hstatus
	j	guest_hypercall
guest_code_end:
