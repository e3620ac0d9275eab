/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers of the x87, SSE and AVX are reached by nobody but the thread whose they are: not by the instructions of XSAVE either, which QEMU 7.2 lets pass where the
 * processor is to trap. A thread has filled its registers with a mark; another, which may use the FPU and has not yet, begins with each of the ways to read or load them.
 */
#include "../../suite.h"

#include <cpuid.h>
#include <string.h>

#include <l4/abi/fault.h>
#include <l4/startup.h>
#include <l4/stubs.h>

#define AREA_SIZE 4096
#define MARK 0xa5
#define FCW_MARK 0x27f     /* double precision */
#define MXCSR_MARK 0x3f80  /* rounds down */
#define FCW_INITIAL 0x37f
#define MXCSR_INITIAL 0x1f80
#define REGISTERS 32       /* the x87's */
#define SSE 160
#define REGISTERS_END 416
#define KEPT_BY_C 288      /* xmm8 and up: C code between two system calls has no use for them */
#define HEADER 512

struct area {
	union {
		uint8_t byte[AREA_SIZE];
		struct {
			uint16_t fcw, fsw;
			uint8_t ftw;
			uint8_t pad[19];
			uint32_t mxcsr;
		};
	};
} __attribute__((aligned(64)));

static struct area marked, seen, loaded, kept;
static l4_cap_t go;

static bool cpu_has(unsigned int leaf, unsigned int subleaf, int word, unsigned int bit)
{
	unsigned int r[4] = {0};

	__get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3]);
	return r[word] >> bit & 1;
}

static void xsave(struct area *area)
{
	__asm__ volatile("xsave64 %0" : "+m"(*area) : "a"(-1), "d"(-1) : "memory");
}

static void xrstor(const struct area *area)
{
	__asm__ volatile("xrstor64 %0" : : "m"(*area), "a"(-1), "d"(-1) : "memory");
}

static void begin_xsave(void)
{
	xsave(&seen);
}

static void begin_xsaveopt(void)
{
	__asm__ volatile("xsaveopt64 %0" : "+m"(seen) : "a"(-1), "d"(-1) : "memory");
}

static void begin_xsavec(void)
{
	__asm__ volatile("xsavec64 %0" : "+m"(seen) : "a"(-1), "d"(-1) : "memory");
}

static void begin_xrstor(void)
{
	xrstor(&loaded);
	xsave(&seen);
}

static void begin_fxsave(void)
{
	__asm__ volatile("fxsave64 %0" : "+m"(seen) : : "memory");
}

static void begin_avx(void)
{
	__asm__ volatile("vmovdqu %%ymm8, %0" : "=m"(seen.byte[REGISTERS]) : : "memory");
	xsave(&seen);
}

static const struct way {
	const char *name;
	void (*begin)(void);
	unsigned int leaf, subleaf;
	int word;
	unsigned int bit;
} ways[] = {
	{"xsave", begin_xsave, 1, 0, 2, 26},       {"xsaveopt", begin_xsaveopt, 0xd, 1, 0, 0}, {"xsavec", begin_xsavec, 0xd, 1, 0, 1},
	{"xrstor", begin_xrstor, 1, 0, 2, 26}, {"fxsave", begin_fxsave, 1, 0, 3, 24},      {"AVX", begin_avx, 1, 0, 2, 28},
};

/* All of an area's components, at the places that XSAVE has for them, are of one value. */
static void fill(struct area *area, uint8_t value, uint16_t fcw, uint32_t mxcsr)
{
	*area = (struct area){.fcw = fcw, .ftw = 0xff, .mxcsr = mxcsr};
	memset(area->byte + REGISTERS, value, REGISTERS_END - REGISTERS);
	area->byte[HEADER] = 3; /* x87 and SSE */
	if (cpu_has(1, 0, 2, 28)) {
		unsigned int size, offset, ecx, edx;

		__cpuid_count(0xd, 2, size, offset, ecx, edx);
		memset(area->byte + offset, value, size);
		area->byte[HEADER] = 7;
	}
}

static bool has_mark(const struct area *area)
{
	return memchr(area->byte, MARK, sizeof(area->byte));
}

static void wait_and_begin(void *argument)
{
	const struct way *way = argument;

	l4_wait(go);
	way->begin();
}

static bool is_present(const struct way *way)
{
	return cpu_has(way->leaf, way->subleaf, way->word, way->bit);
}

