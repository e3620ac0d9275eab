/* SPDX-License-Identifier: BSD-2-Clause */
	.option	arch, +h
	.text

	/*
	 * uint32_t guest_fetch(vaddr_t pc): in two halves, since it may end a page and the guest's address space. hstatus.SPVP still tells the
	 * guest's privilege. A trap comes to the label, in the kernel's own mode.
	 */
	.globl	guest_fetch
guest_fetch:
	la	t0, 2f
	csrrw	t0, stvec, t0
	mv	a1, a0
	li	a0, 0
	hlvx.hu	a2, (a1)
	not	a3, a2
	andi	a3, a3, 3
	bnez	a3, 1f			# a compressed instruction
	addi	a1, a1, 2
	hlvx.hu	a3, (a1)
	slliw	a3, a3, 16
	or	a2, a2, a3
1:	mv	a0, a2
	.balign	4
2:	csrw	stvec, t0
	ret
