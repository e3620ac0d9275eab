/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that a program may not use, or that go wrong, and what its handler is told of them. */
#include "../../faults.h"

#include <l4/registers.h>

#include <target.h>

#include "attempt.h"

/* QEMU 10 lets users empty the caches that it does not have. */
TEST(FL0005, "privileged instructions are general protection faults")
{
	static const struct attempt attempts[] = {
		{"hlt", {0xf4}, GP, 0},
		{"cli", {0xfa}, GP, 0},
		{"sti", {0xfb}, GP, 0},
		{"clts", {0x0f, 0x06}, GP, 0},
		{"invd", {0x0f, 0x08, RET}, GP | NONE, 0},
		{"wbinvd", {0x0f, 0x09, RET}, GP | NONE, 0},
		{"rdmsr", {0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32}, GP, 5},
		{"wrmsr", {0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x30}, GP, 5},
		{"rdpmc", {0x31, 0xc9, 0x0f, 0x33}, GP, 2},
		{"mov cr0, rax", {0x0f, 0x22, 0xc0}, GP, 0},
		{"mov rax, cr0", {0x0f, 0x20, 0xc0}, GP, 0},
		{"mov rax, cr3", {0x0f, 0x20, 0xd8}, GP, 0},
		{"mov cr3, rax", {0x0f, 0x22, 0xd8}, GP, 0},
		{"mov cr4, rax", {0x0f, 0x22, 0xe0}, GP, 0},
		{"mov cr8, rax", {0x44, 0x0f, 0x22, 0xc0}, GP, 0},
		{"mov rax, dr7", {0x0f, 0x21, 0xf8}, GP, 0},
		{"mov dr7, rax", {0x0f, 0x23, 0xf8}, GP, 0},
		{"mov rax, cr2", {0x0f, 0x20, 0xd0}, GP, 0},
		{"mov cr2, rax", {0x0f, 0x22, 0xd0}, GP, 0},
		{"mov rax, cr4", {0x0f, 0x20, 0xe0}, GP, 0},
		{"mov rax, cr8", {0x44, 0x0f, 0x20, 0xc0}, GP, 0},
		{"mov rax, cr1", {0x0f, 0x20, 0xc8}, GP | UD, 0},
		{"mov rax, dr0", {0x0f, 0x21, 0xc0}, GP, 0},
		{"mov dr0, rax", {0x0f, 0x23, 0xc0}, GP, 0},
		{"mov dr6, rax", {0x0f, 0x23, 0xf0}, GP, 0},
		{"lgdt [rsp]", {0x0f, 0x01, 0x14, 0x24}, GP, 0},
		{"lidt [rsp]", {0x0f, 0x01, 0x1c, 0x24}, GP, 0},
		{"lldt ax", {0x0f, 0x00, 0xd0}, GP, 0},
		{"ltr ax", {0x0f, 0x00, 0xd8}, GP, 0},
		{"lmsw ax", {0x0f, 0x01, 0xf0}, GP, 0},
		{"invlpg [rsp]", {0x0f, 0x01, 0x3c, 0x24}, GP, 0},
		{"swapgs", {0x0f, 0x01, 0xf8}, GP, 0},
		{"sysret", {0x48, 0x0f, 0x07}, GP, 0},
		{"sysret to 32-bit code", {0x0f, 0x07}, GP, 0},
		{"sysexit", {0x0f, 0x35}, UD | GP, 0},
		{"sysenter", {0x0f, 0x34}, UD | GP, 0},
	};

	TRY_ALL(attempts);
}

TEST(FL0006, "no port can be reached")
{
	static const struct attempt attempts[] = {
		{"in al, 0x60", {0xe4, 0x60}, GP, 0},
		{"out 0x80, al", {0xe6, 0x80}, GP, 0},
		{"in al, dx (0xffff)", {0x66, 0xba, 0xff, 0xff, 0xec}, GP, 4},
		{"out dx, eax (0xcf8)", {0x66, 0xba, 0xf8, 0x0c, 0xef}, GP, 4},
		{"out dx, al (0xf4)", {0x66, 0xba, 0xf4, 0x00, 0xee}, GP, 4},
		{"rep insb", {0x66, 0xba, 0xf8, 0x03, 0x48, 0x8d, 0x7c, 0x24, 0xf0, 0xb9, 1, 0, 0, 0, 0xf3, 0x6c}, GP, 14},
		{"rep outsb", {0x66, 0xba, 0xf8, 0x03, 0x48, 0x89, 0xe6, 0xb9, 1, 0, 0, 0, 0xf3, 0x6e}, GP, 12},
	};

	TRY_ALL(attempts);
}

TEST(FL0007, "exceptions that programs cause are told as such")
{
	static const struct attempt attempts[] = {
		{"ud2", {0x0f, 0x0b}, UD, 0},
		{"push es, which 64-bit code does not have", {0x06}, UD, 0},
		{"vmmcall", {0x0f, 0x01, 0xd9}, UD, 0},
		{"ud1", {0x0f, 0xb9, 0xc0}, UD, 0},
		{"lock on a register", {0xf0, 0x01, 0xc8}, UD, 0},
		{"into", {0xce, RET}, UD | NONE, 0}, /* QEMU 10 has it in 64-bit code, too */
		{"more than 15 bytes", {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90, RET}, GP | UD, 0},
		{"div by 0", {0x31, 0xc9, 0x31, 0xd2, 0xf7, 0xf1}, DE, 4},
		{"int3", {0xcc}, BP, 1},
		{"int 3", {0xcd, 0x03}, BP, 2},
		{"int1", {0xf1}, DB | UD, ANYWHERE},
		{"single step", {0x9c, 0x80, 0x4c, 0x24, 0x01, 0x01, 0x9d, 0x90, 0x90}, DB, 8},
		{"a read where there is no address", {0x48, 0xb8, 0, 0, 0, 0, 0, 0x80, 0, 0, 0x48, 0x8b, 0x00}, GP, 10},
		{"a write at the other end of there", {0x48, 0xb8, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0x48, 0x89, 0x00}, GP, 10},
		{"a stack where there is no address", {0x48, 0x89, 0xe1, 0x48, 0xbc, 0x10, 0, 0, 0, 0, 0x80, 0, 0, 0x50}, SS | GP, 13},
		/* QEMU checks no alignment. */
		{"misaligned under AC", {0x9c, 0x80, 0x4c, 0x24, 0x02, 0x04, 0x9d, 0x8b, 0x44, 0x24, 0x01, RET}, AC | NONE, 7},
	};

	TRY_ALL(attempts);
}

/* An instruction of XSAVE, of no components, on the stack: and rsp, -64; xor eax, eax; xor edx, edx; sub rsp, 1024 */
#define OF_AREA(name, opcode, modrm) {name, {0x48, 0x83, 0xe4, 0xc0, 0x31, 0xc0, 0x31, 0xd2, 0x48, 0x81, 0xec, 0, 4, 0, 0, 0x48, 0x0f, opcode, modrm, 0x24}, UD, 15}

TEST(FL0008, "the FPU is an illegal instruction for a thread that was not allowed it")
{
	/* What XSAVE and AVX have added does not exist for whoever does not own the FPU, or not at all. */
	static const struct attempt attempts[] = {
		{"fninit", {0xdb, 0xe3}, NM, 0},
		{"fnstsw ax", {0xdf, 0xe0}, NM, 0},
		{"fwait", {0x9b}, NM, 0},
		{"xorps", {0x0f, 0x57, 0xc0}, NM, 0},
		{"movq mm0, rax", {0x48, 0x0f, 0x6e, 0xc0}, NM, 0},
		{"emms", {0x0f, 0x77, RET}, NM | NONE, 0}, /* QEMU 7.2 lets these two pass */
		{"femms", {0x0f, 0x0e, RET}, NM | UD | NONE, 0},
		{"ldmxcsr [rsp]", {0x0f, 0xae, 0x14, 0x24}, NM, 0},
		{"stmxcsr [rsp]", {0x0f, 0xae, 0x1c, 0x24}, NM, 0},
		{"fxsave [rsp]", {0x0f, 0xae, 0x04, 0x24}, NM, 0},
		{"fxrstor [rsp]", {0x0f, 0xae, 0x0c, 0x24}, NM, 0},
		OF_AREA("xsave", 0xae, 0x24), OF_AREA("xrstor", 0xae, 0x2c), OF_AREA("xsaveopt", 0xae, 0x34), OF_AREA("xsavec", 0xc7, 0x24),
		{"xgetbv", {0x31, 0xc9, 0x0f, 0x01, 0xd0}, UD, 2},
		{"vaddps xmm0, xmm0, xmm0", {0xc5, 0xf8, 0x58, 0xc0}, UD, 0},
		{"vzeroall", {0xc5, 0xfc, 0x77}, UD, 0},
	};

	TRY_ALL(attempts);
}

TEST(FL0012, "software interrupts reach no gate but the breakpoint's")
{
	static struct attempt attempts[256];

	for (unsigned int vector = 0; vector < 256; vector++)
		attempts[vector] = (struct attempt){"int n", {0xcd, (uint8_t)vector}, GP, 0};
	attempts[3].outcome = BP;
	attempts[3].at = 2;
	TRY_ALL(attempts);
}

#define LOAD_SEGMENT(name, modrm, selector, expected) {name, {0xb8, (selector) & 0xff, (selector) >> 8, 0, 0, 0x8e, modrm, RET}, expected, 5}

#define LOAD_FAR(name, opcode, selector, expected) \
	{name, {0xc7, 0x44, 0x24, 0xf4, 0, 0x10, 0, 0, 0xc7, 0x44, 0x24, 0xf8, selector, 0, 0, 0, 0x0f, opcode, 0x4c, 0x24, 0xf4, RET}, expected, 16}

TEST(FL0013, "no segment can be loaded that gives anything")
{
	static const struct attempt attempts[] = {
		LOAD_SEGMENT("ds: null", 0xd8, 0, NONE), LOAD_SEGMENT("ds: null with a level", 0xd8, 3, NONE), LOAD_SEGMENT("ds: the user's data", 0xd8, 0x1b, NONE),
		LOAD_SEGMENT("ds: the kernel's data", 0xd8, 0x10, GP), LOAD_SEGMENT("ds: the kernel's code", 0xd8, 0x08, GP), LOAD_SEGMENT("ds: the TSS", 0xd8, 0x28, GP),
		LOAD_SEGMENT("es: beyond the table", 0xc0, 0x40, GP), LOAD_SEGMENT("es: a local descriptor", 0xc0, 0x07, GP), LOAD_SEGMENT("fs: the kernel's data", 0xe0, 0x13, GP),
		LOAD_SEGMENT("gs: the kernel's data", 0xe8, 0x13, GP), LOAD_SEGMENT("ss: the kernel's data", 0xd0, 0x10, GP), LOAD_SEGMENT("ss: null", 0xd0, 0, GP),
		LOAD_SEGMENT("ss: null of the user's level", 0xd0, 3, GP), LOAD_SEGMENT("ss: its own", 0xd0, 0x1b, NONE), LOAD_SEGMENT("ss: code", 0xd0, 0x23, GP),
		{"pop fs: the kernel's data", {0x6a, 0x10, 0x0f, 0xa1}, GP, 2},
		{"pop gs: the kernel's code", {0x6a, 0x0b, 0x0f, 0xa9}, GP, 2},
		/* mov dword [rsp - 12], 0x1000; mov dword [rsp - 8], SELECTOR; lss ecx, [rsp - 12] and so on */
		LOAD_FAR("lss: the kernel's data", 0xb2, 0x10, GP), LOAD_FAR("lss: null", 0xb2, 0, GP), LOAD_FAR("lfs: the kernel's data", 0xb4, 0x13, GP),
		LOAD_FAR("lgs: a local descriptor", 0xb5, 0x0f, GP), LOAD_FAR("lgs: the user's data", 0xb5, 0x1b, NONE),
		{"mov cs, ax", {0xb8, 0x23, 0, 0, 0, 0x8e, 0xc8}, UD, 5},
	};

	TRY_ALL(attempts);
}

/* A far return to a selector: push it, push the address behind, retfq. QEMU 7.2 takes a user's far returns for the kernel's accesses to the stack, which SMAP forbids. */
#define FAR_RETURN(name, selector, expected) {name, {0x6a, selector, 0x48, 0x8d, 0x05, 3, 0, 0, 0, 0x50, 0x48, 0xcb, RET}, (expected) | PF, 10}
/* An interrupt return with flags 0x202 | FLAGS << 8: ss, rsp, flags, cs, rip. */
#define INTERRUPT_RETURN(name, cs, ss, flags, expected)                                                                                              \
	{name, {0x48, 0x89, 0xe1, 0x6a, ss, 0x51, 0x68, 0x02, 0x02 | (flags), 0, 0, 0x6a, cs, 0x48, 0x8d, 0x05, 3, 0, 0, 0, 0x50, 0x48, 0xcf, RET}, (expected) | PF, 21}

TEST(FL0014, "no return, near or far, leads to the kernel's level, to 32-bit code or to privileged flags")
{
	static const struct attempt attempts[] = {
		FAR_RETURN("retf to its own code", 0x23, NONE), FAR_RETURN("retf to the kernel's code", 0x08, GP), FAR_RETURN("retf to the kernel's code, level 3", 0x0b, GP),
		FAR_RETURN("retf to data", 0x1b, GP), FAR_RETURN("retf to null", 0, GP), FAR_RETURN("retf to the TSS", 0x28, GP), FAR_RETURN("retf beyond the table", 0x40, GP),
		FAR_RETURN("retf to a local descriptor", 0x0f, GP),
		INTERRUPT_RETURN("iret to null", 0, 0x1b, 0, GP), INTERRUPT_RETURN("iret to data", 0x1b, 0x1b, 0, GP), INTERRUPT_RETURN("iret to the TSS", 0x2b, 0x1b, 0, GP),
		INTERRUPT_RETURN("iret to a local descriptor", 0x0f, 0x1b, 0, GP), INTERRUPT_RETURN("iret beyond the table", 0x43, 0x1b, 0, GP),
		INTERRUPT_RETURN("iret without a stack", 0x23, 0, 0, GP), INTERRUPT_RETURN("iret with code as stack", 0x23, 0x23, 0, GP),
		/* push 0x20202; below it, as two halves of a word, 0x1000 and cs; iretd */
		{"iretd with VM", {0x68, 0x02, 0x02, 0x02, 0x00, 0xc7, 0x44, 0x24, 0xf8, 0, 0x10, 0, 0, 0xc7, 0x44, 0x24, 0xfc, 0x23, 0, 0, 0, 0x48, 0x83, 0xec, 0x08, 0xcf}, GP | SS | PF, ANYWHERE},
		INTERRUPT_RETURN("iret to its own code", 0x23, 0x1b, 0, NONE), INTERRUPT_RETURN("iret to the kernel's code", 0x08, 0x10, 0, GP),
		INTERRUPT_RETURN("iret to its own code with the kernel's stack", 0x23, 0x10, 0, GP), INTERRUPT_RETURN("iret with IOPL 3", 0x23, 0x1b, 0x30, NONE),
		INTERRUPT_RETURN("iret with NT", 0x23, 0x1b, 0x40, NONE),
	};

	TRY_ALL(attempts);
}

TEST(FL0015, "flags that are not a user's cannot be set")
{
	static const struct attempt attempts[] = {
		/* pushf; or word [rsp], FLAGS; popf; cli */
		{"popf with IOPL 3, then cli", {0x9c, 0x66, 0x81, 0x0c, 0x24, 0x00, 0x30, 0x9d, 0xfa}, GP, 8},
		{"popf with IOPL 3, then in", {0x9c, 0x66, 0x81, 0x0c, 0x24, 0x00, 0x30, 0x9d, 0xe4, 0x60}, GP, 8},
		{"popf with NT, then iret by a task", {0x9c, 0x66, 0x81, 0x0c, 0x24, 0x00, 0x40, 0x9d, 0x48, 0xcf}, GP, 8},
		/* push 0x1a3202: VM, VIP, VIF and IOPL; popf; pushf; pop rax; test eax, those; jnz to ud2 */
		{"popf with VM, VIP, VIF and IOPL sets none of them", {0x68, 0x02, 0x32, 0x1a, 0x00, 0x9d, 0x9c, 0x58, 0xa9, 0x00, 0x30, 0x1a, 0x00, 0x75, 0x01, RET, 0x0f, 0x0b}, NONE, 0},
		/* Interrupts stay on: the timer still takes the processor away from the loop, or the watchdog ends the suite. */
		{"popf without IF", {0x6a, 0x02, 0x9d, 0xb9, 0x00, 0x00, 0x00, 0x01, 0xff, 0xc9, 0x75, 0xfc, RET}, NONE, 0},
	};

	TRY_ALL(attempts);
}

#define SYSCALL 0x0f, 0x05
#define SYS_YIELD_RAX 0xb8, L4_SYS_YIELD, 0, 0, 0
/* push and pop of what a system call does not keep and C code relies on. */
#define SAVE 0x53, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57
#define RESTORE 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5b

TEST(FL0016, "system calls with a strange stack pointer, flags or stack segment end as others do")
{
	static const struct attempt attempts[] = {
		/* push rbp; mov rbp, rsp; rsp = WHAT; yield; mov rsp, rbp; pop rbp */
		{"rsp 0", {SAVE, 0x55, 0x48, 0x89, 0xe5, 0x31, 0xe4, SYS_YIELD_RAX, SYSCALL, 0x48, 0x89, 0xec, 0x5d, RESTORE, RET}, NONE, 0},
		{"rsp -1", {SAVE, 0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xcc, 0xff, SYS_YIELD_RAX, SYSCALL, 0x48, 0x89, 0xec, 0x5d, RESTORE, RET}, NONE, 0},
		/* pushf; or dword [rsp], TF | DF | AC; popf; yield: the flags are lost with the call, so no step follows */
		{"TF, DF and AC", {SAVE, SYS_YIELD_RAX, 0x9c, 0x81, 0x0c, 0x24, 0x00, 0x05, 0x04, 0x00, 0x9d, SYSCALL, RESTORE, RET}, NONE, 0},
		/* mov ecx, 0x1b; mov ss, ecx; yield */
		{"behind mov ss", {SAVE, 0xb9, 0x1b, 0, 0, 0, SYS_YIELD_RAX, 0x8e, 0xd1, SYSCALL, RESTORE, RET}, NONE, 0},
		{"int3 behind mov ss", {0xb8, 0x1b, 0, 0, 0, 0x8e, 0xd0, 0xcc}, BP, 8},
	};

	TRY_ALL(attempts);
}

