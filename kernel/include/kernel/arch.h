/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arch contract: all that kernel/ knows of an architecture. A back end is a folder arch/ISA/ with
 *
 *   include/arch/cpu.h      struct arch_cpu; struct cpu *cpu_self(void), inline
 *   include/arch/thread.h   struct arch_context (user registers), struct arch_thread (constants of a thread, FPU registers)
 *   include/arch/paging.h   pte_t, struct arch_vspace, and the inlines below marked [paging.h]
 *   include/arch/vcpu.h     struct arch_vcpu, ARCH_VCPU_BITS (log2 of the size of the object around it)
 *   include/arch/fast.h     the inlines of the fast path
 *
 * and the functions below. The back end holds no policy: it never looks into a cnode, a queue or a budget.
 * The kernel runs with interrupts off, on one stack a processor, and never returns: each entry ends in arch_resume or arch_idle.
 */
#pragma once

#include <kernel/boot.h>
#include <kernel/cpu.h>
#include <kernel/thread.h>
#include <kernel/vcpu.h>
#include <kernel/vspace.h>

/* --- Time: ticks of one clock that all processors share --- */
ticks_t arch_now(void);
/*
 * One interrupt at `deadline` or as soon as possible after it; TICKS_NEVER for none. Replaces the one set before. Calls sched_clock + kernel_leave.
 * Called before each return to a user but by the fast path, mostly with the deadline that is set already: an interrupt that has come is void, the same deadline may be asked for again.
 */
void arch_timer_set(ticks_t deadline);

/* --- Interrupts --- */
/* An interrupt that is enabled waits: a long operation should stop at its next preemption point. */
bool arch_interrupt_pending(void);
/* Lines 1 to boot_platform.irq_lines. An interrupt of an unmasked line calls irq_deliver, after the back end has masked it (or left it claimed). */
void arch_irq_unmask(unsigned line);
void arch_irq_mask(unsigned line);
/*
 * Masks it for a while: what comes before the line is unmasked or masked is delivered, as one interrupt, when it is unmasked. A back end that cannot tell whether anything has
 * come delivers one all the same.
 */
void arch_irq_hold(unsigned line);
/* Ends the handling of a delivered interrupt: the line may interrupt again. */
void arch_irq_complete(unsigned line);
/* What a device writes, and where, to raise the line. False: the line is a wire. */
bool arch_irq_message(unsigned line, word_t *address, word_t *data);

/* --- I/O ports: those below boot_platform.io_ports. `width` is 1, 2 or 4 --- */
word_t arch_port_read(unsigned port, unsigned width);
void arch_port_write(unsigned port, unsigned width, word_t value);

/* --- User registers --- */
/* Registers of a thread that has never run: all zero, user mode, FPU off. */
void arch_context_init(struct thread *thread);
/* Program counter, stack pointer, first argument, thread pointer; others zero. */
void arch_context_start(struct thread *thread, word_t pc, word_t sp, word_t argument, word_t thread_pointer);
/* The eight message words in the saved registers. */
static inline word_t *arch_message(struct thread *thread);
static inline word_t arch_context_pc(const struct thread *thread);
/* Results of a system call. For a thread stopped by a system call. */
static inline void arch_set_result(struct thread *thread, status_t status, word_t tag, word_t badge);
/* Lets the thread make its current system call again: sets its program counter back. Its arguments are untouched in its context, which becomes full. */
void arch_restart_syscall(struct thread *thread);
/* L4_REGISTERS_COUNT registers in the order of the ABI; set ignores what a user may not choose. The context is full afterwards. */
word_t arch_register_get(const struct thread *thread, unsigned index);
void arch_register_set(struct thread *thread, unsigned index, word_t value);

/* --- Processor --- */
/* Runs the current thread: its space, its registers; a thread with a vcpu in guest mode. With context_is_full all registers, else results and message words, the rest zero. */
NORETURN void arch_resume(struct thread *thread);
/* Waits until an interrupt is pending and handles it by the calls above (timer: sched_clock; line: irq_deliver). Returns then. */
void arch_idle(void);
/*
 * Brings the processor into the same state whoever ran, so that what follows takes no longer for one than for another: no space is current, the FPU (of which nobody is the
 * owner) traps, and nothing of cpu->vcpu stays: until it runs again its timer does not interrupt, and nothing that is pending for it wakes arch_idle.
 */
void arch_leave_window(void);
/* The same until `time`. Returns always as long after it, as exactly as the processor's clock and timer can, whatever came before and meanwhile. */
void arch_wait_until(ticks_t time);
NORETURN void arch_halt(word_t status);
void arch_putchar(char c);

