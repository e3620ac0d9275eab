/* SPDX-License-Identifier: BSD-2-Clause */
/* What guests of the suite run, without paging, at any address. Each piece ends in hypercalls for ever. */
	.option	norvc
	.section .rodata
	.balign	4
	.globl	guest_code, guest_code_end, guest_hypercall, guest_store, guest_load, guest_wait, guest_spin, guest_privileged
guest_code:
guest_hypercall:
	ecall
	j	guest_hypercall
guest_store:
	sw	a1, 0(a0)
	j	guest_hypercall
guest_load:
	lh	a1, 0(a0)
	j	guest_hypercall
	/* a0: interrupts to wait for */
guest_wait:
	csrw	sie, a0
	wfi
	j	guest_hypercall
guest_spin:
	j	guest_spin
guest_privileged:
	csrr	a1, hstatus
	j	guest_hypercall
guest_code_end:
