/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests under SVM. */
#include "guest.h"

#include <l4/abi/fault.h>
#include <l4/registers.h>

#include <target.h>

#define REGISTER_RBX 4
#define REGISTER_RSI 7
#define REGISTER_RDI 8
#define RFLAGS_FIXED 2
#define RFLAGS_TF 0x100
#define RFLAGS_IF 0x200

#define DR6_SINGLE_STEP 0x4000

#define CR0_PROTECTED 0x11
#define CR0_PAGING 0x80000000UL
#define CR4_OSXSAVE 0x40000
#define FLAT_CODE 0xc9b
#define FLAT_DATA 0xc93
#define SELECTOR_CODE 8
#define SELECTOR_DATA 16

#define TIMER_DEADLINE (2UL << 17)
#define MSR_TPR 0x808
#define MSR_PPR 0x80a
#define MSR_EOI 0x80b
#define MSR_ISR 0x810
#define MSR_SELF 0x83f
#define MSR_TSC_DEADLINE 0x6e0

/* In the guest's page, behind its code. */
#define GDT 0x700
#define IDT 0x800
#define STACK_TOP 0x700
#define GATES 256

#define UD 6
#define GP 13
#define PF 14

extern const char guest_touch[], guest_ports[], guest_strings[], guest_msr[], guest_apic[], guest_cpuid[], guest_privileged[], guest_triple_fault[];
extern const char guest_interrupt[], guest_nmi[], guest_debug[], guest_shadow[], guest_components[], guest_xcr0[];

const l4_word_t guest_lines[GUEST_LINES] = {0x30, 0x41, 0xff};
const l4_word_t guest_timer_line = 0x41, guest_deadline_register = L4_VCPU_REG_APIC_DEADLINE;

static l4_word_t vcpu_get(const struct guest *guest, l4_word_t reg)
{
	l4_word_t value = 0;

	EXPECT_OK(l4_vcpu_read_register(guest->vcpu, reg, &value));
	return value;
}

static void vcpu_set(const struct guest *guest, l4_word_t reg, l4_word_t value)
{
	EXPECT_OK(l4_vcpu_write_register(guest->vcpu, reg, value));
}

static void set_gate(unsigned int vector, l4_word_t entry)
{
	((uint64_t *)(CASE_VADDR + IDT))[vector] = (entry & 0xffff) | SELECTOR_CODE << 16 | 0x8e00UL << 32 | (entry >> 16) << 48;
}

static void set_tables(void)
{
	uint64_t *gdt = (uint64_t *)(CASE_VADDR + GDT);

	gdt[1] = 0x00cf9b000000ffff;
	gdt[2] = 0x00cf93000000ffff;
	for (unsigned int vector = 0; vector < GATES; vector++)
		set_gate(vector, entry_of(vector == L4_VCPU_LINE_NMI ? guest_nmi : guest_interrupt));
}

static l4_word_t segment(l4_word_t selector, l4_word_t attributes)
{
	return selector | attributes << 16 | 0xffffffffUL << 32;
}

void guest_prepare(const struct guest *guest)
{
	set_tables();
	vcpu_set(guest, L4_VCPU_REG_CR0, CR0_PROTECTED);
	for (l4_word_t i = L4_SEGMENT_ES; i <= L4_SEGMENT_GS; i++) {
		vcpu_set(guest, L4_VCPU_REG_SEGMENT(i), i == L4_SEGMENT_CS ? segment(SELECTOR_CODE, FLAT_CODE) : segment(SELECTOR_DATA, FLAT_DATA));
		vcpu_set(guest, L4_VCPU_REG_SEGMENT_BASE(i), 0);
	}
	vcpu_set(guest, L4_VCPU_REG_GDTR_BASE, GUEST_RAM + GDT);
	vcpu_set(guest, L4_VCPU_REG_GDTR_LIMIT, 3 * 8 - 1);
	vcpu_set(guest, L4_VCPU_REG_IDTR_BASE, GUEST_RAM + IDT);
	vcpu_set(guest, L4_VCPU_REG_IDTR_LIMIT, GATES * 8 - 1);
	vcpu_set(guest, L4_VCPU_REG_APIC_ENABLED, 1);
	vcpu_set(guest, L4_VCPU_REG_APIC_TIMER, guest_timer_line | TIMER_DEADLINE);
}

void guest_set_registers(l4_word_t *registers, l4_word_t pc, l4_word_t first, l4_word_t second, l4_word_t slot)
{
	registers[0] = pc;
	registers[REGISTER_RBX] = slot;
	registers[REGISTER_SP] = GUEST_RAM + STACK_TOP;
	registers[REGISTER_RDI] = first;
	registers[REGISTER_RSI] = second;
	registers[REGISTER_RFLAGS] = RFLAGS_FIXED;
}

/* 32 bits of it. */
l4_word_t guest_status(l4_status_t status)
{
	return (uint32_t)-status;
}

static void clear_apic(const struct guest *guest)
{
	for (l4_word_t i = 0; i < 8; i++) {
		vcpu_set(guest, L4_VCPU_REG_APIC_ISR0 + i, 0);
		vcpu_set(guest, L4_VCPU_REG_APIC_IRR0 + i, 0);
	}
}

void guest_await(const struct guest *guest, l4_word_t line)
{
	(void)line;
	EXPECT_OK(l4_thread_suspend(guest->thread));
	clear_apic(guest);
	guest_run(guest, guest_wait, 0, 0, 0);
}

static bool is_set(l4_cap_t vcpu, l4_word_t first, l4_word_t vector)
{
	l4_word_t value = 0;

	EXPECT_OK(l4_vcpu_read_register(vcpu, first + vector / 32, &value));
	return value >> vector % 32 & 1;
}

void expect_interrupt(const struct guest *guest, l4_word_t line)
{
	struct l4_registers m = expect_call(guest->calls, 1, 0);

	EXPECT_EQ(1, m.word[2]); /* the handler's */
	EXPECT_TRUE(is_set(guest->vcpu, L4_VCPU_REG_APIC_ISR0, line));
	EXPECT_TRUE(!is_set(guest->vcpu, L4_VCPU_REG_APIC_IRR0, line));
}

bool line_is_pending(l4_cap_t vcpu, l4_word_t line)
{
	return is_set(vcpu, L4_VCPU_REG_APIC_IRR0, line);
}

TEST(VC0001, "registers and lines of a vcpu: ranges and values")
{
	NEEDS_VCPU();
	l4_cap_t vcpu = new_object(L4_TYPE_VCPU);
	l4_word_t value, mask;
	static const struct {
		l4_word_t reg, good, bad;
	} values[] = {
		{L4_VCPU_REG_CR0, 0x80010033, 0x80000010}, {L4_VCPU_REG_CR0, 0x60000011, 0x20000011}, {L4_VCPU_REG_CR0, 0x11, 1UL << 32},
		{L4_VCPU_REG_CR4, 0x6b0, 1UL << 13}, {L4_VCPU_REG_EFER, 0xd01, 0x1000}, {L4_VCPU_REG_PAT, 0x0407050600070106, 0x0407050600070206},
		{L4_VCPU_REG_DR6, 0xffff0ff0, 1UL << 32}, {L4_VCPU_REG_DR7, 0x401, 1UL << 32}, {L4_VCPU_REG_DR3, ~0UL, 0}, {L4_VCPU_REG_LSTAR, 0xffffffff81000000, 1UL << 47},
		{L4_VCPU_REG_KERNEL_GS_BASE, 0x7fffffffffff, 0xfff7ffffffffffff}, {L4_VCPU_REG_IDTR_LIMIT, 0xffff, 0x10000}, {L4_VCPU_REG_CPL, 3, 4},
		{L4_VCPU_REG_INTERRUPT_SHADOW, 1, 2}, {L4_VCPU_REG_APIC_TPR, 0xff, 0x100}, {L4_VCPU_REG_APIC_ENABLED, 1, 2}, {L4_VCPU_REG_APIC_TIMER, 0x700ff, 0x1000},
		{L4_VCPU_REG_APIC_IRR0, 0xffff0000, 0x8000}, {L4_VCPU_REG_APIC_ISR0 + 7, 0xffffffff, 1UL << 32},
		{L4_VCPU_REG_SEGMENT(L4_SEGMENT_TR), 0x12345678008b0040, 0x1000UL << 16}, {L4_VCPU_REG_SEGMENT_BASE(L4_SEGMENT_FS), 0x1000, 1UL << 63},
	};

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_read_register(vcpu, L4_VCPU_REG_COUNT, &value));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, L4_VCPU_REG_COUNT, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, ~0UL, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, L4_VCPU_REG_XCR0_MASK, 3));
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		EXPECT_OK(l4_vcpu_write_register(vcpu, values[i].reg, values[i].good));
		EXPECT_OK(l4_vcpu_read_register(vcpu, values[i].reg, &value));
		EXPECT_EQ(values[i].good, value);
		if (!values[i].bad)
			continue;
		EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, values[i].reg, values[i].bad));
		EXPECT_OK(l4_vcpu_read_register(vcpu, values[i].reg, &value));
		EXPECT_EQ(values[i].good, value);
	}
	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_XCR0_MASK, &mask));
	EXPECT_OK(l4_vcpu_write_register(vcpu, L4_VCPU_REG_XCR0, mask));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, L4_VCPU_REG_XCR0, mask | 1UL << 62));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, L4_VCPU_REG_XCR0, 0));
}

