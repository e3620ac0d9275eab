/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/print.h>

#define CPUID_FEATURES 1
#define CPUID_FEATURES_7 7
#define CPUID_XSAVE 0xd
#define CPUID_EXTENDED 0x80000000
#define CPUID_EXTENDED_FEATURES 0x80000001
#define CPUID_ADDRESS_SIZES 0x80000008
#define CPUID_SVM 0x8000000a

/* Leaf 1. */
#define ECX_PCID (1U << 17)
#define ECX_X2APIC (1U << 21)
#define ECX_TSC_DEADLINE (1U << 24)
#define ECX_XSAVE (1U << 26)
#define ECX_HYPERVISOR (1U << 31)
#define EDX_APIC (1U << 9)
/* Leaf 7. */
#define EBX_SMEP (1U << 7)
#define EBX_INVPCID (1U << 10)
#define EBX_SMAP (1U << 20)
#define ECX_UMIP (1U << 2)
/* Leaf 80000001. */
#define ECX_SVM (1U << 2)
#define EDX_GIGAPAGES (1U << 26)
/* Leaf 8000000a. */
#define EDX_NESTED_PAGING (1U << 0)

#define VM_CR_SVM_DISABLED (1U << 4)
#define PADDR_BITS_LEAST 36 /* where the processor does not say */

#define FXSAVE_SIZE 512

struct machine machine;

/* All zero where the processor does not have the leaf. */
static struct cpuid ask(uint32_t leaf, uint32_t subleaf)
{
	if (cpuid(leaf & CPUID_EXTENDED, 0).eax < leaf)
		return (struct cpuid){0};
	return cpuid(leaf, subleaf);
}

static bool svm_is_usable(void)
{
	if (!(ask(CPUID_EXTENDED_FEATURES, 0).ecx & ECX_SVM) || !(ask(CPUID_SVM, 0).edx & EDX_NESTED_PAGING))
		return false;
	return !(msr_read(MSR_VM_CR) & VM_CR_SVM_DISABLED);
}

static void discover(void)
{
	struct cpuid features = ask(CPUID_FEATURES, 0);
	unsigned paddr_bits = ask(CPUID_ADDRESS_SIZES, 0).eax & 0xff;
	if (!(features.edx & EDX_APIC))
		panic("the processor has no local APIC, or firmware has turned it off", features.edx);
	machine.paddr_bits = paddr_bits ? paddr_bits : PADDR_BITS_LEAST;
	machine.is_virtual = features.ecx & ECX_HYPERVISOR;
	machine.has_x2apic = features.ecx & ECX_X2APIC;
	machine.has_tsc_deadline = features.ecx & ECX_TSC_DEADLINE;
	machine.has_pcid = features.ecx & ECX_PCID;
	machine.has_xsave = features.ecx & ECX_XSAVE;
	machine.has_invpcid = ask(CPUID_FEATURES_7, 0).ebx & EBX_INVPCID;
	machine.has_gigapages = ask(CPUID_EXTENDED_FEATURES, 0).edx & EDX_GIGAPAGES;
	machine.has_svm = svm_is_usable();
}

/* Whether the processor has all of the components, and they lie where a thread has room for them. */
static bool components_fit(uint64_t components)
{
	struct cpuid all = ask(CPUID_XSAVE, 0);
	if (components & ~((uint64_t)all.edx << 32 | all.eax))
		return false;
	for (; components; components &= components - 1) {
		struct cpuid component = ask(CPUID_XSAVE, (uint32_t)__builtin_ctzl(components));
		if (component.eax > FPU_AREA_SIZE || component.ebx > FPU_AREA_SIZE - component.eax)
			return false;
	}
	return true;
}

static void prepare_fpu(void)
{
	machine.xcr0 = XCR0_X87 | XCR0_SSE;
	machine.fpu_size = FXSAVE_SIZE;
	cr4_write(cr4_read() | CR4_OSFXSR | CR4_OSXMMEXCPT);
	if (!machine.has_xsave)
		return;
	cr4_write(cr4_read() | CR4_OSXSAVE);
	if (components_fit(XCR0_AVX))
		machine.xcr0 |= XCR0_AVX;
	if (machine.xcr0 & XCR0_AVX && components_fit(XCR0_AVX512))
		machine.xcr0 |= XCR0_AVX512;
	xcr0_write(machine.xcr0);
	/* Of what is turned on. */
	machine.fpu_size = ask(CPUID_XSAVE, 0).ebx;
	cr4_write(cr4_read() & ~(word_t)CR4_OSXSAVE); /* as cpu->arch.fpu_on has it */
	KERNEL_ASSERT(machine.fpu_size >= XSAVE_HEADER_END && machine.fpu_size <= FPU_AREA_SIZE, machine.fpu_size);
}

/* A user's memory and code are out of the kernel's reach, and what the processor's tables are is not told to users. */
static void protect(void)
{
	struct cpuid features = ask(CPUID_FEATURES_7, 0);
	word_t cr4 = cr4_read() | CR4_DE | CR4_MCE;
	if (features.ebx & EBX_SMEP)
		cr4 |= CR4_SMEP;
	if (features.ebx & EBX_SMAP)
		cr4 |= CR4_SMAP;
	if (features.ecx & ECX_UMIP)
		cr4 |= CR4_UMIP;
	cr4_write(cr4);
}

void machine_boot(void)
{
	discover();
	prepare_fpu();
	protect();
}
