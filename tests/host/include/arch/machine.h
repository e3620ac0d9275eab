/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine on which the host tests run the portable kernel: an implementation of the arch contract (kernel/arch.h) over memory of the test
 * program, with an observer that knows which memory is whose (kernel_memory.c) and what a TLB may hold (kernel_tlb.c).
 */
#pragma once

#include <kernel/types.h>

#define MACHINE_RAM 0x80000000UL
#define MACHINE_RAM_SIZE (256UL << 20)
#define MACHINE_DEVICE 0x1000000000UL
#define MACHINE_DEVICE_SIZE (8UL << 30)
#define MACHINE_SPACE_END (1UL << 38)
#define MACHINE_GUEST_END (1UL << 41)
#define MACHINE_IRQ_LINES 8
#define MACHINE_FIRST_MESSAGE_LINE 7
#define MACHINE_IO_PORTS 256

struct thread;
struct vspace;

struct machine {
	ticks_t now;
	ticks_t pace;              /* what passes from one look of the kernel at the clock to the next */
	ticks_t deadline;          /* that the kernel's timer is set to */
	bool interrupt;            /* waits; a driver's kernel_interrupt ends it */
	unsigned preempt_after;    /* polls until an interrupt comes; 0: none is planned */
	unsigned polls;
	bool line_enabled[MACHINE_IRQ_LINES + 1];
	bool line_claimed[MACHINE_IRQ_LINES + 1];
	word_t fpu;                /* the one floating-point register */
	struct thread *fpu_thread; /* whose it is */
	unsigned syncs;
	const struct vspace *space; /* that the fast path has entered */
	uint8_t ports[MACHINE_IO_PORTS];
	bool panic_expected;       /* else a machine that halts fails the test */
	bool panicked;
};

extern struct machine machine;

/* The kernel, or its use of the machine, is wrong. */
NORETURN void machine_fail(const char *what, word_t value);

void *machine_object_pointer(paddr_t paddr);
paddr_t machine_object_paddr(const void *pointer);

/* Runs `body`, which enters the kernel. True: a thread was resumed (cpu_self()->current); false: the machine idles. */
bool machine_run(void (*body)(void));

/* --- kernel_memory.c --- */
/* All of object memory, before boot; after boot what is not handed out becomes inaccessible. */
void memory_begin(paddr_t base, size_t size);
void memory_boot_done(void);
/* Objects whose destruction ended since become inaccessible. */
void memory_settle(void);
void memory_window_clear(paddr_t page);
void memory_window_write(paddr_t page);
/* Bytes of object memory that belong to objects other than untyped. */
size_t memory_in_use(void);
size_t memory_frames(void); /* pages of user and device memory that belong to frames */

/* --- kernel_tlb.c --- */
/* What a user's access would find; the TLB keeps it. */
bool tlb_translate(struct vspace *space, vaddr_t vaddr, paddr_t *paddr, word_t *rights);
void tlb_flush(struct vspace *space, vaddr_t vaddr, unsigned size_bits);
void tlb_flush_space(struct vspace *space);
/* Fails where the TLB still translates as no table says any more. */
void tlb_check(void);
