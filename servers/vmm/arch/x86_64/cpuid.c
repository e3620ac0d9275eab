/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpuid.h"

#include <servers/vmm.h>

#include "hypercall.h"

#define BIT(n) (1U << (n))

enum leaf {
	LEAF_VENDOR = 0,
	LEAF_FEATURES = 1,
	LEAF_CACHES_INTEL = 2,
	LEAF_CACHE_PARAMETERS = 4,
	LEAF_POWER = 6,
	LEAF_MORE_FEATURES = 7,
	LEAF_TOPOLOGY = 0xb,
	LEAF_XSAVE = 0xd,
	LEAF_STANDARD_MAX = LEAF_XSAVE,
};

enum extended_leaf {
	LEAF_EXTENDED = 0x80000000,
	LEAF_EXTENDED_FEATURES = 0x80000001,
	LEAF_NAME_FIRST = 0x80000002,
	LEAF_NAME_LAST = 0x80000004,
	LEAF_CACHES_AMD_L1 = 0x80000005,
	LEAF_CACHES_AMD_L2 = 0x80000006,
	LEAF_TSC = 0x80000007,
	LEAF_SIZES = 0x80000008,
	LEAF_EXTENDED_MAX = LEAF_SIZES,
};

/* KVM's leaves, for its clock (Documentation/virt/kvm/x86/cpuid.rst), the timing leaf that several hypervisors share, and Bulkhead's own. */
enum hypervisor_leaf {
	LEAF_KVM = 0x40000000,
	LEAF_KVM_FEATURES = 0x40000001,
	LEAF_TIMING = 0x40000010,
	LEAF_HYPERVISOR_MAX = LEAF_TIMING,
	LEAF_BULKHEAD = CPUID_BULKHEAD,
	LEAF_BULKHEAD_INTERFACE = CPUID_BULKHEAD + 1,
};
enum { KVM_NO_IO_DELAY = BIT(1), KVM_CLOCKSOURCE2 = BIT(3), KVM_CLOCKSOURCE_STABLE = BIT(24) };

/* --- What is passed on where the host has it --- */

enum { ECX_X2APIC = BIT(21), ECX_TSC_DEADLINE = BIT(24), ECX_XSAVE = BIT(26), ECX_OSXSAVE = BIT(27), ECX_HYPERVISOR = BIT(31) };
enum { ECX_FMA = BIT(12), ECX_AVX = BIT(28), ECX_F16C = BIT(29) };
/* SSE3, PCLMULQDQ, SSSE3, FMA, CMPXCHG16B, PCID, SSE4.1, SSE4.2, MOVBE, POPCNT, AES, XSAVE, AVX, F16C, RDRAND */
#define FEATURES_ECX (BIT(0) | BIT(1) | BIT(9) | ECX_FMA | BIT(13) | BIT(17) | BIT(19) | BIT(20) | BIT(22) | BIT(23) | BIT(25) | ECX_XSAVE | ECX_AVX | ECX_F16C | BIT(30))
/* FPU, VME, DE, PSE, TSC, MSR, PAE, CMPXCHG8B, APIC, SEP, MTRR, PGE, CMOV, PAT, PSE36, CLFLUSH, MMX, FXSR, SSE, SSE2 */
#define FEATURES_EDX (BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(8) | BIT(9) | BIT(11) | BIT(12) | BIT(13) | BIT(15) | BIT(16) | BIT(17) | \
		      BIT(19) | BIT(23) | BIT(24) | BIT(25) | BIT(26))
enum { EDX_APIC = BIT(9), EDX_MTRR = BIT(12) };

enum { EBX_AVX2 = BIT(5) };
/* FSGSBASE, BMI1, AVX2, SMEP, BMI2, ERMS, INVPCID, RDSEED, ADX, SMAP, CLFLUSHOPT, CLWB, SHA */
#define MORE_EBX (BIT(0) | BIT(3) | EBX_AVX2 | BIT(7) | BIT(8) | BIT(9) | BIT(10) | BIT(18) | BIT(19) | BIT(20) | BIT(23) | BIT(24) | BIT(29))
enum { ECX_VAES = BIT(9), ECX_VPCLMULQDQ = BIT(10) };
/* UMIP, VAES, VPCLMULQDQ */
#define MORE_ECX (BIT(2) | ECX_VAES | ECX_VPCLMULQDQ)
/* FSRM */
#define MORE_EDX BIT(4)

enum { ECX_XOP = BIT(11), ECX_FMA4 = BIT(16) };
/* LAHF, CR8 by LOCK, ABM, SSE4A, misaligned SSE, PREFETCHW, XOP, FMA4, TBM */
#define EXTENDED_ECX (BIT(0) | BIT(4) | BIT(5) | BIT(6) | BIT(7) | BIT(8) | ECX_XOP | ECX_FMA4 | BIT(21))
/* SYSCALL, NX, MMX extensions, pages of 1 GiB, long mode */
#define EXTENDED_EDX (BIT(11) | BIT(20) | BIT(22) | BIT(26) | BIT(29))
/* Those of leaf 1 that AMD tells here again: FPU to CMPXCHG8B, APIC, MTRR, PGE, CMOV, PAT, PSE36, MMX, FXSR */
#define MIRRORED_EDX (BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(8) | BIT(9) | BIT(12) | BIT(13) | BIT(15) | BIT(16) | BIT(17) | BIT(23) | BIT(24))

