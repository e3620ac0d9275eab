/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world switch. VMRUN and its exit exchange what names memory and privilege; VMLOAD and VMSAVE the rest that is in the VMCB (FS, GS, TR, LDTR, the system-call registers).
 * From CLGI to STGI no event reaches the host: not while the guest's task state segment or system-call registers are the processor's. With interrupts enabled at VMRUN, the
 * host's interrupts are exits whatever the guest's flag says.
 */
#include <arch/layout.h>
#include <arch/offsets.h>

	.text

	/* void svm_enter(struct thread *, paddr_t vmcb) */
	.globl	svm_enter
svm_enter:
	leaq	boot_processor + PROCESSOR_SIZE(%rip), %rsp
	movq	%rsi, %rax
	clgi
	sti
	vmload	%rax
	movq	CONTEXT_RBX(%rdi), %rbx
	movq	CONTEXT_RCX(%rdi), %rcx
	movq	CONTEXT_RDX(%rdi), %rdx
	movq	CONTEXT_RBP(%rdi), %rbp
	movq	CONTEXT_RSI(%rdi), %rsi
	movq	CONTEXT_R8(%rdi), %r8
	movq	CONTEXT_R9(%rdi), %r9
	movq	CONTEXT_R10(%rdi), %r10
	movq	CONTEXT_R11(%rdi), %r11
	movq	CONTEXT_R12(%rdi), %r12
	movq	CONTEXT_R13(%rdi), %r13
	movq	CONTEXT_R14(%rdi), %r14
	movq	CONTEXT_R15(%rdi), %r15
	movq	CONTEXT_RDI(%rdi), %rdi
	.globl	svm_vmrun
svm_vmrun:
	vmrun	%rax
	/* rsp and rax are as they were before; the flag of interrupts too. */
	vmsave	%rax
	movq	boot_processor + CPU_CURRENT(%rip), %rax
	movq	%rdi, CONTEXT_RDI(%rax)
	movq	%rbx, CONTEXT_RBX(%rax)
	movq	%rcx, CONTEXT_RCX(%rax)
	movq	%rdx, CONTEXT_RDX(%rax)
	movq	%rbp, CONTEXT_RBP(%rax)
	movq	%rsi, CONTEXT_RSI(%rax)
	movq	%r8, CONTEXT_R8(%rax)
	movq	%r9, CONTEXT_R9(%rax)
	movq	%r10, CONTEXT_R10(%rax)
	movq	%r11, CONTEXT_R11(%rax)
	movq	%r12, CONTEXT_R12(%rax)
	movq	%r13, CONTEXT_R13(%rax)
	movq	%r14, CONTEXT_R14(%rax)
	movq	%r15, CONTEXT_R15(%rax)
	movq	%rax, %rdi
	movq	svm + SVM_HOST_STATE(%rip), %rax
	vmload	%rax
	cli
	stgi
	call	svm_exit
