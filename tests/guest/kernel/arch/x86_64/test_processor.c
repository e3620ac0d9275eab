/* SPDX-License-Identifier: BSD-2-Clause */
/* What CPUID tells, the model-specific registers, and control registers. */
#include "test.h"

static bool bit(uint32_t word, unsigned int number)
{
	return word >> number & 1;
}

static void read_msr(uint64_t number, uint64_t unused)
{
	(void)unused;
	msr_read(number);
}

static void write_msr(uint64_t number, uint64_t value)
{
	msr_write(number, value);
}

TEST(CPU0101, "CPUID tells of a hypervisor with KVM's clock, of Bulkhead, and of an x2APIC with a deadline timer")
{
	struct cpuid r = cpuid(1, 0);
	EXPECT_TRUE(bit(r.ecx, 31) && bit(r.ecx, 21) && bit(r.ecx, 24));
	EXPECT_EQ(0, r.ebx >> 24);
	EXPECT_EQ(0x4b4d564b, cpuid(0x40000000, 0).ebx);
	EXPECT_TRUE(bit(cpuid(0x40000001, 0).eax, 3) && bit(cpuid(0x40000001, 0).eax, 24));
	EXPECT_EQ(1, cpuid(0x40000101, 0).eax);
	EXPECT_EQ(16, cpuid(0x40000101, 0).ebx);
}

TEST(CPU0102, "CPUID tells of nothing that is not switched between guests")
{
	struct cpuid r = cpuid(1, 0), extended = cpuid(0x80000001, 0);
	EXPECT_TRUE(!bit(r.ecx, 3) && !bit(r.ecx, 5) && !bit(r.edx, 7) && !bit(r.edx, 14)); /* MONITOR, VMX, machine checks */
	EXPECT_TRUE(!bit(extended.ecx, 2) && !bit(extended.edx, 27));                       /* SVM, RDTSCP */
	EXPECT_EQ(0, cpuid(0xa, 0).eax);
}

static void write_xcr0(uint64_t value, uint64_t index)
{
	__asm__ volatile("xsetbv" ::"c"((uint32_t)index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

TEST(CPU0103, "XCR0 takes what leaf 13 offers and nothing else; OSXSAVE and the size of the area follow")
{
	enum { CR4_OSXSAVE = 1 << 18 };
	uint64_t cr4 = register_read(cr4);
	if (!bit(cpuid(1, 0).ecx, 26))
		return;
	EXPECT_TRUE(!bit(cpuid(1, 0).ecx, 27));
	EXPECT_TRAP(VECTOR_INVALID_OPCODE, write_xcr0, 1, 0);
	register_write(cr4, cr4 | CR4_OSXSAVE);
	EXPECT_TRUE(bit(cpuid(1, 0).ecx, 27));
	uint32_t offered = cpuid(13, 0).eax;
	EXPECT_EQ(0, trap_try(write_xcr0, offered, 0));
	EXPECT_EQ(cpuid(13, 0).ecx, cpuid(13, 0).ebx);
	EXPECT_TRAP(VECTOR_PROTECTION, write_xcr0, 1UL << 62 | 1, 0);
	EXPECT_TRAP(VECTOR_PROTECTION, write_xcr0, 2, 0);
	EXPECT_TRAP(VECTOR_PROTECTION, write_xcr0, 1, 1);
	EXPECT_EQ(0, trap_try(write_xcr0, 1, 0));
	EXPECT_EQ(576, cpuid(13, 0).ebx);
	register_write(cr4, cr4);
}

TEST(MSR0101, "an unknown register faults, read or written")
{
	static const uint32_t unknown[] = {0x3a, 0x48, 0x79, 0x10a, 0x7ff, 0x80e, 0x8ff, 0x12345678, 0xc0000103, 0xc0010117, 0xffffffff};
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		EXPECT_TRAP(VECTOR_PROTECTION, read_msr, unknown[i], 0);
		EXPECT_EQ(0, trap_record.error);
		EXPECT_TRAP(VECTOR_PROTECTION, write_msr, unknown[i], 0);
	}
}

TEST(MSR0102, "registers that the guest has for itself keep what is written")
{
	static const uint32_t own[] = {MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SFMASK, MSR_FS_BASE, MSR_GS_BASE, MSR_KERNEL_GS_BASE};
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		msr_write(own[i], 0x12340000 + i);
		cpuid(0x40000000, 0); /* an exit */
		EXPECT_EQ(0x12340000 + i, msr_read(own[i]));
	}
	msr_write(MSR_FS_BASE, 0);
	msr_write(MSR_GS_BASE, 0);
}

TEST(MSR0103, "EFER and PAT take what CPUID offers and is legal")
{
	enum { SYSCALL = 1, NX = 1 << 11, SVME = 1 << 12, LME = 1 << 8 };
	uint64_t efer = msr_read(MSR_EFER), pat = msr_read(MSR_PAT);
	msr_write(MSR_EFER, efer | SYSCALL | NX);
	EXPECT_EQ(efer | SYSCALL | NX, msr_read(MSR_EFER));
	EXPECT_TRAP(VECTOR_PROTECTION, write_msr, MSR_EFER, efer | SVME);
	EXPECT_TRAP(VECTOR_PROTECTION, write_msr, MSR_EFER, efer & ~(uint64_t)LME);
	msr_write(MSR_EFER, efer);
	msr_write(MSR_PAT, 0x0007010600070106);
	EXPECT_EQ(0x0007010600070106, msr_read(MSR_PAT));
	EXPECT_TRAP(VECTOR_PROTECTION, write_msr, MSR_PAT, 2);
	msr_write(MSR_PAT, pat);
}

TEST(MSR0104, "memory type ranges and the APIC's base are as on any machine")
{
	EXPECT_EQ(8, msr_read(MSR_MTRR_CAP) & 0xff);
	msr_write(MSR_MTRR_BASE0, 0xc0000000);
	EXPECT_EQ(0xc0000000, msr_read(MSR_MTRR_BASE0));
	EXPECT_TRAP(VECTOR_PROTECTION, write_msr, MSR_MTRR_DEFAULT, 2);
	msr_write(MSR_APIC_BASE, msr_read(MSR_APIC_BASE));
	EXPECT_TRAP(VECTOR_PROTECTION, write_msr, MSR_APIC_BASE, msr_read(MSR_APIC_BASE) & ~(1UL << 10));
}

TEST(MSR0105, "the time-stamp counter is the guest's to set, and KVM's clock goes on over it")
{
	static _Alignas(64) volatile struct {
		uint32_t version, pad;
		uint64_t tsc, nanoseconds;
		uint32_t multiplier;
		int8_t shift;
		uint8_t flags, rest[2];
	} clock;
	EXPECT_TRAP(VECTOR_PROTECTION, write_msr, MSR_KVM_SYSTEM_TIME, (platform.memory_base + platform.memory_size - 8) | 1);
	msr_write(MSR_KVM_SYSTEM_TIME, (uint64_t)&clock | 1);
	EXPECT_EQ(0, clock.version % 2);
	EXPECT_EQ(1, clock.flags);
	EXPECT_TRUE(clock.multiplier);
	uint64_t before = now(), start = clock.tsc;
	msr_write(MSR_TSC, before + (1UL << 40));
	EXPECT_TRUE(now() - before >= 1UL << 40 && now() - before < 1UL << 41);
	EXPECT_TRUE(clock.tsc - start >= (1UL << 40) - platform.timebase && clock.tsc - start <= 1UL << 40);
	msr_write(MSR_TSC, before);
	msr_write(MSR_KVM_SYSTEM_TIME, 0);
}

TEST(CRG0101, "control registers keep what is written")
{
	enum { CR0_WP = 1 << 16, CR0_TS = 1 << 3, CR4_PGE = 1 << 7 };
	uint64_t cr0 = register_read(cr0), cr4 = register_read(cr4);
	register_write(cr0, cr0 | CR0_WP | CR0_TS);
	register_write(cr4, cr4 | CR4_PGE);
	register_write(cr2, 0x123456789abc);
	cpuid(0x40000000, 0); /* an exit */
	EXPECT_EQ(cr0 | CR0_WP | CR0_TS, register_read(cr0));
	EXPECT_EQ(cr4 | CR4_PGE, register_read(cr4));
	EXPECT_EQ(0x123456789abc, register_read(cr2));
	register_write(cr0, cr0);
	register_write(cr4, cr4);
}

#define CONTROL_WRITE(name) \
	static void write_##name(uint64_t value, uint64_t unused) \
	{ \
		(void)unused; \
		register_write(name, value); \
	}

CONTROL_WRITE(cr0)
CONTROL_WRITE(cr3)
CONTROL_WRITE(cr4)
CONTROL_WRITE(dr6)
CONTROL_WRITE(dr7)

/* But for the upper halves of CR0 and CR8, which QEMU 7.2 does not look at. */
TEST(CRG0104, "a value that a control or debug register cannot have is a protection fault at its instruction, and changes nothing")
{
	enum { CR0_PE = 1, CR0_NW = 1 << 29, CR0_CD = 1 << 30, CR0_PG = 1U << 31 };
	uint64_t cr0 = register_read(cr0), cr3 = register_read(cr3), cr4 = register_read(cr4), dr6 = register_read(dr6), dr7 = register_read(dr7);
	const uint64_t impossible[] = {(cr0 | CR0_NW) & ~(uint64_t)CR0_CD, cr0 & ~(uint64_t)CR0_PE, cr0 & ~(uint64_t)CR0_PG};
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
		EXPECT_TRAP(VECTOR_PROTECTION, write_cr0, impossible[i], 0);
		EXPECT_EQ(0, trap_record.error);
		EXPECT_EQ(cr0, register_read(cr0));
		EXPECT_EQ(dr6, register_read(dr6));
	}
	static const uint64_t never[] = {1UL << 13, 1UL << 15, 1UL << 19, 1UL << 31, 1UL << 40, 1UL << 63};
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		EXPECT_TRAP(VECTOR_PROTECTION, write_cr4, cr4 | never[i], 0);
		EXPECT_EQ(0, trap_record.error);
		EXPECT_EQ(cr4, register_read(cr4));
		cpuid(0x40000000, 0); /* an exit just before the next */
	}
	EXPECT_TRAP(VECTOR_PROTECTION, write_cr3, cr3 | 1UL << 62, 0);
	EXPECT_EQ(cr3, register_read(cr3));
	EXPECT_TRAP(VECTOR_PROTECTION, write_dr6, 1UL << 32, 0);
	EXPECT_TRAP(VECTOR_PROTECTION, write_dr7, 1UL << 32 | dr7, 0);
	EXPECT_EQ(dr7, register_read(dr7));
}

static void identify_and_write_cr4(uint64_t value, uint64_t unused)
{
	uint32_t eax = 0;
	(void)unused;
	__asm__ volatile("cpuid\n\tmov %1, %%cr4" : "+a"(eax) : "r"(value) : "rbx", "rcx", "rdx");
}

TEST(CRG0105, "so is one behind an instruction that exits, again and again")
{
	for (unsigned int i = 0; i < 100; i++)
		EXPECT_TRAP(VECTOR_PROTECTION, identify_and_write_cr4, register_read(cr4) | 1UL << 40, 0);
}

TEST(CRG0102, "debug registers are the guest's over exits")
{
	static const uint64_t values[] = {0x1000, 0x2000, 0x3000, 0x7fff00004000};
	register_write(dr0, values[0]);
	register_write(dr1, values[1]);
	register_write(dr2, values[2]);
	register_write(dr3, values[3]);
	for (unsigned int i = 0; i < 100; i++)
		hypercall(0, HYPERCALL_GET_VERSION, 0, 0, 0, 0, 0);
	EXPECT_EQ(values[0], register_read(dr0));
	EXPECT_EQ(values[1], register_read(dr1));
	EXPECT_EQ(values[2], register_read(dr2));
	EXPECT_EQ(values[3], register_read(dr3));
}

TEST(CRG0103, "the FPU's registers are the guest's over exits")
{
	enum { CR4_OSFXSR = 1 << 9 };
	uint64_t out[2] = {0, 0};
	const uint64_t in[2] = {0x0123456789abcdef, 0xfedcba9876543210};
	register_write(cr4, register_read(cr4) | CR4_OSFXSR);
	__asm__ volatile("movups %0, %%xmm5" ::"m"(in));
	for (unsigned int i = 0; i < 1000; i++)
		hypercall(0, HYPERCALL_GET_VERSION, 0, 0, 0, 0, 0);
	__asm__ volatile("movups %%xmm5, %0" : "=m"(out));
	EXPECT_EQ(in[0], out[0]);
	EXPECT_EQ(in[1], out[1]);
}