TEST(VC0011, "lines of a vcpu: vectors from 16 on, and NMI")
{
	NEEDS_VCPU();
	l4_cap_t vcpu = new_object(L4_TYPE_VCPU);

	for (l4_word_t line = 0; line < 300; line++) {
		bool valid = line == L4_VCPU_LINE_NMI || (line >= 16 && line < 256);

		EXPECT_STATUS(valid ? L4_OK : L4_INVALID_ARGUMENT, l4_vcpu_set_line(vcpu, line, 1));
		EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_set_line(vcpu, line, 2));
		if (line < 16 || !valid)
			continue;
		EXPECT_TRUE(line_is_pending(vcpu, line));
		EXPECT_OK(l4_vcpu_set_line(vcpu, line, 0));
		EXPECT_TRUE(!line_is_pending(vcpu, line));
	}
}

TEST(VC0012, "a new vcpu is as after INIT")
{
	NEEDS_VCPU();
	l4_cap_t vcpu = new_object(L4_TYPE_VCPU), thread = new_object(L4_TYPE_THREAD);
	struct guest guest = {.vcpu = vcpu};
	l4_word_t registers[L4_REGISTERS_COUNT];

	EXPECT_OK(l4_thread_bind(thread, L4_BIND_VCPU, vcpu));
	EXPECT_OK(l4_thread_read_registers(thread, registers, L4_REGISTERS_COUNT));
	EXPECT_EQ(0xfff0, registers[0]);
	EXPECT_EQ(RFLAGS_FIXED, registers[REGISTER_RFLAGS]);
	EXPECT_EQ(0x60000010, vcpu_get(&guest, L4_VCPU_REG_CR0));
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_EFER));
	EXPECT_EQ(1, vcpu_get(&guest, L4_VCPU_REG_XCR0));
	EXPECT_EQ(0xffff009bf000, vcpu_get(&guest, L4_VCPU_REG_SEGMENT(L4_SEGMENT_CS)));
	EXPECT_EQ(0xffff0000, vcpu_get(&guest, L4_VCPU_REG_SEGMENT_BASE(L4_SEGMENT_CS)));
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_APIC_ENABLED));
	EXPECT_EQ(~0UL, vcpu_get(&guest, L4_VCPU_REG_APIC_DEADLINE));
}

TEST(VC0005, "accesses outside the guest's memory go to the handler, which lets the guest try again or injects")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_touch, GUEST_DEVICE + 4, 1, 0);
	for (l4_word_t label = L4_GUEST_RETRY; label <= L4_GUEST_DONE; label++) {
		m = expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
		EXPECT_EQ(GUEST_DEVICE + 4, m.word[L4_GUEST_MMIO_ADDRESS]);
		EXPECT_EQ(entry_of(guest_touch), m.word[L4_GUEST_MMIO_PC]);
		EXPECT_EQ(L4_WRITE, m.word[L4_GUEST_MMIO_ACCESS]);
		EXPECT_EQ(0, m.word[L4_GUEST_MMIO_WALK]);
		answer_guest(label, 0, 0);
	}
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	answer_guest(L4_GUEST_INJECT, PF | L4_GUEST_INJECT_ERROR_CODE | 2UL << L4_GUEST_INJECT_ERROR_CODE_SHIFT, 0xabc123);
	m = expect_call(guest.calls, 1, 0);
	EXPECT_EQ(1, m.word[2]);
	EXPECT_EQ(0xabc123, vcpu_get(&guest, L4_VCPU_REG_CR2));
	EXPECT_EQ(2, *(uint32_t *)(CASE_VADDR + STACK_TOP - 16));
	EXPECT_EQ((uint32_t)entry_of(guest_touch), *(uint32_t *)(CASE_VADDR + STACK_TOP - 12));
	guest_run(&guest, (const char *)((l4_word_t)guest_code + (GUEST_DEVICE - GUEST_RAM)), 0, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	EXPECT_EQ(L4_EXECUTE, m.word[L4_GUEST_MMIO_ACCESS]);
}

