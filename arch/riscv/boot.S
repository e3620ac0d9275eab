/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Firmware enters here: physical addresses, interrupts off, a0 the hart, a1 the device tree. Everything until the jump is relative to the pc.
 * The image begins with Linux's header for RISC-V, by which U-Boot's booti places it and keeps off all of it.
 * Turns paging on with tables that map the image with all rights (map.c makes it right) and this code's own gigabyte at its physical
 * address, which both Sv48 and Sv39 can use: Sv39's root is the table below Sv48's.
 */
#include <arch/csr.h>
#include <arch/layout.h>
#include <arch/offsets.h>

#define TABLE 1	/* valid */
#define LEAF 0xef /* valid, read, write, execute, global, accessed, dirty */

	.section .text.boot, "ax", @progbits
	.option norelax
	.globl _start
_start:
	.option push
	.option norvc
	j	boot
	nop
	.option pop
	.dword	IMAGE_TEXT_OFFSET		# from the start of memory
	.dword	image_size			# with the zeroed memory behind the file, and the bundle
	.dword	0				# flags: little-endian
	.word	2				# version 0.2 of the header
	.word	0
	.dword	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\x05"
	.word	0				# no EFI header
	.globl image_bundle_size
image_bundle_size:
	.dword	0				# of the bundle at image_end: tools/launcher/linux_image.py writes it, and image_size anew

boot:
	csrw	sie, zero
	mv	s0, a0
	mv	s1, a1

	la	t0, image_bss
	la	t1, image_end
1:	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b

	la	s2, image_start			# where the image is
	ld	s3, link_address
	sub	s3, s3, s2			# from there to where it is linked

	# The image: BOOT_IMAGE_LEAVES of 2 MiB.
	la	s4, kernel_level1
	srli	t0, s2, 12
	slli	t0, t0, 10
	ori	t0, t0, LEAF
	ld	t1, link_address
	srli	t1, t1, 21
	andi	t1, t1, 511
	slli	t1, t1, 3
	add	t1, t1, s4
	li	t2, BOOT_IMAGE_LEAVES
	li	t3, 1 << (21 - 2)		# one leaf further, in an entry
1:	sd	t0, 0(t1)
	add	t0, t0, t3
	addi	t1, t1, 8
	addi	t2, t2, -1
	bnez	t2, 1b

	la	s5, kernel_level2
	srli	t0, s4, 2
	ori	t0, t0, TABLE
	li	t1, KERNEL_LEVEL2_IMAGE * 8
	add	t1, t1, s5
	sd	t0, 0(t1)

	# This gigabyte, at its physical address.
	srli	t0, s2, 30
	slli	t1, t0, 3
	add	t1, t1, s5
	slli	t0, t0, 28
	ori	t0, t0, LEAF
	sd	t0, 0(t1)

	la	s6, kernel_level3
	srli	t0, s5, 2
	ori	t0, t0, TABLE
	sd	t0, 0(s6)
	li	t1, 511 * 8
	add	t1, t1, s6
	sd	t0, 0(t1)

	# Sv48 where the hart takes it.
	li	t0, SATP_SV48
	slli	t0, t0, SATP_MODE_SHIFT
	srli	t1, s6, 12
	or	t0, t0, t1
	sfence.vma
	csrw	satp, t0
	csrr	t1, satp
	beq	t0, t1, 2f
	li	t0, SATP_SV39
	slli	t0, t0, SATP_MODE_SHIFT
	srli	t1, s5, 12
	or	t0, t0, t1
	csrw	satp, t0
2:	sfence.vma

	la	t0, 3f
	add	t0, t0, s3
	jr	t0
3:	la	sp, boot_processor
	li	t0, PROCESSOR_CPU
	add	sp, sp, t0
	mv	tp, sp
	csrw	sscratch, sp
	la	t0, trap_entry
	csrw	stvec, t0
	mv	a0, s0
	mv	a1, s1
	mv	a2, s2
	call	kernel_start

	.balign 8
link_address:
	.dword	image_start
