/* SPDX-License-Identifier: BSD-2-Clause */
#include "descriptors.h"

#include <arch/registers.h>

#include "context.h"
#include "interrupts.h"
#include "processor.h"
#include "vectors.h"

#define SEGMENT_PRESENT (1UL << 47)
#define SEGMENT_USER (3UL << 45)
#define SEGMENT_CODE (0x1aUL << 40) /* readable */
#define SEGMENT_DATA (0x12UL << 40) /* writable */
#define SEGMENT_ACCESSED (1UL << 40)
#define SEGMENT_LONG (1UL << 53)
#define SEGMENT_TSS (9UL << 40)

/* Written by the kernel alone, so that a processor need not mark a segment as accessed. */
#define CODE (SEGMENT_PRESENT | SEGMENT_CODE | SEGMENT_ACCESSED | SEGMENT_LONG)
#define DATA (SEGMENT_PRESENT | SEGMENT_DATA | SEGMENT_ACCESSED)

#define GATE_INTERRUPT 0x8e00U
#define GATE_USER 0x6000U

struct gate {
	uint16_t offset_low;
	uint16_t selector;
	uint16_t flags; /* with the IST */
	uint16_t offset_middle;
	uint32_t offset_high;
	uint32_t reserved;
};

_Static_assert(sizeof(struct gate) == 16, "the manuals' layout");

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static struct gate idt[VECTORS];

/* 0: the stack that the processor is on, or the TSS's if it comes from user mode. */
static unsigned ist_of(unsigned vector)
{
	switch (vector) {
	case VECTOR_NMI:
		return 1 + IST_NMI;
	case VECTOR_MACHINE_CHECK:
		return 1 + IST_MACHINE_CHECK;
	case VECTOR_DOUBLE_FAULT:
		return 1 + IST_DOUBLE_FAULT;
	case VECTOR_DEBUG:
		return 1 + IST_DEBUG;
	default:
		return 0;
	}
}

/* Of all vectors users may raise by an instruction only the breakpoint's. */
static void fill_idt(void)
{
	for (unsigned vector = 0; vector < VECTORS; vector++) {
		uint64_t entry = (uint64_t)vector_entries + vector * VECTOR_ENTRY_SIZE;
		idt[vector] = (struct gate){
			.offset_low = (uint16_t)entry,
			.selector = SELECTOR_KERNEL_CS,
			.flags = (uint16_t)(GATE_INTERRUPT | ist_of(vector) | (vector == VECTOR_BREAKPOINT ? GATE_USER : 0)),
			.offset_middle = (uint16_t)(entry >> 16),
			.offset_high = (uint32_t)(entry >> 32),
		};
	}
}

static void fill_gdt(uint64_t *gdt, const struct tss *tss)
{
	uint64_t base = (uint64_t)tss;
	gdt[SELECTOR_KERNEL_CS / 8] = CODE;
	gdt[SELECTOR_KERNEL_SS / 8] = DATA;
	gdt[SELECTOR_USER_SS / 8] = DATA | SEGMENT_USER;
	gdt[SELECTOR_USER_CS / 8] = CODE | SEGMENT_USER;
	gdt[SELECTOR_TSS / 8] = SEGMENT_PRESENT | SEGMENT_TSS | (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

/* No I/O map: each port access of a user is a general protection fault. */
static void fill_tss(struct processor *processor)
{
	struct tss *tss = &processor->tss;
	tss->rsp[0] = (uint64_t)processor + PROCESSOR_SIZE;
	for (unsigned i = 0; i < IST_COUNT; i++)
		tss->ist[i] = (uint64_t)(&processor->ist[i] + 1);
	tss->iomap_base = sizeof(*tss);
}

static void load_tables(const struct processor *processor)
{
	struct table_register gdtr = {sizeof(processor->gdt) - 1, (uint64_t)processor->gdt};
	struct table_register idtr = {sizeof(idt) - 1, (uint64_t)idt};
	__asm__ volatile("lgdt %0\n\t"
			 "lidt %1\n\t"
			 "pushq %2\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\n\t"
			 "movl %3, %%eax\n\t"
			 "movl %%eax, %%ss\n\t"
			 "xorl %%eax, %%eax\n\t"
			 "movl %%eax, %%ds\n\t"
			 "movl %%eax, %%es\n\t"
			 "movl %%eax, %%fs\n\t"
			 "movl %%eax, %%gs\n\t"
			 "lldt %%ax\n\t"
			 "movl %4, %%eax\n\t"
			 "ltr %%ax"
			 :
			 : "m"(gdtr), "m"(idtr), "i"(SELECTOR_KERNEL_CS), "i"(SELECTOR_KERNEL_SS), "i"(SELECTOR_TSS)
			 : "rax", "memory");
}

/* What a user may have set is off from the kernel's first instruction on: no trap flag, no alignment checks, no direction, no nested task. */
#define SYSCALL_CLEARED_FLAGS (RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_RF | RFLAGS_AC)

static void load_syscall_registers(void)
{
	msr_write(MSR_STAR, (uint64_t)(SELECTOR_USER_SS - 8) << 48 | (uint64_t)SELECTOR_KERNEL_CS << 32);
	msr_write(MSR_LSTAR, (uint64_t)syscall_entry);
	msr_write(MSR_CSTAR, (uint64_t)syscall_entry);
	msr_write(MSR_SFMASK, SYSCALL_CLEARED_FLAGS);
	msr_write(MSR_SYSENTER_CS, 0); /* a general protection fault */
	msr_write(MSR_FS_BASE, 0);
	msr_write(MSR_GS_BASE, 0);
	msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SCE);
}

void descriptors_boot(struct processor *processor)
{
	fill_idt();
	fill_gdt(processor->gdt, &processor->tss);
	fill_tss(processor);
	load_tables(processor);
	load_syscall_registers();
}