#define POWER_ARAT BIT(2)         /* the APIC's timer never stops */
#define TSC_INVARIANT BIT(8)
#define XSAVE_PER_EXTENSIONS (BIT(0) | BIT(1) | BIT(2)) /* XSAVEOPT, XSAVEC, XGETBV of the bits in use */
#define XSAVE_ALIGNED BIT(1)
#define CACHE_TYPE 31U
#define CACHE_SHARING 0xffffc000U /* by how many threads and cores */

#define XCR0_AVX BIT(2)
#define XSAVE_HEADER_END 576U     /* legacy area and header */
#define XSAVE_COMPONENTS 63

/* The nested page tables have four levels. */
#define ADDRESS_BITS_MAX 48
#define LINEAR_BITS 48

static const struct cpuid_registers nothing;

static struct cpuid_registers signature(const char text[12], uint32_t highest)
{
	struct cpuid_registers r = {.eax = highest};
	__builtin_memcpy(&r.ebx, text, 4);
	__builtin_memcpy(&r.ecx, text + 4, 4);
	__builtin_memcpy(&r.edx, text + 8, 4);
	return r;
}

static struct cpuid_registers vendor(void)
{
	struct cpuid_registers r = cpuid_native(LEAF_VENDOR, 0);
	r.eax = LEAF_STANDARD_MAX;
	return r;
}

static struct cpuid_registers features(const struct cpuid_guest *guest)
{
	enum { CR4_OSXSAVE = BIT(18), CLFLUSH_SIZE = 0xff00 };
	struct cpuid_registers r = cpuid_native(LEAF_FEATURES, 0);
	r.ebx = (r.ebx & CLFLUSH_SIZE) | BIT(16); /* APIC ID 0, one logical processor */
	r.ecx = (r.ecx & FEATURES_ECX) | ECX_X2APIC | ECX_TSC_DEADLINE | ECX_HYPERVISOR;
	r.edx = (r.edx & FEATURES_EDX) | EDX_APIC | EDX_MTRR;
	if (!guest->xcr0_mask)
		r.ecx &= ~ECX_XSAVE;
	if (!(guest->xcr0_mask & XCR0_AVX))
		r.ecx &= ~(ECX_FMA | ECX_AVX | ECX_F16C);
	if (r.ecx & ECX_XSAVE && guest->cr4 & CR4_OSXSAVE)
		r.ecx |= ECX_OSXSAVE;
	return r;
}

static struct cpuid_registers more_features(const struct cpuid_guest *guest, uint32_t subleaf)
{
	struct cpuid_registers r = cpuid_native(LEAF_MORE_FEATURES, 0);
	if (subleaf)
		return nothing;
	r.eax = 0; /* the highest subleaf */
	r.ebx &= MORE_EBX;
	r.ecx &= MORE_ECX;
	r.edx &= MORE_EDX;
	if (!(guest->xcr0_mask & XCR0_AVX)) {
		r.ebx &= ~EBX_AVX2;
		r.ecx &= ~(ECX_VAES | ECX_VPCLMULQDQ);
	}
	return r;
}

/* One thread in one core in one package; x2APIC ID 0. */
static struct cpuid_registers topology(uint32_t subleaf)
{
	enum { TYPE_SHIFT = 8, TYPE_THREAD = 1, TYPE_CORE = 2 };
	static const uint32_t types[] = {TYPE_THREAD, TYPE_CORE};
	if (subleaf >= sizeof(types) / sizeof(types[0]))
		return (struct cpuid_registers){.ecx = subleaf & 0xff};
	return (struct cpuid_registers){.ebx = 1, .ecx = types[subleaf] << TYPE_SHIFT | subleaf};
}

/* --- XSAVE: the host's component sizes, over the components that the guest may use --- */

static uint32_t xsave_standard_size(uint64_t components)
{
	uint32_t size = XSAVE_HEADER_END;
	for (unsigned int i = 2; i < XSAVE_COMPONENTS; i++) {
		if (!(components >> i & 1))
			continue;
		struct cpuid_registers component = cpuid_native(LEAF_XSAVE, i);
		if (component.ebx + component.eax > size)
			size = component.ebx + component.eax;
	}
	return size;
}

static uint32_t xsave_compact_size(uint64_t components)
{
	enum { ALIGNMENT = 64 };
	uint32_t size = XSAVE_HEADER_END;
	for (unsigned int i = 2; i < XSAVE_COMPONENTS; i++) {
		if (!(components >> i & 1))
			continue;
		struct cpuid_registers component = cpuid_native(LEAF_XSAVE, i);
		if (component.ecx & XSAVE_ALIGNED)
			size = (size + ALIGNMENT - 1) & -ALIGNMENT;
		size += component.eax;
	}
	return size;
}

