/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions reach the guest as the processor has them, nested ones too. */
#include "test.h"

#define NOWHERE_MAPPED (1UL << 40)

#define PROBE(name, instructions) \
	static void name(uint64_t a, uint64_t b) \
	{ \
		(void)a; \
		(void)b; \
		__asm__ volatile(instructions ::"a"(0), "c"(0), "d"(0) : "memory"); \
	}

PROBE(undefined, "ud2")
PROBE(divide, "xorl %%ecx, %%ecx\n\tdivl %%ecx")
PROBE(breakpoint, "int3")
PROBE(vmrun, "vmrun")
PROBE(vmload, "vmload")
PROBE(vmsave, "vmsave")
PROBE(stgi, "stgi")
PROBE(clgi, "clgi")
PROBE(skinit, "skinit")
PROBE(invlpga, "invlpga")
PROBE(monitor, "monitor")
PROBE(mwait, "mwait")
PROBE(rsm, "rsm")
PROBE(protection, "movw $0xfff8, %%ax\n\tmovw %%ax, %%ds")

static void read8(uint64_t address, uint64_t unused)
{
	(void)unused;
	*(volatile uint8_t *)address;
}

static void write8(uint64_t address, uint64_t unused)
{
	(void)unused;
	*(volatile uint8_t *)address = 0;
}

static void jump(uint64_t address, uint64_t unused)
{
	(void)unused;
	((void (*)(void))address)();
}

TEST(EXC0101, "exceptions have their vectors and error codes")
{
	EXPECT_TRAP(VECTOR_INVALID_OPCODE, undefined, 0, 0);
	EXPECT_TRAP(VECTOR_DIVIDE, divide, 0, 0);
	EXPECT_TRAP(VECTOR_BREAKPOINT, breakpoint, 0, 0);
	EXPECT_TRAP(VECTOR_PROTECTION, protection, 0, 0);
	EXPECT_EQ(0xfff8, trap_record.error);
	EXPECT_TRAP(VECTOR_PROTECTION, read8, 1UL << 63, 0);
}

TEST(EXC0102, "page faults tell address and access, in the guest's own tables")
{
	EXPECT_TRAP(VECTOR_PAGE_FAULT, read8, NOWHERE_MAPPED + 5, 0);
	EXPECT_EQ(NOWHERE_MAPPED + 5, trap_record.address);
	EXPECT_EQ(0, trap_record.error);
	EXPECT_TRAP(VECTOR_PAGE_FAULT, write8, NOWHERE_MAPPED + 6, 0);
	EXPECT_EQ(NOWHERE_MAPPED + 6, trap_record.address);
	EXPECT_EQ(2, trap_record.error);
	EXPECT_TRAP(VECTOR_PAGE_FAULT, jump, NOWHERE_MAPPED, 0);
	EXPECT_EQ(NOWHERE_MAPPED, trap_record.pc);
}

TEST(EXC0103, "what the processor has for hypervisors and firmware is no instruction")
{
	static void (*const probes[])(uint64_t, uint64_t) = {vmrun, vmload, vmsave, stgi, clgi, skinit, invlpga, monitor, mwait, rsm};
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		EXPECT_TRAP(VECTOR_INVALID_OPCODE, probes[i], 0, 0);
}

/* A stack that is not there: the page fault cannot be delivered. */
static void no_stack(uint64_t address, uint64_t unused)
{
	(void)unused;
	__asm__ volatile("movq %0, %%rsp\n\tpushq $0" ::"r"(address) : "memory");
}

TEST(EXC0104, "an exception that cannot be delivered is a double fault, on its own stack")
{
	EXPECT_TRAP(VECTOR_DOUBLE_FAULT, no_stack, NOWHERE_MAPPED, 0);
	EXPECT_EQ(0, trap_record.error);
	EXPECT_EQ(NOWHERE_MAPPED - 8, trap_record.address & ~7UL);
}

static void single_step(uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	__asm__ volatile("pushf\n\torq $0x100, (%%rsp)\n\tpopf\n\tnop\n\tnop" ::: "memory", "cc");
}

TEST(EXC0105, "single steps trap")
{
	EXPECT_TRAP(VECTOR_DEBUG, single_step, 0, 0);
}

/* A single step over one instruction, with what it wants in rax, rcx and rdx; stepped_NAME is directly behind it. */
#define STEP(name, instruction, rax, rcx, rdx)                                                                                                             \
	extern const char stepped_##name[];                                                                                                                \
	static void step_##name(uint64_t unused_a, uint64_t unused_b)                                                                                      \
	{                                                                                                                                                  \
		uint64_t a = rax, c = rcx, d = rdx;                                                                                                        \
		(void)unused_a;                                                                                                                            \
		(void)unused_b;                                                                                                                            \
		__asm__ volatile("pushf\n\torq $0x100, (%%rsp)\n\tpopf\n\t" instruction "\n\tstepped_" #name ": nop"                                       \
				 : "+a"(a), "+c"(c), "+d"(d)::"rbx", "rsi", "rdi", "memory", "cc");                                                        \
	}

#define UNUSED_PORT 0x2f0
#define EMPTY_SLOT 15

STEP(cpuid, "cpuid", 0, 0, 0)
STEP(out, "outb %%al, %%dx", 0, 0, UNUSED_PORT)
STEP(in, "inl %%dx, %%eax", 0, 0, UNUSED_PORT)
STEP(rdmsr, "rdmsr", 0, MSR_PAT, 0)
STEP(apic, "rdmsr", 0, 0x808 /* the task priority */, 0)
STEP(wbinvd, "wbinvd", 0, 0, 0)
STEP(vmmcall, "vmmcall", EMPTY_SLOT, 0, 0)

TEST(EXC0106, "a single step over an instruction that others complete traps directly behind it, and says in DR6 what it was")
{
	enum { SINGLE_STEP = 1 << 14 };
	static const struct {
		void (*step)(uint64_t, uint64_t);
		const char *behind;
	} steps[] = {
		{step_cpuid, stepped_cpuid}, {step_out, stepped_out},       {step_in, stepped_in},           {step_rdmsr, stepped_rdmsr},
		{step_apic, stepped_apic},   {step_wbinvd, stepped_wbinvd}, {step_vmmcall, stepped_vmmcall},
	};
	uint64_t dr6 = register_read(dr6);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		register_write(dr6, dr6 & ~(uint64_t)SINGLE_STEP);
		EXPECT_TRAP(VECTOR_DEBUG, steps[i].step, 0, 0);
		EXPECT_EQ((uint64_t)steps[i].behind, trap_record.pc);
		EXPECT_EQ(SINGLE_STEP, register_read(dr6) & SINGLE_STEP);
	}
	register_write(dr6, dr6);
}
