/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot loaders enter here, by PVH (QEMU's -kernel, Xen) or multiboot2 (GRUB): 32-bit protected mode with flat segments, paging off, interrupts off,
 * physical addresses, ebx what the loader tells. Everything until the jump to where the image is linked is relative to where it was loaded, which ebp holds.
 * Turns paging on with tables that map the image with all rights (map.c makes it right), and its first 2 MiB at their physical address too.
 * What cannot go on says so on the first serial port, and stops.
 */
#include <arch/layout.h>
#include <arch/offsets.h>
#include <arch/registers.h>

#include "boot_info.h"
#include "console.h"
#include "halt.h"

#define MULTIBOOT2_HEADER_MAGIC 0xe85250d6
#define MULTIBOOT2_ARCHITECTURE 0 /* 32-bit protected mode */
#define MULTIBOOT2_LOADER_MAGIC 0x36d76289
#define MULTIBOOT2_TAG_END 0
#define MULTIBOOT2_TAG_RELOCATABLE 10
#define MULTIBOOT2_LOWEST 1 /* preference for an address */
#define PVH_LOADER_MAGIC 0x336ec578

#define XEN_ELFNOTE_PHYS32_ENTRY 18

#define CPUID_EXTENDED 0x80000000
#define CPUID_EXTENDED_FEATURES 0x80000001
#define CPUID_NX 20
#define CPUID_LONG_MODE 29

#define TABLE 3   /* present, writable */
#define LEAF 0x83 /* present, writable, 2 MiB */
#define LEAF_SIZE 0x200000

#define BOOT_CS 8

	/* The address of a symbol, by its distance from where the image was loaded. */
	.macro	address symbol, register
	leal	\symbol - image_base(%ebp), \register
	.endm
	.macro	boot_error text
	address	\text, %esi
	jmp	stop
	.endm

	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 8, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.quad	pvh_entry_paddr

	.section .text.boot, "ax", @progbits
	.code32
image_base:
	.balign	8
header:
	.long	MULTIBOOT2_HEADER_MAGIC, MULTIBOOT2_ARCHITECTURE, header_end - header
	.long	-(MULTIBOOT2_HEADER_MAGIC + MULTIBOOT2_ARCHITECTURE + (header_end - header))
	.balign	8
	.short	MULTIBOOT2_TAG_RELOCATABLE, 0
	.long	24, LEAF_SIZE, 0xffffffff, LEAF_SIZE, MULTIBOOT2_LOWEST
	.balign	8
	.short	MULTIBOOT2_TAG_END, 0
	.long	8
header_end:

	.globl	multiboot2_entry
multiboot2_entry:
	movl	%eax, %edx
	movl	$BOOT_MULTIBOOT2, %edi
	jmp	1f
	.globl	pvh_entry
pvh_entry:
	movl	(%ebx), %edx
	movl	$BOOT_PVH, %edi

	/* There is no stack: the second word of what the loader tells serves as one for a single call, and gets its value back. */
1:	cli
	cld
	movl	4(%ebx), %eax
	leal	8(%ebx), %esp
	call	2f
2:	popl	%ebp
	movl	%eax, 4(%ebx)
	subl	$2b - image_base, %ebp
	address	boot_processor+PROCESSOR_SIZE, %esp

	cmpl	$BOOT_PVH, %edi
	je	1f
	cmpl	$MULTIBOOT2_LOADER_MAGIC, %edx
	jne	not_by_protocol
	jmp	2f
1:	cmpl	$PVH_LOADER_MAGIC, %edx
	jne	not_by_protocol
2:	testl	$LEAF_SIZE - 1, %ebp
	jnz	not_aligned

	pushl	%edi
	pushl	%ebx
	movl	$CPUID_EXTENDED, %eax
	cpuid
	cmpl	$CPUID_EXTENDED_FEATURES, %eax
	jb	no_long_mode
	movl	$CPUID_EXTENDED_FEATURES, %eax
	cpuid
	btl	$CPUID_LONG_MODE, %edx
	jnc	no_long_mode
	btl	$CPUID_NX, %edx
	jnc	no_nx
	popl	%ebx
	popl	%esi

	/* The stack is in there too. */
	address	image_bss, %edi
	address	image_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl

	/* The image. */
	address	image_level1+BOOT_IMAGE_FIRST*8, %edi
	leal	LEAF(%ebp), %eax
	movl	$BOOT_IMAGE_LEAVES, %ecx
1:	movl	%eax, (%edi)
	addl	$LEAF_SIZE, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	1b
	address	image_level1+TABLE, %eax
	address	image_level2, %edi
	movl	%eax, (%edi)
	address	image_level2+TABLE, %eax
	address	kernel_root, %edx
	movl	%eax, KERNEL_ROOT_IMAGE * 8(%edx)

	/* Its first 2 MiB, at their physical address. */
	movl	%ebp, %ecx
	shrl	$21, %ecx
	andl	$511, %ecx
	address	boot_level1, %edi
	leal	LEAF(%ebp), %eax
	movl	%eax, (%edi, %ecx, 8)
	movl	%ebp, %ecx
	shrl	$30, %ecx
	leal	TABLE(%edi), %eax
	address	boot_level2, %edi
	movl	%eax, (%edi, %ecx, 8)
	leal	TABLE(%edi), %eax
	movl	%eax, (%edx)

	/* All of CR4 is ours: with paging off nothing depends on it, and a loader's five levels of tables go. */
	movl	$CR4_PAE | CR4_PGE, %eax
	movl	%eax, %cr4
	movl	%edx, %cr3
	movl	$MSR_EFER, %ecx
	movl	$EFER_LME | EFER_NXE, %eax
	xorl	%edx, %edx
	wrmsr
	movl	$CR0_PE | CR0_MP | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_PG, %eax
	movl	%eax, %cr0

	address	boot_gdt, %eax
	address	boot_gdtr, %edi
	movl	%eax, 2(%edi)
	lgdt	(%edi)
	address	start_64, %eax
	pushl	$BOOT_CS
	pushl	%eax
	lretl

	.code64
start_64:
	movabsq	$1f, %rax
	jmp	*%rax
1:	leaq	boot_processor + PROCESSOR_SIZE(%rip), %rsp
	movl	%esi, %edi
	movl	%ebx, %esi
	movl	%ebp, %edx
	xorl	%ebp, %ebp
	call	kernel_start

	.code32
not_by_protocol:
	boot_error text_not_by_protocol
not_aligned:
	boot_error text_not_aligned
no_long_mode:
	boot_error text_no_long_mode
no_nx:
	boot_error text_no_nx

	/* Prints the text at esi. Loaders and firmware may have left the port as it was after reset: console.c prepares it the same way. */
stop:
	address	boot_port_values, %edi
	movl	$BOOT_PORT_VALUES, %ecx
1:	movzbl	(%edi), %edx
	addl	$CONSOLE_PORT, %edx
	movb	1(%edi), %al
	outb	%al, %dx
	addl	$2, %edi
	loop	1b
1:	lodsb
	testb	%al, %al
	jz	3f
	movb	%al, %ah
	movl	$CONSOLE_PORT + UART_LINE_STATUS, %edx
	movl	$CONSOLE_PATIENCE, %ecx
2:	inb	%dx, %al
	testb	$UART_LINE_EMPTY, %al
	loopz	2b
	movb	%ah, %al
	movl	$CONSOLE_PORT, %edx
	outb	%al, %dx
	jmp	1b
3:	movl	$STATUS_SYSTEM_FAILURE, %eax
	movl	$HALT_PORT, %edx
	outl	%eax, %dx
4:	hlt
	jmp	4b

text_not_by_protocol:
	.asciz	"\nbulkhead: not started by PVH or multiboot2\n"
text_not_aligned:
	.asciz	"\nbulkhead: loaded at an address that is no multiple of 2 MiB\n"
text_no_long_mode:
	.asciz	"\nbulkhead: the processor has no 64-bit mode\n"
text_no_nx:
	.asciz	"\nbulkhead: the processor cannot keep data from being executed (NX), or firmware has turned that off\n"

boot_port_values:
	CONSOLE_SETTINGS
	.set	BOOT_PORT_VALUES, (. - boot_port_values) / 2

	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00af9b000000ffff /* 64-bit code */

	.data
	.balign	8
boot_gdtr:
	.short	15
	.quad	0

	.bss
	.balign	4096
boot_level2:
	.skip	4096
boot_level1:
	.skip	4096
