/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways out of ring 3 that a hostile program looks for: far transfers, addresses that are none, and the instructions of system software that faults.c does not have. */
#include <cpuid.h>

#include <l4/test.h>

#include "../../faults.h"
#include "attempt.h"

/* To a selector, and an offset of 32 bits: sub rsp, 8; mov dword [rsp], 0x1000; mov dword [rsp + 4], SELECTOR; jmp or call far [rsp]. */
#define FAR(modrm, selector, expected, at) \
	{#modrm " " #selector, {0x48, 0x83, 0xec, 0x08, 0xc7, 0x04, 0x24, 0x00, 0x10, 0, 0, 0xc7, 0x44, 0x24, 0x04, (selector) & 0xff, (selector) >> 8, 0, 0, 0xff, modrm, 0x24}, expected, at}
#define JUMP 0x2c
#define CALL 0x1c
#define FAR_BOTH(selector) FAR(JUMP, selector, GP, 19), FAR(CALL, selector, GP, 19)

TEST(FL0020, "far jumps and calls lead to no other level, table, task or gate")
{
	static const struct attempt attempts[] = {
		FAR_BOTH(0x00), FAR_BOTH(0x03), /* null */
		FAR_BOTH(0x08), FAR_BOTH(0x0b), /* the kernel's code */
		FAR_BOTH(0x10), FAR_BOTH(0x13), FAR_BOTH(0x18), FAR_BOTH(0x1b), /* data */
		FAR_BOTH(0x28), FAR_BOTH(0x2b), FAR_BOTH(0x30), FAR_BOTH(0x33), /* the TSS, and its upper half */
		FAR_BOTH(0x04), FAR_BOTH(0x0f), FAR_BOTH(0x27), /* local: there is no such table */
		FAR_BOTH(0x40), FAR_BOTH(0xfffb), /* beyond the table */
		/* Its own code: the offset is where it has no memory. QEMU 7.2 takes a user's far calls for the kernel's accesses to the stack. */
		FAR(JUMP, 0x23, PF, ANYWHERE), FAR(CALL, 0x23, PF, ANYWHERE),
		{"jmp far to an immediate", {0xea, 0, 0, 0, 0, 0x08, 0}, UD, 0},
		{"call far to an immediate", {0x9a, 0, 0, 0, 0, 0x08, 0}, UD, 0},
	};

	TRY_ALL(attempts);
}

TEST(FL0021, "the bases of segments, protection keys and supervisor state are not a program's to read or write")
{
	static const struct attempt attempts[] = {
		{"rdfsbase rax", {0xf3, 0x48, 0x0f, 0xae, 0xc0}, UD, 0}, {"rdgsbase rax", {0xf3, 0x48, 0x0f, 0xae, 0xc8}, UD, 0},
		{"wrfsbase rax", {0xf3, 0x48, 0x0f, 0xae, 0xd0}, UD, 0}, {"wrgsbase rax", {0xf3, 0x48, 0x0f, 0xae, 0xd8}, UD, 0},
		{"rdfsbase eax", {0xf3, 0x0f, 0xae, 0xc0}, UD, 0},       {"wrgsbase eax", {0xf3, 0x0f, 0xae, 0xd8}, UD, 0},
		{"rdpkru", {0x31, 0xc9, 0x0f, 0x01, 0xee}, UD, 2},       {"wrpkru", {0x31, 0xc9, 0x31, 0xd2, 0x0f, 0x01, 0xef}, UD, 4},
		{"clac", {0x0f, 0x01, 0xca}, UD, 0},                     {"stac", {0x0f, 0x01, 0xcb}, UD, 0},
		{"xsetbv", {0x31, 0xc9, 0x31, 0xd2, 0x31, 0xc0, 0x0f, 0x01, 0xd1}, UD | GP, 6},
		{"xsaves", {0x48, 0x0f, 0xc7, 0x2c, 0x24}, UD | GP, 0},  {"xrstors", {0x48, 0x0f, 0xc7, 0x1c, 0x24}, UD | GP, 0},
	};

	TRY_ALL(attempts);
}

static bool has_umip(void)
{
	unsigned int eax, ebx, ecx, edx;

	return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && ecx >> 2 & 1;
}

TEST(FL0022, "where the processor has UMIP no program learns where the processor's tables are")
{
	static const struct attempt attempts[] = {
		{"sgdt", {0x0f, 0x01, 0x44, 0x24, 0xe0}, GP, 0}, {"sidt", {0x0f, 0x01, 0x4c, 0x24, 0xe0}, GP, 0},
		{"sldt eax", {0x0f, 0x00, 0xc0}, GP, 0},         {"sldt [rsp - 32]", {0x0f, 0x00, 0x44, 0x24, 0xe0}, GP, 0},
		{"str eax", {0x0f, 0x00, 0xc8}, GP, 0},          {"str [rsp - 32]", {0x0f, 0x00, 0x4c, 0x24, 0xe0}, GP, 0},
		{"smsw eax", {0x0f, 0x01, 0xe0}, GP, 0},         {"smsw [rsp - 32]", {0x0f, 0x01, 0x64, 0x24, 0xe0}, GP, 0},
	};

	if (!has_umip()) {
		l4_test_note("skipped: the processor has no UMIP");
		return;
	}
	TRY_ALL(attempts);
}

/* Where SVM is on its instructions are protection faults in user mode, else they do not exist. */
TEST(FL0023, "neither hypervisors' instructions nor others of system software do anything for a program")
{
	static const struct attempt attempts[] = {
		{"vmrun", {0x0f, 0x01, 0xd8}, UD | GP, 0},            {"vmmcall", {0x0f, 0x01, 0xd9}, UD, 0},
		{"vmload", {0x0f, 0x01, 0xda}, UD | GP, 0},           {"vmsave", {0x0f, 0x01, 0xdb}, UD | GP, 0},
		{"stgi", {0x0f, 0x01, 0xdc}, UD | GP, 0},             {"clgi", {0x0f, 0x01, 0xdd}, UD | GP, 0},
		{"skinit", {0x0f, 0x01, 0xde}, UD | GP, 0},           {"invlpga", {0x0f, 0x01, 0xdf}, UD | GP, 0},
		{"vmcall", {0x0f, 0x01, 0xc1}, UD, 0},                {"vmlaunch", {0x0f, 0x01, 0xc2}, UD, 0},
		{"vmresume", {0x0f, 0x01, 0xc3}, UD, 0},              {"vmxoff", {0x0f, 0x01, 0xc4}, UD, 0},
		{"vmptrld [rsp]", {0x0f, 0xc7, 0x34, 0x24}, UD, 0},   {"vmxon [rsp]", {0xf3, 0x0f, 0xc7, 0x34, 0x24}, UD, 0},
		{"vmfunc", {0x0f, 0x01, 0xd4}, UD, 0},                {"invept", {0x66, 0x0f, 0x38, 0x80, 0x04, 0x24}, UD, 0},
		{"invvpid", {0x66, 0x0f, 0x38, 0x81, 0x04, 0x24}, UD, 0}, {"invpcid", {0x66, 0x0f, 0x38, 0x82, 0x04, 0x24}, UD | GP, 0},
		{"monitor", {0x31, 0xc9, 0x31, 0xd2, 0x0f, 0x01, 0xc8}, UD | GP, 4}, {"mwait", {0x31, 0xc9, 0x31, 0xc0, 0x0f, 0x01, 0xc9}, UD | GP, 4},
		{"encls", {0x0f, 0x01, 0xcf}, UD, 0},                 {"getsec", {0x0f, 0x37}, UD | GP, 0},
		{"rsm", {0x0f, 0xaa}, UD, 0},                         {"wbnoinvd", {0xf3, 0x0f, 0x09, RET}, GP | NONE, 0},
	};

	TRY_ALL(attempts);
}

#define OUTSIDE_LOW 0, 0, 0, 0, 0, 0x80, 0, 0
#define OUTSIDE_HIGH 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff
#define KERNEL_TEXT 0, 0, 0x20, 0, 0, 0x84, 0xff, 0xff
/* mov rax, TARGET, and what follows. */
#define WITH_RAX(...) {0x48, 0xb8, __VA_ARGS__}

/*
 * The program counter that is told is the instruction's or the target, as the processor has it. QEMU 7.2 takes what far calls and returns do on a user's stack for the kernel's
 * own accesses (docs/architecture.md, Known limits), so that they find there what lies there.
 */
TEST(FL0024, "a jump, call or return to where no address can be, or to the kernel, is the program's own exception")
{
	static const struct attempt attempts[] = {
		{"jmp below the gap", WITH_RAX(OUTSIDE_LOW, 0xff, 0xe0), GP, ANYWHERE},        {"jmp above the gap", WITH_RAX(OUTSIDE_HIGH, 0xff, 0xe0), GP, ANYWHERE},
		{"call below the gap", WITH_RAX(OUTSIDE_LOW, 0xff, 0xd0), GP, ANYWHERE},       {"call above the gap", WITH_RAX(OUTSIDE_HIGH, 0xff, 0xd0), GP, ANYWHERE},
		{"ret below the gap", WITH_RAX(OUTSIDE_LOW, 0x50, RET), GP, ANYWHERE},         {"ret above the gap", WITH_RAX(OUTSIDE_HIGH, 0x50, RET), GP, ANYWHERE},
		{"jmp to the kernel", WITH_RAX(KERNEL_TEXT, 0xff, 0xe0), PF, ANYWHERE},        {"ret to the kernel", WITH_RAX(KERNEL_TEXT, 0x50, RET), PF, ANYWHERE},
		{"retf to the kernel", WITH_RAX(KERNEL_TEXT, 0x6a, 0x23, 0x50, 0x48, 0xcb), PF, ANYWHERE},
		{"retf into the gap", WITH_RAX(OUTSIDE_LOW, 0x6a, 0x23, 0x50, 0x48, 0xcb), GP | PF, ANYWHERE},
		/* mov rcx, rsp; push ss; push rcx; push flags; push cs; push rax; iretq */
		{"iret into the gap", WITH_RAX(OUTSIDE_LOW, 0x48, 0x89, 0xe1, 0x6a, 0x1b, 0x51, 0x68, 0x02, 0x02, 0, 0, 0x6a, 0x23, 0x50, 0x48, 0xcf), GP | PF, ANYWHERE},
		{"iret to the kernel", WITH_RAX(KERNEL_TEXT, 0x48, 0x89, 0xe1, 0x6a, 0x1b, 0x51, 0x68, 0x02, 0x02, 0, 0, 0x6a, 0x23, 0x50, 0x48, 0xcf), PF, ANYWHERE},
		/* mov rsp, rax; ret: the stack itself */
		{"ret with a stack in the gap", WITH_RAX(OUTSIDE_LOW, 0x48, 0x89, 0xc4, RET), SS | GP, 13},
		{"ret with the kernel's stack", WITH_RAX(KERNEL_TEXT, 0x48, 0x89, 0xc4, RET), PF, 13},
		/* call far [rip + 0]; AMD's processors have no such operand of 64 bits, and find a null selector */
		{"call far with the kernel's text as stack", WITH_RAX(KERNEL_TEXT, 0x48, 0x89, 0xc4, 0x48, 0xff, 0x1d, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0x23, 0), GP | PF, 13},
		{"iret with the kernel's stack", WITH_RAX(KERNEL_TEXT, 0x48, 0x89, 0xc4, 0x48, 0xcf), GP | PF, 13},
	};

	TRY_ALL(attempts);
}

TEST(FL0025, "no model-specific register can be read or written")
{
	static const uint32_t numbers[] = {
		0x0, 0x10, 0x1b, 0x48, 0x49, 0x174, 0x176, 0x1d9, 0x277, 0x6a2, 0x6e0, 0x808, 0x830, 0xda0, 0x40000000, 0xc0000080, 0xc0000081, 0xc0000082, 0xc0000084,
		0xc0000100, 0xc0000101, 0xc0000102, 0xc0000103, 0xc0010015, 0xc0010114, 0xc0010117, 0xffffffff,
	};
	static struct attempt attempts[2 * sizeof(numbers) / sizeof(numbers[0])];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint8_t number[4];

		memcpy(number, &numbers[i], sizeof(number));
		attempts[2 * i] = (struct attempt){"rdmsr", {0xb9, number[0], number[1], number[2], number[3], 0x0f, 0x32, RET}, GP, 5};
		attempts[2 * i + 1] = (struct attempt){"wrmsr", {0xb9, number[0], number[1], number[2], number[3], 0x0f, 0x30, RET}, GP, 5};
	}
	TRY_ALL(attempts);
}