/* The mark is in the registers; then the other thread, of higher priority, begins in that way. */
static void let_begin(const struct way *way)
{
	l4_cap_t thread = suite_thread(SUITE_PRIORITY + 1);

	go = suite_object(L4_TYPE_NOTIFICATION);
	memset(&seen, 0, sizeof(seen));
	memset(&kept, 0, sizeof(kept));
	EXPECT_OK(l4_thread_set_fpu(thread, 1));
	suite_run(thread, wait_and_begin, (void *)way);
	xrstor(&marked);
	l4_signal(go);
	xsave(&kept);
	suite_join(thread);
}

static void expect_own(const struct way *way)
{
	if (has_mark(&seen) || (way->begin != begin_xrstor && way->begin != begin_xsavec && (seen.fcw != FCW_INITIAL || seen.mxcsr != MXCSR_INITIAL)))
		l4_test_fail(__FILE__, __LINE__, "%s shows another thread's registers", way->name);
	if (way->begin == begin_xrstor && memcmp(seen.byte + SSE, loaded.byte + SSE, REGISTERS_END - SSE) != 0)
		l4_test_fail(__FILE__, __LINE__, "%s has loaded something else", way->name);
	if (memcmp(kept.byte + KEPT_BY_C, marked.byte + KEPT_BY_C, REGISTERS_END - KEPT_BY_C) != 0 || kept.fcw != FCW_MARK || kept.mxcsr != MXCSR_MARK)
		l4_test_fail(__FILE__, __LINE__, "%s has changed another thread's registers", way->name);
}

TEST(FPU0005, "whatever instruction a thread begins with, XSAVE's among them, it finds and changes no other's x87, SSE and AVX registers and control words")
{
	static const uint16_t fcw = FCW_INITIAL;
	static const uint32_t mxcsr = MXCSR_INITIAL;

	if (!cpu_has(1, 0, 2, 26)) {
		l4_test_note("skipped: the processor has no XSAVE");
		return;
	}
	fill(&marked, MARK, FCW_MARK, MXCSR_MARK);
	fill(&loaded, 0x5a, FCW_INITIAL, MXCSR_INITIAL);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!is_present(&ways[i]))
			continue;
		let_begin(&ways[i]);
		__asm__ volatile("fninit\n\tfldcw %0\n\tldmxcsr %1" : : "m"(fcw), "m"(mxcsr));
		expect_own(&ways[i]);
	}
}

static void execute_nothing(void *argument)
{
	(void)argument;
	__asm__ volatile("ud2");
}

TEST(FPU0006, "an instruction that does not exist is told as such to the handler of a thread that may use the FPU and does not own it")
{
	l4_cap_t handler = suite_object(L4_TYPE_ENDPOINT), thread = suite_thread(SUITE_PRIORITY + 1);
	struct l4_registers m = {{0}};

	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, suite_object(L4_TYPE_REPLY)));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_HANDLER, handler));
	EXPECT_OK(l4_thread_set_fpu(thread, 1));
	suite_run(thread, execute_nothing, NULL);
	EXPECT_EQ(L4_FAULT_ILLEGAL_INSTRUCTION, l4_tag_label(l4_recv(handler, &m).tag));
	EXPECT_EQ(6, m.word[L4_FAULT_CAUSE]);
	EXPECT_EQ(0x0b0f, *(const uint16_t *)m.word[L4_FAULT_PC]);
}

/* As FNSTENV leaves it: where the x87's last instruction was, and its operand in memory. */
struct environment {
	uint32_t fcw, fsw, ftw, instruction, instruction_selector, operand, operand_selector;
};

static struct environment found;
static l4_cap_t ready;

static void wait_and_store_environment(void *argument)
{
	(void)argument;
	__asm__ volatile("fld1\n\tfstp %st");
	l4_signal(ready);
	l4_wait(go);
	__asm__ volatile("fnstenv %0" : "=m"(found));
}

TEST(FPU0007, "a thread does not learn where another's last instruction of the x87 was, and its operand: not every processor has XRSTOR replace them")
{
	static const double operand = 1.5;
	l4_cap_t thread = suite_thread(SUITE_PRIORITY + 1);
	l4_word_t instruction;

	go = suite_object(L4_TYPE_NOTIFICATION);
	ready = suite_object(L4_TYPE_NOTIFICATION);
	EXPECT_OK(l4_thread_set_fpu(thread, 1));
	suite_run(thread, wait_and_store_environment, NULL);
	l4_wait(ready);
	__asm__ volatile("leaq 1f(%%rip), %0\n1:\tfldl %1\n\tfstp %%st(0)\n\tfldl %1\n\tfstp %%st(0)" : "=r"(instruction) : "m"(operand));
	l4_signal(go);
	suite_join(thread);
	EXPECT_TRUE(found.instruction - instruction > 16);
	EXPECT_TRUE(found.operand != (uint32_t)(uintptr_t)&operand);
}