TEST(VC0013, "the guest's own page tables outside its memory are told as such")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	EXPECT_OK(l4_thread_suspend(guest.thread));
	vcpu_set(&guest, L4_VCPU_REG_CR3, GUEST_DEVICE);
	vcpu_set(&guest, L4_VCPU_REG_CR0, CR0_PROTECTED | CR0_PAGING);
	guest_run(&guest, guest_hypercall, 0, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	EXPECT_EQ(GUEST_DEVICE, m.word[L4_GUEST_MMIO_ADDRESS] & ~(PAGE - 1));
	EXPECT_EQ(1, m.word[L4_GUEST_MMIO_WALK]);
}

TEST(VC0014, "IN and OUT: widths, values, what is kept of a register; string instructions cannot be completed")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_ports, 0x3f8, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_PORT, L4_GUEST_PORT_LENGTH);
	EXPECT_EQ(0x3f8, m.word[L4_GUEST_PORT_NUMBER]);
	EXPECT_EQ(L4_READ, m.word[L4_GUEST_PORT_ACCESS]);
	EXPECT_EQ(1, m.word[L4_GUEST_PORT_WIDTH]);
	answer_guest(L4_GUEST_DONE, 0xaabbccdd, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_PORT, L4_GUEST_PORT_LENGTH);
	EXPECT_EQ(L4_WRITE, m.word[L4_GUEST_PORT_ACCESS]);
	EXPECT_EQ(2, m.word[L4_GUEST_PORT_WIDTH]);
	EXPECT_EQ(0x33dd, m.word[L4_GUEST_PORT_VALUE]);
	answer_guest(L4_GUEST_DONE, 0, 0);
	m = expect_call(guest.calls, 1, 0);
	EXPECT_EQ(0x112233dd, m.word[1]);
	guest_run(&guest, guest_strings, GUEST_RAM + STACK_TOP - 64, 0, 0);
	for (int i = 0; i < 2; i++) {
		m = expect_exit(&guest, L4_FAULT_GUEST_PORT, L4_GUEST_PORT_LENGTH);
		EXPECT_EQ(0, m.word[L4_GUEST_PORT_WIDTH]);
		answer_guest(L4_GUEST_DONE, 0x55, 0);
	}
	expect_exit(&guest, L4_FAULT_GUEST_PORT, L4_GUEST_PORT_LENGTH);
	answer_guest(L4_GUEST_INJECT, GP | L4_GUEST_INJECT_ERROR_CODE, 0);
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
}

TEST(VC0015, "RDMSR, WRMSR and CPUID are the handler's")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_msr, 0xc0000080, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MSR, L4_GUEST_MSR_LENGTH);
	EXPECT_EQ(0xc0000080, m.word[L4_GUEST_MSR_NUMBER]);
	EXPECT_EQ(L4_READ, m.word[L4_GUEST_MSR_ACCESS]);
	answer_guest(L4_GUEST_DONE, 0x11223344f0000001, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MSR, L4_GUEST_MSR_LENGTH);
	EXPECT_EQ(L4_WRITE, m.word[L4_GUEST_MSR_ACCESS]);
	EXPECT_EQ(0x22446689e0000002, m.word[L4_GUEST_MSR_VALUE]);
	answer_guest(L4_GUEST_DONE, 0, 0);
	EXPECT_EQ(0xf0000001, expect_call(guest.calls, 1, 0).word[1]);
	guest_run(&guest, guest_cpuid, 0x40000001, 7, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_CPUID, L4_GUEST_CPUID_LENGTH);
	EXPECT_EQ(0x40000001, m.word[L4_GUEST_CPUID_LEAF]);
	EXPECT_EQ(7, m.word[L4_GUEST_CPUID_SUBLEAF]);
	EXPECT_EQ(1, m.word[L4_GUEST_CPUID_XCR0]);
	answer_guest(L4_GUEST_DONE, 0x20000000001, 0x8000000000004000);
	EXPECT_EQ(0x80004201, expect_call(guest.calls, 1, 0).word[1]);
}

