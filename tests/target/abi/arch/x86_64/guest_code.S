/* SPDX-License-Identifier: BSD-2-Clause */
/* What guests of the suite run, in protected mode without paging, at any address. Each piece ends in hypercalls for ever: to slot ebx, with edi and esi; ecx is the last one's status. */
	.section .rodata
	.code32
	.balign	16
	.globl	guest_code, guest_code_end, guest_hypercall, guest_write, guest_read, guest_wait, guest_spin
	.globl	guest_touch, guest_ports, guest_strings, guest_msr, guest_apic, guest_cpuid, guest_privileged, guest_triple_fault, guest_interrupt, guest_nmi, guest_debug, guest_shadow, guest_components, guest_xcr0
guest_code:
guest_hypercall:
	movl	%ebx, %eax
	vmmcall
	movl	%eax, %ecx
	jmp	guest_hypercall
guest_write:
	movl	%edi, %edx
	movl	%esi, %eax
	outl	%eax, %dx
	jmp	guest_hypercall
guest_read:
	movl	%edi, %edx
	inl	%dx, %eax
	jmp	guest_hypercall
guest_wait:
	sti
	hlt
	jmp	guest_hypercall
guest_spin:
	jmp	guest_spin
	/* The memory at edi. */
guest_touch:
	movl	%esi, (%edi)
	jmp	guest_hypercall
	/* A byte in and out again: esi is then what EAX was after the IN. */
guest_ports:
	movl	%edi, %edx
	movl	$0x11223344, %eax
	inb	%dx, %al
	movl	%eax, %esi
	outw	%ax, %dx
	jmp	guest_hypercall
guest_strings:
	movl	%edi, %edx
	insb
	jmp	guest_hypercall
	/* Register edi: reads it, and writes twice what it has read. */
guest_msr:
	movl	%edi, %ecx
	rdmsr
	movl	%eax, %esi
	addl	%eax, %eax
	adcl	%edx, %edx
	wrmsr
	jmp	guest_hypercall
	/* Writes esi into register edi, then reads register edi again. */
guest_apic:
	movl	%edi, %ecx
	movl	%esi, %eax
	xorl	%edx, %edx
	wrmsr
	rdmsr
	movl	%eax, %esi
	jmp	guest_hypercall
guest_cpuid:
	movl	%edi, %eax
	movl	%esi, %ecx
	cpuid
	xorl	%ebx, %eax
	xorl	%ecx, %eax
	xorl	%edx, %eax
	movl	%eax, %esi
	xorl	%ebx, %ebx
	jmp	guest_hypercall
	/* The hypervisor's own instruction. */
guest_privileged:
	clgi
	jmp	guest_hypercall
	/* An exception without a table to find its handler in. */
guest_triple_fault:
	pushl	$0
	pushw	$0
	lidt	(%esp)
	ud2
	/* Handlers: edx tells which. An exception's error code stays on the stack. */
guest_interrupt:
	movl	$1, %edx
	jmp	guest_hypercall
guest_nmi:
	movl	$2, %edx
	movl	%ebx, %eax
	vmmcall
	iretl
	/* A breakpoint of the debug registers on the next instruction but one. */
guest_debug:
	movl	%edi, %eax
	movl	%eax, %dr0
	movl	$0x401, %eax
	movl	%eax, %dr7
	nop
	jmp	guest_hypercall
	/* An instruction that exits, in the shadow of STI. */
guest_shadow:
	sti
	cpuid
	cli
	jmp	guest_hypercall
	/* XCR0 of esi, all of whose components but the first three are saved behind the page's middle at edi, and then loaded from its beginning. */
guest_components:
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movl	%esi, %eax
	xsetbv
	andl	$~7, %eax
	xsave	0x800(%edi)
	xrstor	(%edi)
	xorl	%edx, %edx
	jmp	guest_hypercall
guest_xcr0:
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movl	%esi, %eax
	xsetbv
	jmp	guest_hypercall
guest_code_end:
