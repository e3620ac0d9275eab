/* SPDX-License-Identifier: BSD-2-Clause */
#include <cpuid.h>
#include <host_test.h>

#include <string.h>

/* A host that has everything, or nothing but what a test gives it. */
static uint32_t ones = UINT32_MAX;

static struct cpuid_registers xsave_component(uint32_t index)
{
	static const struct cpuid_registers components[] = {[2] = {256, 576, 0, 0}, [5] = {8, 1088, 0, 0}, [6] = {512, 1152, 2, 0}, [9] = {8, 2696, 0, 0}};
	if (index < 2)
		return (struct cpuid_registers){ones, ones, ones, ones};
	return index < sizeof(components) / sizeof(components[0]) ? components[index] : (struct cpuid_registers){0};
}

struct cpuid_registers cpuid_native(uint32_t leaf, uint32_t subleaf)
{
	if (leaf == 0xd)
		return xsave_component(subleaf);
	if (leaf == 0x80000008)
		return (struct cpuid_registers){.eax = 52 | 57 << 8, .ebx = ones, .ecx = ones};
	return (struct cpuid_registers){ones, ones, ones, ones};
}

static const struct cpuid_guest guest = {.xcr0 = 7, .xcr0_mask = 7, .tsc_khz = 2500000};

static bool bit(uint32_t word, unsigned int number)
{
	return word >> number & 1;
}

TEST(VCI0101, "features that the kernel does not switch, or this machine has not, are not told")
{
	struct cpuid_registers r = cpuid_answer(&guest, 1, 0);
	static const unsigned int absent_ecx[] = {2, 3, 5, 6, 7, 8, 10, 11, 14, 15, 18}; /* DTES64, MONITOR, VMX, SMX, ... */
	for (unsigned int i = 0; i < sizeof(absent_ecx) / sizeof(absent_ecx[0]); i++)
		EXPECT_TRUE(!bit(r.ecx, absent_ecx[i]));
	EXPECT_TRUE(!bit(r.edx, 7) && !bit(r.edx, 14) && !bit(r.edx, 28)); /* MCE, MCA, HTT */
	r = cpuid_answer(&guest, 0x80000001, 0);
	EXPECT_TRUE(!bit(r.ecx, 2) && !bit(r.ecx, 22) && !bit(r.ecx, 23) && !bit(r.ecx, 29)); /* SVM, TOPOEXT, PERFCTR, MWAITX */
	EXPECT_TRUE(!bit(r.edx, 27)); /* RDTSCP: nobody switches TSC_AUX */
	r = cpuid_answer(&guest, 7, 0);
	EXPECT_EQ(0, r.eax);
	EXPECT_TRUE(!bit(r.ebx, 16) && !bit(r.ecx, 3) && !bit(r.edx, 26)); /* AVX512F, PKU, IBRS */
	EXPECT_EQ(0, cpuid_answer(&guest, 5, 0).ecx);
	EXPECT_EQ(0, cpuid_answer(&guest, 10, 0).eax);
}

TEST(VCI0102, "what this machine adds is there, whatever the host has")
{
	for (ones = 0;; ones = UINT32_MAX) {
		struct cpuid_registers r = cpuid_answer(&guest, 1, 0);
		EXPECT_TRUE(bit(r.ecx, 21) && bit(r.ecx, 24) && bit(r.ecx, 31)); /* x2APIC, TSC deadline, hypervisor */
		EXPECT_TRUE(bit(r.edx, 9) && bit(r.edx, 12));                    /* APIC, MTRR */
		EXPECT_EQ(0, r.ebx >> 24);
		EXPECT_EQ(4, cpuid_answer(&guest, 6, 0).eax);
		if (ones)
			break;
	}
}

TEST(VCI0103, "OSXSAVE follows the guest's CR4, and AVX what the kernel switches")
{
	struct cpuid_guest other = guest;
	EXPECT_TRUE(!bit(cpuid_answer(&other, 1, 0).ecx, 27));
	EXPECT_TRUE(bit(cpuid_answer(&other, 1, 0).ecx, 28));
	EXPECT_TRUE(bit(cpuid_answer(&other, 7, 0).ebx, 5));
	other.cr4 = 1 << 18;
	EXPECT_TRUE(bit(cpuid_answer(&other, 1, 0).ecx, 27));
	other.xcr0_mask = 3;
	EXPECT_TRUE(!bit(cpuid_answer(&other, 1, 0).ecx, 28));
	EXPECT_TRUE(!bit(cpuid_answer(&other, 7, 0).ebx, 5));
	other.xcr0_mask = 0;
	EXPECT_TRUE(!bit(cpuid_answer(&other, 1, 0).ecx, 26) && !bit(cpuid_answer(&other, 1, 0).ecx, 27));
	EXPECT_EQ(0, cpuid_answer(&other, 0xd, 0).eax);
}

TEST(VCI0104, "the sizes of XSAVE areas count the components that may be, and are, in use")
{
	struct cpuid_guest other = guest;
	struct cpuid_registers r = cpuid_answer(&other, 0xd, 0);
	EXPECT_EQ(7, r.eax);
	EXPECT_EQ(576 + 256, r.ebx);
	EXPECT_EQ(576 + 256, r.ecx);
	other.xcr0 = 3;
	EXPECT_EQ(576, cpuid_answer(&other, 0xd, 0).ebx);
	other.xcr0_mask = other.xcr0 = 0x63;
	r = cpuid_answer(&other, 0xd, 0);
	EXPECT_EQ(1152 + 512, r.ebx);
	/* Compacted, component 5 follows the header, and 6 asks for alignment. */
	r = cpuid_answer(&other, 0xd, 1);
	EXPECT_EQ(7, r.eax);
	EXPECT_EQ(640 + 512, r.ebx);
	EXPECT_EQ(0, r.ecx);
	EXPECT_EQ(8, cpuid_answer(&other, 0xd, 5).eax);
	EXPECT_EQ(0, cpuid_answer(&other, 0xd, 9).eax);
	EXPECT_EQ(0, cpuid_answer(&other, 0xd, UINT32_MAX).eax);
}

TEST(VCI0105, "the hypervisor's leaves: KVM's clock, timing, and Bulkhead's hypercall")
{
	struct cpuid_registers r = cpuid_answer(&guest, 0x40000000, 0);
	EXPECT_EQ(0x40000010, r.eax);
	EXPECT_EQ(0, memcmp(&r.ebx, "KVMKVMKVM\0\0\0", 12));
	r = cpuid_answer(&guest, 0x40000001, 0);
	EXPECT_EQ(1 << 24 | 1 << 3 | 1 << 1, r.eax);
	EXPECT_EQ(2500000, cpuid_answer(&guest, 0x40000010, 0).eax);
	r = cpuid_answer(&guest, 0x40000100, 0);
	EXPECT_EQ(0x40000101, r.eax);
	EXPECT_EQ(0, memcmp(&r.ebx, "Bulkhead    ", 12));
	EXPECT_EQ(1, cpuid_answer(&guest, 0x40000101, 0).eax);
	EXPECT_EQ(16, cpuid_answer(&guest, 0x40000101, 0).ebx);
}

TEST(VCI0106, "addresses are as wide as nested paging makes them; topology is one thread")
{
	EXPECT_EQ(48 | 48 << 8, cpuid_answer(&guest, 0x80000008, 0).eax);
	EXPECT_EQ(0, cpuid_answer(&guest, 0x80000008, 0).ecx);
	EXPECT_EQ(48, cpuid_address_bits());
	EXPECT_EQ(1, cpuid_answer(&guest, 0xb, 0).ebx);
	EXPECT_EQ(0x100, cpuid_answer(&guest, 0xb, 0).ecx);
	EXPECT_EQ(0x201, cpuid_answer(&guest, 0xb, 1).ecx);
	EXPECT_EQ(0x002, cpuid_answer(&guest, 0xb, 2).ecx);
	EXPECT_EQ(0, cpuid_answer(&guest, 4, 0).eax >> 14);
}

TEST(VCI0107, "leaves beyond the highest, and any others, are empty")
{
	EXPECT_EQ(0xd, cpuid_answer(&guest, 0, 0).eax);
	EXPECT_EQ(0x80000008, cpuid_answer(&guest, 0x80000000, 0).eax);
	static const uint32_t empty[] = {0xe, 0x14, 0x1f, 0x10000000, 0x40000002, 0x40000102, 0x80000009, 0x8000001f, 0x8ffffffe, 0xc0000000, UINT32_MAX};
	for (unsigned int i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		struct cpuid_registers r = cpuid_answer(&guest, empty[i], 0);
		EXPECT_EQ(0, r.eax | r.ebx | r.ecx | r.edx);
	}
}

TEST(VCI0108, "any leaf, subleaf and state is answered")
{
	for (unsigned int i = 0; i < 200000; i++) {
		struct cpuid_guest any = {host_random(), host_random(), host_random(), host_random()};
		uint64_t r = host_random();
		cpuid_answer(&any, (uint32_t)(r & 0xf000001f), r >> 32 >> (r >> 28 & 31));
	}
}
