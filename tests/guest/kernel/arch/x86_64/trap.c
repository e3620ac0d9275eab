/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

/* As start.S pushes it, lowest first. */
struct frame {
	uint64_t registers[15];
	uint64_t vector, error;
	uint64_t pc, code, flags, stack, stack_segment;
};

struct descriptor {
	uint64_t low, high;
};

struct table {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

struct task_state {
	uint32_t reserved;
	uint64_t stack[3];
	uint64_t reserved2;
	uint64_t interrupt_stack[7];
	uint8_t reserved3[10];
	uint16_t port_map;
} __attribute__((packed));

enum { FRAME_RAX = 14 };
enum { STACK_DOUBLE_FAULT = 1, STACK_SIZE = 4096 };
enum { GATE_INTERRUPT = 0x8e, GATE_USER = 0xee, ENTRY_SIZE = 16 };
#define ACCESSED_FLAT 0x00cf93000000ffffUL
#define CODE64 0x00af9b000000ffffUL
#define CODE32 0x00cf9b000000ffffUL
#define FOR_USERS (3UL << 45)

extern const char trap_entries[], trap_landing[];

uint64_t trap_armed;
struct trap_record trap_record;
volatile uint64_t trap_interrupts[VECTORS];
volatile unsigned int trap_last_interrupt;
static interrupt_function functions[VECTORS];
static struct descriptor idt[VECTORS];
static uint64_t gdt[8] = {0, CODE64, ACCESSED_FLAT, ACCESSED_FLAT | FOR_USERS, CODE64 | FOR_USERS, [7] = CODE32 | FOR_USERS};
static struct task_state task_state;
static _Alignas(16) uint8_t stacks[2][STACK_SIZE];

void trap_on_interrupt(unsigned int vector, interrupt_function function)
{
	functions[vector] = function;
}

static void set_gate(unsigned int vector, unsigned int type, unsigned int stack)
{
	uint64_t address = (uint64_t)trap_entries + vector * ENTRY_SIZE;
	idt[vector].low = (address & 0xffff) | (uint64_t)KERNEL_CODE << 16 | (uint64_t)stack << 32 | (uint64_t)type << 40 | (address >> 16 & 0xffff) << 48;
	idt[vector].high = address >> 32;
}

static void set_task_state(void)
{
	uint64_t base = (uint64_t)&task_state;
	task_state.stack[0] = (uint64_t)stacks[0] + STACK_SIZE;
	task_state.interrupt_stack[STACK_DOUBLE_FAULT - 1] = (uint64_t)stacks[1] + STACK_SIZE;
	task_state.port_map = sizeof(task_state); /* no map: no ports for user mode */
	gdt[5] = (sizeof(task_state) - 1) | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
	gdt[6] = base >> 32;
}

void trap_setup(void)
{
	set_task_state();
	for (unsigned int vector = 0; vector < VECTORS; vector++)
		set_gate(vector, GATE_INTERRUPT, vector == VECTOR_DOUBLE_FAULT ? STACK_DOUBLE_FAULT : 0);
	set_gate(VECTOR_BREAKPOINT, GATE_USER, 0);
	set_gate(VECTOR_OVERFLOW, GATE_USER, 0);
	const struct table gdtr = {sizeof(gdt) - 1, (uint64_t)gdt}, idtr = {sizeof(idt) - 1, (uint64_t)idt};
	__asm__ volatile("lgdt %0\n\tlidt %1\n\t"
			 "mov %2, %%ds\n\tmov %2, %%es\n\tmov %2, %%ss\n\tmov %2, %%fs\n\tmov %2, %%gs\n\t"
			 "pushq %3\n\tleaq 1f(%%rip), %%rax\n\tpushq %%rax\n\tlretq\n1:\tltr %w4"
			 ::"m"(gdtr), "m"(idtr), "r"(KERNEL_DATA), "i"(KERNEL_CODE), "r"(TASK_STATE) : "rax", "memory");
}

static void interrupt(unsigned int vector)
{
	trap_interrupts[vector]++;
	trap_last_interrupt = vector;
	if (functions[vector])
		functions[vector]();
	if (vector != VECTOR_NMI)
		msr_write(APIC_EOI, 0);
}

void trap_handle(struct frame *frame);
void trap_handle(struct frame *frame)
{
	if (frame->vector >= VECTOR_FIRST_FREE || frame->vector == VECTOR_NMI) {
		interrupt(frame->vector);
		return;
	}
	trap_record = (struct trap_record){
		.cause = frame->vector, .error = frame->error, .address = register_read(cr2), .pc = frame->pc, .code = frame->code,
		.rax = frame->registers[FRAME_RAX], .from_user = frame->code & 3,
	};
	if (!trap_armed) {
		print("PANIC vector %lu error %lx address %lx pc %lx\n", frame->vector, frame->error, trap_record.address, frame->pc);
		machine_failed();
	}
	trap_armed = 0;
	frame->pc = (uint64_t)trap_landing;
	frame->code = KERNEL_CODE;
	frame->stack_segment = KERNEL_DATA;
	frame->flags = 2;
}