TEST(FL0017, "a system call in the last bytes of a process's addresses does not return beyond them")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), frame = new_frame();
	struct worker *worker = new_faulter(endpoint, 4);
	static const uint8_t code[] = {SYS_YIELD_RAX, SYSCALL};
	l4_word_t at = L4_USER_END - sizeof(code);

	receive_ready();
	map_frame(L4_SLOT_VSPACE, frame, L4_USER_END - PAGE, L4_READ | L4_WRITE);
	memcpy((void *)at, code, sizeof(code));
	EXPECT_OK(l4_frame_map(frame, L4_SLOT_VSPACE, L4_USER_END - PAGE, L4_READ | L4_EXECUTE, NULL));
	worker_jump(worker, at);
	struct l4_registers m = expect_fault(endpoint, L4_FAULT_PAGE, 4);
	EXPECT_EQ(L4_USER_END, m.word[L4_FAULT_ADDRESS]);
	EXPECT_EQ(L4_USER_END, m.word[L4_FAULT_PC]);
	EXPECT_EQ(L4_EXECUTE, m.word[L4_FAULT_RIGHT]);
}

static l4_word_t fs_word(void)
{
	l4_word_t value;

	__asm__ volatile("movq %%fs:0, %0" : "=r"(value));
	return value;
}

static void read_thread_pointer(struct worker *worker)
{
	worker->value = fs_word();
}

static void zero_fs(struct worker *worker)
{
	__asm__ volatile("movl %0, %%fs" : : "r"(0x1b) : "memory");
	__asm__ volatile("movl %0, %%gs" : : "r"(0x1b) : "memory");
	l4_yield();
	worker->value = fs_word();
}

TEST(FL0018, "the thread pointer is the thread's whatever it does to its segments")
{
	static l4_word_t blocks[2];
	struct worker *worker[2];

	for (int i = 0; i < 2; i++) {
		l4_word_t registers[L4_REGISTERS_COUNT];

		blocks[i] = 0x1234 + (l4_word_t)i;
		worker[i] = new_worker_of(MAIN_PRIORITY - 1);
		worker_run(worker[i], i ? read_thread_pointer : zero_fs);
		EXPECT_OK(l4_thread_suspend(worker[i]->thread));
		EXPECT_OK(l4_thread_read_registers(worker[i]->thread, registers, L4_REGISTERS_COUNT));
		registers[REGISTER_THREAD_POINTER] = (l4_word_t)&blocks[i];
		EXPECT_OK(l4_thread_write_registers(worker[i]->thread, registers, L4_REGISTERS_COUNT));
		EXPECT_OK(l4_thread_resume(worker[i]->thread));
	}
	for (int i = 0; i < 2; i++) {
		EXPECT_EVENTUALLY(worker[i]->done);
		EXPECT_EQ(blocks[i], worker[i]->value);
	}
}

static void read_selectors(struct worker *worker)
{
	l4_word_t ds, es, fs, gs;

	__asm__ volatile("movq %%ds, %0\n\tmovq %%es, %1\n\tmovq %%fs, %2\n\tmovq %%gs, %3" : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
	worker->value = ds | es | fs | gs;
}

static void load_selectors(struct worker *worker)
{
	(void)worker;
	__asm__ volatile("movl %0, %%ds\n\tmovl %0, %%es\n\tmovl %0, %%fs\n\tmovl %0, %%gs" : : "r"(0x1b) : "memory");
	for (;;)
		l4_yield();
}

TEST(FL0019, "what a thread has in its segment registers no other finds there")
{
	struct worker *loader = new_worker_of(MAIN_PRIORITY - 1), *reader = new_worker_of(MAIN_PRIORITY - 1);

	worker_run(loader, load_selectors);
	worker_run(reader, read_selectors);
	EXPECT_EVENTUALLY(reader->done);
	EXPECT_EQ(0, reader->value);
}

/* Of what a system call gives back only rsp, rbp, the results, the words and what SYSCALL leaves in rcx and r11 may be other than 0. */
void expect_clean(const struct worker *remote)
{
	EXPECT_EQ(0, remote->after[REGISTER_ARGUMENT]);
	EXPECT_EQ(RFLAGS_ALWAYS, remote->after[REGISTER_R11]);
	EXPECT_TRUE(remote->after[2] < L4_USER_END);
	EXPECT_EQ(0, remote->after[6]);
}
