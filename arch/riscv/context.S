/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries from user and guest mode, and the ways back.
 *
 * sscratch holds the processor's struct cpu, whose address is also the top of the kernel's stack, at all times but for the first
 * instructions of an entry. So a trap in the kernel, which is a bug, always finds a stack to tell of itself on.
 */
#include <arch/csr.h>
#include <arch/offsets.h>

#define REGISTER(n) (THREAD_REGISTERS + 8 * (n))
#define PC 0
#define SP 2
#define TP 4
#define T0 5
#define A0 10

	.altmacro
	.macro	save number
	sd	x\number, REGISTER(\number)(t0)
	.endm
	.macro	load number
	ld	x\number, REGISTER(\number)(a0)
	.endm
	.macro	clear number
	li	x\number, 0
	.endm
	/* `what` for all registers from `first` to `last`. */
	.macro	each what, first, last
	.set	each_number, \first
	.rept	\last - \first + 1
	\what	%each_number
	.set	each_number, each_number + 1
	.endr
	.endm

	/* With sp the processor's: saves all registers of the current thread. Leaves t0 the thread, tp the processor. */
	.macro	save_all
	sd	t0, CPU_SCRATCH(sp)
	ld	t0, CPU_CURRENT(sp)
	save_all_but_t0
	.endm
	.macro	save_all_but_t0
	save	1
	each	save, 3, 4
	each	save, 6, 31
	mv	tp, sp
	csrrw	t1, sscratch, tp
	sd	t1, REGISTER(SP)(t0)
	ld	t1, CPU_SCRATCH(tp)
	sd	t1, REGISTER(T0)(t0)
	csrr	t1, sepc
	sd	t1, REGISTER(PC)(t0)
	mv	a0, t0
	.endm

	.text

	/*
	 * Traps from user mode, and from the kernel. A system call may lose all registers but sp, tp and its arguments.
	 */
	.balign	4
	.globl	trap_entry
trap_entry:
	csrrw	sp, sscratch, sp
	sd	t0, CPU_SCRATCH(sp)
	csrr	t0, scause
	addi	t0, t0, -CAUSE_USER_ECALL
	bnez	t0, trap
	csrrw	s11, sscratch, sp	# arch/fast.h finds the user's stack pointer here
	bgez	a7, slow
	mv	tp, sp
	mv	s0, a0
	mv	s1, a1
	addi	t0, a7, 1
	bnez	t0, 1f
	call	fastpath_call
	li	a7, -1
	j	declined
1:	addi	t0, a7, 2
	bnez	t0, declined
	call	fastpath_reply_recv
	li	a7, -2
declined:
	mv	a0, s0
	mv	a1, s1
	ld	t0, CPU_CURRENT(tp)
	j	save_call
	/* A call without a fast path also sets the thread pointer that later calls restore. */
slow:
	ld	t0, CPU_CURRENT(sp)
	sd	tp, REGISTER(TP)(t0)
	mv	tp, sp
save_call:
	sd	s11, REGISTER(SP)(t0)
	each	save, 10, 11
	save	17
	each	save, 18, 25
	csrr	t1, sepc
	addi	t1, t1, 4
	sd	t1, REGISTER(PC)(t0)
	mv	a2, a1
	mv	a1, a0
	mv	a0, a7
	j	kernel_syscall

trap:
	csrr	t0, sstatus
	andi	t0, t0, SSTATUS_SPP
	bnez	t0, 1f
	ld	t0, CPU_CURRENT(sp)
	save_all_but_t0
	j	trap_user
1:	mv	tp, sp
	csrw	sscratch, sp
	csrr	a0, scause
	csrr	a1, sepc
	csrr	a2, stval
	j	trap_kernel

	/* All traps while a guest runs. */
	.balign	4
	.globl	guest_trap_entry
guest_trap_entry:
	csrrw	sp, sscratch, sp
	save_all
	j	guest_exit

	/* void resume_full(struct thread *): all registers. */
	.globl	resume_full
resume_full:
	ld	t0, REGISTER(PC)(a0)
	sc.d	zero, t0, REGISTER(PC)(a0)	# stores what is there: a reservation of who ran before must not outlast the switch
	ld	t1, THREAD_SSTATUS(a0)
	csrw	sepc, t0
	csrw	sstatus, t1
	each	load, 1, 9
	each	load, 11, 31
	load	10
	sret

	/* void resume_light(struct thread *): the results of a system call; else nothing of what the kernel or another thread had in the registers. */
	.globl	resume_light
resume_light:
	ld	t0, REGISTER(PC)(a0)
	ld	t1, THREAD_SSTATUS(a0)
	csrw	sepc, t0
	csrw	sstatus, t1
	each	load, 2, 4
	each	load, 11, 12
	each	load, 18, 25
	load	10
	clear	1
	each	clear, 5, 9
	each	clear, 13, 17
	each	clear, 26, 31
	sret

	/* void fpu_save_registers(struct thread *), fpu_load_registers: with the unit on. */
	.option	arch, +f, +d
	.macro	fpu_save number
	fsd	f\number, THREAD_FPU + 8 * \number(a0)
	.endm
	.macro	fpu_load number
	fld	f\number, THREAD_FPU + 8 * \number(a0)
	.endm
	.globl	fpu_save_registers
fpu_save_registers:
	each	fpu_save, 0, 31
	frcsr	t0
	sd	t0, THREAD_FCSR(a0)
	ret
	.globl	fpu_load_registers
fpu_load_registers:
	each	fpu_load, 0, 31
	ld	t0, THREAD_FCSR(a0)
	fscsr	t0
	ret