static struct cpuid_registers xsave(const struct cpuid_guest *guest, uint32_t subleaf)
{
	uint64_t mask = guest->xcr0_mask;
	if (!mask || subleaf >= XSAVE_COMPONENTS)
		return nothing;
	struct cpuid_registers r = cpuid_native(LEAF_XSAVE, subleaf);
	if (subleaf == 0)
		return (struct cpuid_registers){mask, xsave_standard_size(guest->xcr0), xsave_standard_size(mask), mask >> 32};
	if (subleaf == 1)
		return (struct cpuid_registers){.eax = r.eax & XSAVE_PER_EXTENSIONS, .ebx = xsave_compact_size(guest->xcr0)};
	if (!(mask >> subleaf & 1))
		return nothing;
	r.ecx &= XSAVE_ALIGNED;
	r.edx = 0;
	return r;
}

/* --- Extended leaves --- */

static struct cpuid_registers extended_features(const struct cpuid_guest *guest)
{
	struct cpuid_registers r = cpuid_native(LEAF_EXTENDED_FEATURES, 0);
	r.ecx &= EXTENDED_ECX;
	r.edx = (r.edx & (EXTENDED_EDX | MIRRORED_EDX)) | (r.edx & MIRRORED_EDX ? EDX_APIC | EDX_MTRR : 0);
	if (!(guest->xcr0_mask & XCR0_AVX))
		r.ecx &= ~(ECX_XOP | ECX_FMA4);
	return r;
}

unsigned int cpuid_address_bits(void)
{
	unsigned int bits = cpuid_native(LEAF_SIZES, 0).eax & 0xff;
	return bits < ADDRESS_BITS_MAX ? bits : ADDRESS_BITS_MAX;
}

static struct cpuid_registers extended(const struct cpuid_guest *guest, uint32_t leaf)
{
	struct cpuid_registers r = cpuid_native(leaf, 0);
	switch (leaf) {
	case LEAF_EXTENDED: r.eax = LEAF_EXTENDED_MAX; return r;
	case LEAF_EXTENDED_FEATURES: return extended_features(guest);
	case LEAF_NAME_FIRST ... LEAF_NAME_LAST:
	case LEAF_CACHES_AMD_L1:
	case LEAF_CACHES_AMD_L2: return r;
	case LEAF_TSC: return (struct cpuid_registers){.edx = r.edx & TSC_INVARIANT};
	case LEAF_SIZES: return (struct cpuid_registers){.eax = cpuid_address_bits() | LINEAR_BITS << 8};
	default: return nothing;
	}
}

static struct cpuid_registers standard(const struct cpuid_guest *guest, uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_registers r;
	switch (leaf) {
	case LEAF_VENDOR: return vendor();
	case LEAF_FEATURES: return features(guest);
	case LEAF_CACHES_INTEL: return cpuid_native(leaf, 0);
	case LEAF_CACHE_PARAMETERS:
		r = cpuid_native(leaf, subleaf);
		r.eax &= ~CACHE_SHARING;
		return r.eax & CACHE_TYPE ? r : nothing;
	case LEAF_POWER: return (struct cpuid_registers){.eax = POWER_ARAT};
	case LEAF_MORE_FEATURES: return more_features(guest, subleaf);
	case LEAF_TOPOLOGY: return topology(subleaf);
	case LEAF_XSAVE: return xsave(guest, subleaf);
	default: return nothing;
	}
}

static struct cpuid_registers hypervisor(const struct cpuid_guest *guest, uint32_t leaf)
{
	switch (leaf) {
	case LEAF_KVM: return signature("KVMKVMKVM\0\0\0", LEAF_HYPERVISOR_MAX);
	case LEAF_KVM_FEATURES: return (struct cpuid_registers){.eax = KVM_NO_IO_DELAY | KVM_CLOCKSOURCE2 | KVM_CLOCKSOURCE_STABLE};
	case LEAF_TIMING: return (struct cpuid_registers){.eax = guest->tsc_khz, .ebx = guest->tsc_khz}; /* the APIC's timer counts as the TSC does */
	case LEAF_BULKHEAD: return signature("Bulkhead    ", LEAF_BULKHEAD_INTERFACE);
	case LEAF_BULKHEAD_INTERFACE: return (struct cpuid_registers){.eax = HYPERCALL_VERSION, .ebx = VMM_GUEST_SLOTS};
	default: return nothing;
	}
}

/* Beyond the highest leaf of a range processors differ: nothing is AMD's way. */
struct cpuid_registers cpuid_answer(const struct cpuid_guest *guest, uint32_t leaf, uint32_t subleaf)
{
	switch (leaf >> 28) {
	case 0: return standard(guest, leaf, subleaf);
	case 4: return hypervisor(guest, leaf);
	case 8: return extended(guest, leaf);
	default: return nothing;
	}
}