TEST(VC0016, "registers of the local APIC are answered without the handler; wrong accesses are exceptions of the guest")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	guest_run(&guest, guest_apic, MSR_TPR, 0x35, 0);
	EXPECT_EQ(0x35, expect_call(guest.calls, 1, 0).word[1]);
	EXPECT_EQ(0x35, vcpu_get(&guest, L4_VCPU_REG_APIC_TPR));
	guest_run(&guest, guest_apic, MSR_TSC_DEADLINE, 0x12345678, 0); /* has long passed */
	EXPECT_EQ(0, expect_call(guest.calls, 1, 0).word[1]);
	EXPECT_TRUE(line_is_pending(guest.vcpu, guest_timer_line));
	guest_run(&guest, guest_apic, MSR_PPR, 0, 0);
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	guest_run(&guest, guest_apic, MSR_EOI, 1, 0);
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	guest_run(&guest, guest_apic, MSR_ISR, 0, 0);
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	guest_run(&guest, guest_apic, MSR_TPR, 0x100, 0);
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	guest_run(&guest, guest_apic, MSR_SELF, 0x60, 0); /* raises it, but RDMSR of the register is none */
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	EXPECT_TRUE(line_is_pending(guest.vcpu, 0x60));
}

TEST(VC0017, "EOI ends the highest interrupt in service, and lets the next one in")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	EXPECT_OK(l4_thread_suspend(guest.thread));
	vcpu_set(&guest, L4_VCPU_REG_APIC_ISR0 + 1, 1);
	vcpu_set(&guest, L4_VCPU_REG_APIC_ISR0 + 2, 1);
	vcpu_set(&guest, L4_VCPU_REG_APIC_IRR0 + 1, 1 << 16); /* 0x30: above 0x20, below 0x40 */
	guest_run(&guest, guest_wait, 0, 0, 0);
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	guest_run(&guest, guest_apic, MSR_EOI, 0, 0);
	expect_call(guest.calls, 1, 0); /* by the exception that reading EOI is */
	EXPECT_TRUE(!is_set(guest.vcpu, L4_VCPU_REG_APIC_ISR0, 0x40));
	EXPECT_TRUE(is_set(guest.vcpu, L4_VCPU_REG_APIC_ISR0, 0x20));
	guest_run(&guest, guest_wait, 0, 0, 0);
	expect_interrupt(&guest, 0x30);
}

TEST(VC0018, "while the local APIC is off, or the task priority is too high, interrupts stay pending")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	EXPECT_OK(l4_thread_suspend(guest.thread));
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, 0x30, 1));
	vcpu_set(&guest, L4_VCPU_REG_APIC_ENABLED, 0);
	guest_run(&guest, guest_wait, 0, 0, 0);
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	vcpu_set(&guest, L4_VCPU_REG_APIC_TPR, 0x50);
	vcpu_set(&guest, L4_VCPU_REG_APIC_ENABLED, 1);
	guest_run(&guest, guest_wait, 0, 0, 0);
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, 0x60, 1));
	expect_interrupt(&guest, 0x60);
	EXPECT_TRUE(line_is_pending(guest.vcpu, 0x30));
}

TEST(VC0030, "a task priority that is lowered by the handler lets in what waits for it")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	vcpu_set(&guest, L4_VCPU_REG_APIC_TPR, 0x50);
	guest_await(&guest, 0x30);
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, 0x30, 1));
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	vcpu_set(&guest, L4_VCPU_REG_APIC_TPR, 0);
	expect_interrupt(&guest, 0x30);
}

TEST(VC0019, "HLT with interrupts disabled is woken by NMI alone; NMI is blocked until IRET")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_word_t registers[L4_REGISTERS_COUNT] = {0};

	guest_set_registers(registers, entry_of(guest_wait) + 1, 0, 0, 0); /* without the STI */
	EXPECT_OK(l4_thread_write_registers(guest.thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest.thread));
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, 0x30, 1));
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, L4_VCPU_LINE_NMI, 1));
	EXPECT_EQ(2, expect_call(guest.calls, 1, 0).word[2]);
	EXPECT_EQ((uint32_t)entry_of(guest_wait) + 2, *(uint32_t *)(CASE_VADDR + STACK_TOP - 12));
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, L4_VCPU_LINE_NMI, 1));
	answer_guest(0, 7, 0); /* the handler returns, and then there is the other */
	EXPECT_EQ(7, expect_call(guest.calls, 1, 0).word[0]);
	answer_guest(0, 8, 0);
	EXPECT_EQ(2, expect_call(guest.calls, 1, 0).word[2]);
}

TEST(VC0027, "HLT under single step waits for nothing")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_word_t registers[L4_REGISTERS_COUNT] = {0};

	guest_set_registers(registers, entry_of(guest_wait) + 1, 0, 0, 0); /* without the STI */
	registers[REGISTER_RFLAGS] |= RFLAGS_TF;
	EXPECT_OK(l4_thread_write_registers(guest.thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest.thread));
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	EXPECT_EQ((uint32_t)entry_of(guest_wait) + 2, *(uint32_t *)(CASE_VADDR + STACK_TOP - 12));
	EXPECT_EQ(DR6_SINGLE_STEP, vcpu_get(&guest, L4_VCPU_REG_DR6) & DR6_SINGLE_STEP);
}

TEST(VC0028, "an instruction that the handler completes ends the shadow that it is in")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	guest_run(&guest, guest_shadow, 0, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_CPUID, L4_GUEST_CPUID_LENGTH);
	EXPECT_EQ(1, vcpu_get(&guest, L4_VCPU_REG_INTERRUPT_SHADOW));
	EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1)); /* it does not go on yet */
	answer_guest(L4_GUEST_DONE, 0, 0);
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_INTERRUPT_SHADOW));
}

TEST(VC0020, "a guest has none of the hypervisor's instructions, and its triple fault is its end alone")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_privileged, 0, 0, 0);
	EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	EXPECT_EQ((uint32_t)entry_of(guest_privileged), *(uint32_t *)(CASE_VADDR + STACK_TOP - 12));
	guest_run(&guest, guest_triple_fault, 0, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_EXCEPTION, L4_FAULT_LENGTH);
	EXPECT_EQ(L4_GUEST_SHUTDOWN, m.word[L4_FAULT_CAUSE]);
}

TEST(VC0021, "a state that the processor refuses is told, and can be put right")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	EXPECT_OK(l4_thread_suspend(guest.thread));
	vcpu_set(&guest, L4_VCPU_REG_DR0, 5);
	vcpu_set(&guest, L4_VCPU_REG_XCR0, 3);
	vcpu_set(&guest, L4_VCPU_REG_EFER, 0x500);
	vcpu_set(&guest, L4_VCPU_REG_CR0, CR0_PROTECTED | CR0_PAGING); /* long mode without PAE */
	guest_run(&guest, guest_hypercall, 0, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_EXCEPTION, L4_FAULT_LENGTH);
	EXPECT_EQ(L4_GUEST_REFUSED, m.word[L4_FAULT_CAUSE]);
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_DR0));
	EXPECT_EQ(1, vcpu_get(&guest, L4_VCPU_REG_XCR0));
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_EFER));
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_CR3));
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_LSTAR)); /* nothing of the host's */
	EXPECT_EQ(0, vcpu_get(&guest, L4_VCPU_REG_SEGMENT_BASE(L4_SEGMENT_TR)));
	guest_prepare(&guest);
	answer_guest(L4_GUEST_RETRY, 0, 0);
	expect_call(guest.calls, 1, 0);
}

TEST(VC0022, "each vcpu has debug registers of its own, and its breakpoints are no one else's")
{
	NEEDS_VCPU();
	struct guest one = new_guest();
	l4_cap_t other = new_object(L4_TYPE_VCPU);
	l4_word_t value;

	guest_run(&one, guest_debug, entry_of(guest_debug) + 14, 0, 0); /* the jump */
	EXPECT_EQ(1, expect_call(one.calls, 1, 0).word[2]);
	EXPECT_EQ((uint32_t)entry_of(guest_debug) + 14, *(uint32_t *)(CASE_VADDR + STACK_TOP - 12));
	EXPECT_EQ(entry_of(guest_debug) + 14, vcpu_get(&one, L4_VCPU_REG_DR0));
	EXPECT_EQ(0x401, vcpu_get(&one, L4_VCPU_REG_DR7));
	EXPECT_OK(l4_vcpu_read_register(other, L4_VCPU_REG_DR0, &value));
	EXPECT_EQ(0, value);
	EXPECT_OK(l4_thread_suspend(one.thread));
	EXPECT_OK(l4_thread_bind(one.thread, L4_BIND_VCPU, 0));
	EXPECT_OK(l4_thread_bind(one.thread, L4_BIND_VCPU, other));
	one.vcpu = other;
	EXPECT_OK(l4_vcpu_set_space(other, one.space));
	EXPECT_OK(l4_vcpu_set_cnode(other, one.cnode));
	guest_prepare(&one);
	receive_ready();
	guest_run(&one, guest_debug + 10, 0, 0, 0); /* MOV to DR7 of a value that enables none. Whether the jump still breaks is QEMU's own: 7.2 forgets no breakpoint at an exit */
	expect_call(one.calls, 1, 0);
	EXPECT_EQ(0, vcpu_get(&one, L4_VCPU_REG_DR0));
}

