/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux program without a library: executes the instruction that the first letter of its argument chooses, and ends with
 * status 0 if it was allowed.
 */
	.equ	SYS_EXIT, 60
	.equ	NO_SUCH_CALL, 0x424c4b
	.equ	CODE32, 0x23	/* Linux's segment for 32-bit programs */

	.text
	.globl	_start
_start:
	movq	16(%rsp), %rbx	/* argv[1] */
	movb	(%rbx), %bl
	xorl	%eax, %eax	/* slot 0, or leaf 0 */
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movl	$2, %edi	/* a hypercall that would end the guest */
	xorl	%esi, %esi
	.macro	choice letter, instruction:vararg
	cmpb	$\letter, %bl
	jne	1f
	\instruction
	jmp	allowed
1:
	.endm
	choice	'a', rdtsc
	choice	'b', cpuid
	choice	'c', rdpmc
	choice	'd', rdmsr
	choice	'e', movq %cr3, %rax
	choice	'f', vmmcall
	choice	'g', vmload
	choice	'h', hlt
	choice	'i', sysretq
	choice	'j', outb %al, $0x80
	choice	'k', cli
	choice	'l', xsetbv
	choice	'm', wbinvd
	choice	'n', int $0x40
	choice	'o', monitor
	choice	'p', ljmp *far_hypercall(%rip)
	/* No system call of Linux's; a hypercall's slot to nobody. */
	movl	$NO_SUCH_CALL, %eax
	syscall
	cmpq	$-38, %rax	/* ENOSYS */
	movl	$1, %edi
	jne	1f
allowed:
	xorl	%edi, %edi
1:	movl	$SYS_EXIT, %eax
	syscall

far_hypercall:
	.long	hypercall32
	.word	CODE32
	.code32
hypercall32:
	vmmcall
	ud2