/* --- FPU (policy in fpu.c) --- */
void arch_fpu_save(struct thread *thread);
void arch_fpu_load(struct thread *thread);
/* Whether the thread, when it runs next, may touch the FPU without a trap. */
void arch_fpu_enable(struct thread *thread, bool enable);

/* --- Memory --- */
/* Address of object memory in the kernel, and back. Constant offset. */
static inline void *arch_object_pointer(paddr_t paddr);
static inline paddr_t arch_object_paddr(const void *pointer);
/* Boot: maps [base, base + size), 2 MiB aligned, so that arch_object_pointer reaches it; not executable. */
void arch_map_object_memory(paddr_t base, size_t size);
/* The processor's window on user memory, one page at a time. */
void arch_window_clear(paddr_t page);
void arch_window_write(paddr_t page, size_t offset, const void *from, size_t size);
/* Makes instructions that were written through the window or by users fetchable. */
void arch_sync_instructions(void);

/*
 * --- Page tables --- [paging.h], inline. Entries of a table at `level` (0: pages).
 *  bool pte_is_present(pte_t), bool pte_is_table(pte_t, unsigned level)
 *  paddr_t pte_paddr(pte_t)
 *  word_t pte_rights(pte_t, enum vspace_stage)          L4_READ | L4_WRITE | L4_EXECUTE
 *  pte_t pte_make_table(paddr_t), pte_t pte_make_page(paddr_t, word_t rights, enum vspace_stage, unsigned level)
 *  bool arch_rights_are_valid(word_t rights, enum vspace_stage)
 */
/* Geometry of both stages (kernel/vspace.h: paging[]), set at boot before kernel_boot. */
/* The lowest and the first not usable address of a stage. */
vaddr_t arch_space_end(enum vspace_stage stage);
/* A new, empty root table (cleared); a process's gets the kernel's part. */
void arch_space_init(struct vspace *space);
/* The space dies: nothing of it stays in any TLB, its identifier becomes free. It is no processor's current space, or the back end leaves it. */
void arch_space_destroy(struct vspace *space);
/* No translation of [vaddr, vaddr + 1 << size_bits) stays in any TLB. */
void arch_space_flush(struct vspace *space, vaddr_t vaddr, unsigned size_bits);
/* No translation of the space stays in any TLB. */
void arch_space_flush_all(struct vspace *space);

/* --- Guests (only where boot_platform.has_vcpu) --- */
void arch_vcpu_init(struct vcpu *vcpu);
/* Nothing of the vcpu stays in the processor. */
void arch_vcpu_destroy(struct vcpu *vcpu);
/* Called when the vcpu is bound to a thread (suspended): prepares its context for guest mode; unbound: back to a user's. */
void arch_vcpu_attach(struct thread *thread, struct vcpu *vcpu);
void arch_vcpu_detach(struct thread *thread, struct vcpu *vcpu);
bool arch_vcpu_read(struct vcpu *vcpu, word_t reg, word_t *value);
bool arch_vcpu_write(struct vcpu *vcpu, word_t reg, word_t value);
bool arch_vcpu_line_is_valid(word_t line);
void arch_vcpu_set_line(struct vcpu *vcpu, unsigned line, bool level);
void arch_vcpu_set_timer(struct vcpu *vcpu, ticks_t deadline);
/* An interrupt that the guest has enabled is pending now. */
bool arch_vcpu_interrupt_pending(struct vcpu *vcpu);
/* When the guest's own timer will interrupt it; TICKS_NEVER if it will not. */
ticks_t arch_vcpu_deadline(struct vcpu *vcpu);
/* Without timer hardware for guests: the deadline has come. With it: nothing to do. */
void arch_vcpu_timer_due(struct vcpu *vcpu);
/* Whether a guest's write at this address of its second stage can ring a doorbell. */
static inline bool arch_doorbell_is_possible(vaddr_t gpa);
/* The guest's call is answered with these FAULT_REPLY_WORDS words; `status` other than OK is an error of the call itself, and the words are not looked at. */
void arch_vcpu_hypercall_done(struct thread *thread, status_t status, const word_t *words);
/* The handler has answered an exit that was raised as a fault; `words` are the reply's first FAULT_REPLY_WORDS, zero beyond its length. */
void arch_vcpu_exit_done(struct thread *thread, enum l4_fault fault, word_t label, const word_t *words);

#include <arch/inline.h>