static void read_xcr0(struct worker *worker)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	worker->value = (l4_word_t)high << 32 | low;
}

TEST(VC0026, "XCR0 of a guest is the guest's alone, however threads and guests take turns with the FPU")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct worker *process = new_worker();
	l4_word_t all = vcpu_get(&guest, L4_VCPU_REG_XCR0_MASK);
	const l4_word_t values[] = {1, all, 1, 1};

	if (all == 1) {
		l4_test_note("skipped: the processor has no XSAVE");
		return;
	}
	EXPECT_OK(l4_thread_set_fpu(process->thread, 1));
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		EXPECT_OK(l4_thread_suspend(guest.thread));
		vcpu_set(&guest, L4_VCPU_REG_XCR0, values[i]);
		guest_run(&guest, guest_hypercall, 0, 0, 0);
		expect_call(guest.calls, 1, 0);
		EXPECT_EQ(values[i], vcpu_get(&guest, L4_VCPU_REG_XCR0));
		worker_run(process, read_xcr0);
		EXPECT_EQ(1, process->done);
		EXPECT_EQ(all, process->value);
		EXPECT_EQ(values[i], vcpu_get(&guest, L4_VCPU_REG_XCR0));
	}
	guest_run(&guest, guest_hypercall, 0, 0, 0);
	expect_call(guest.calls, 1, 0);
	delete_cap(guest.vcpu);
	worker_run(process, read_xcr0);
	EXPECT_EQ(1, process->done);
	EXPECT_EQ(all, process->value);
}

/* The state of MPX, and where XSAVE has it. */
#define XCR0_MPX 0x18
#define XSAVE_PRESENT 512
#define XSAVE_BOUNDS 0x3c0

/* QEMU 7.2 makes no exit of XSETBV, so the kernel cannot refuse. */
TEST(VC0029, "components that the kernel does not switch, where a guest can turn them on, last no longer than its turn")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct worker *process = new_worker();
	l4_cap_t frame = new_frame();
	uint64_t *loaded = (uint64_t *)(CASE_VADDR + PAGE), *saved = loaded + PAGE / 2 / sizeof(*saved);

	EXPECT_OK(l4_thread_set_fpu(process->thread, 1));
	map_frame(guest.space, copy_cap(frame, L4_ALL_RIGHTS), GUEST_RAM + PAGE, L4_READ | L4_WRITE);
	map_frame(L4_SLOT_VSPACE, frame, (l4_word_t)loaded, L4_READ | L4_WRITE);
	loaded[XSAVE_PRESENT / sizeof(*loaded)] = XCR0_MPX;
	loaded[XSAVE_BOUNDS / sizeof(*loaded)] = 0x1234;
	for (int turn = 0; turn < 3; turn++) {
		EXPECT_OK(l4_thread_suspend(guest.thread));
		vcpu_set(&guest, L4_VCPU_REG_CR4, CR4_OSXSAVE);
		guest_run(&guest, guest_components, GUEST_RAM + PAGE, 3 | XCR0_MPX, 0);
		if (expect_call(guest.calls, 1, 0).word[2] == 1) {
			l4_test_note("skipped: the processor has no MPX, or the kernel has refused it");
			return;
		}
		EXPECT_EQ(0, saved[XSAVE_BOUNDS / sizeof(*saved)]);
		if (turn == 1) { /* off again, with what is in them */
			guest_run(&guest, guest_xcr0, 0, 3, 0);
			expect_call(guest.calls, 1, 0);
		}
		worker_run(process, read_xcr0);
		EXPECT_EQ(1, process->done);
		EXPECT_EQ(vcpu_get(&guest, L4_VCPU_REG_XCR0_MASK), process->value);
		EXPECT_EQ(3, vcpu_get(&guest, L4_VCPU_REG_XCR0));
	}
}

/* Its stack is in a page that is not there, until the handler hears of it. */
static void run_without_stack(const struct guest *guest, const char *code, l4_word_t first, l4_word_t rflags)
{
	l4_word_t registers[L4_REGISTERS_COUNT] = {0};

	guest_set_registers(registers, entry_of(code), first, 0, 0);
	registers[REGISTER_SP] = GUEST_RAM + 2 * PAGE;
	registers[REGISTER_RFLAGS] |= rflags;
	EXPECT_OK(l4_thread_suspend(guest->thread));
	EXPECT_OK(l4_thread_write_registers(guest->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest->thread));
}

static void supply_stack(const struct guest *guest)
{
	l4_cap_t frame = new_frame();
	struct l4_registers m = expect_exit(guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);

	EXPECT_EQ(GUEST_RAM + PAGE, m.word[L4_GUEST_MMIO_ADDRESS] & ~(PAGE - 1));
	EXPECT_EQ(L4_WRITE, m.word[L4_GUEST_MMIO_ACCESS]);
	map_frame(guest->space, frame, GUEST_RAM + PAGE, L4_READ | L4_WRITE);
	answer_guest(L4_GUEST_RETRY, 0, 0);
	EXPECT_OK(l4_frame_unmap(frame));
}

TEST(VC0023, "an event whose delivery is an exit is pending again, and taken once the guest goes on")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	for (int round = 0; round < 2; round++) {
		EXPECT_OK(l4_thread_suspend(guest.thread));
		clear_apic(&guest);
		EXPECT_OK(l4_vcpu_set_line(guest.vcpu, 0x30, 1));
		run_without_stack(&guest, guest_spin, 0, RFLAGS_IF);
		EXPECT_TRUE(line_is_pending(guest.vcpu, 0x30));
		EXPECT_TRUE(!is_set(guest.vcpu, L4_VCPU_REG_APIC_ISR0, 0x30));
		supply_stack(&guest);
		expect_interrupt(&guest, 0x30);
		run_without_stack(&guest, guest_touch, GUEST_DEVICE, 0);
		expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
		answer_guest(L4_GUEST_INJECT, PF | L4_GUEST_INJECT_ERROR_CODE, GUEST_DEVICE);
		supply_stack(&guest);
		EXPECT_EQ(1, expect_call(guest.calls, 1, 0).word[2]);
	}
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, L4_VCPU_LINE_NMI, 1));
	run_without_stack(&guest, guest_spin, 0, 0);
	supply_stack(&guest);
	EXPECT_EQ(2, expect_call(guest.calls, 1, 0).word[2]);
}

TEST(VC0024, "an interrupt whose delivery is an exit can be taken back")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, 0x30, 1));
	run_without_stack(&guest, guest_wait, 0, RFLAGS_IF);
	EXPECT_OK(l4_vcpu_set_line(guest.vcpu, 0x30, 0));
	supply_stack(&guest);
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	EXPECT_TRUE(!is_set(guest.vcpu, L4_VCPU_REG_APIC_ISR0, 0x30));
}

#define SPACES 20 /* QEMU's EPYC has 16 identifiers, one of them the host's */

TEST(VC0025, "more second stages than the processor has identifiers: each is entered with its own memory")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_cap_t spaces[SPACES], frames[SPACES];

	for (l4_word_t i = 0; i < SPACES; i++) {
		spaces[i] = new_object(L4_TYPE_GUEST_VSPACE);
		frames[i] = new_frame();
		map_frame(spaces[i], copy_cap(guest.frame, L4_ALL_RIGHTS), GUEST_RAM, L4_READ | L4_WRITE | L4_EXECUTE);
		map_frame(spaces[i], copy_cap(frames[i], L4_ALL_RIGHTS), GUEST_RAM + PAGE, L4_READ | L4_WRITE);
	}
	for (l4_word_t i = 0; i < 2 * SPACES; i++) {
		EXPECT_OK(l4_thread_suspend(guest.thread));
		EXPECT_OK(l4_vcpu_set_space(guest.vcpu, spaces[i % SPACES]));
		guest_run(&guest, guest_touch, GUEST_RAM + PAGE + i / SPACES * 4, i + 1, 0);
		expect_call(guest.calls, 1, 0);
	}
	for (l4_word_t i = 0; i < SPACES; i++) {
		map_frame(L4_SLOT_VSPACE, frames[i], CASE_VADDR + PAGE, L4_READ);
		EXPECT_EQ((i + SPACES + 1) << 32 | (i + 1), *(uint64_t *)(CASE_VADDR + PAGE));
		EXPECT_OK(l4_frame_unmap(frames[i]));
	}
}
