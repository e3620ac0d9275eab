/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs at privilege level 3, of 64 and of 32 bits, that try to leave it: each gets an exception, and nothing else. */
#include "test.h"

/* What comes before the instruction that is to end it, and that instruction. */
#define PROGRAM(BITS, NAME, BEFORE, INSTRUCTION) \
	__asm__(".pushsection .text\n.code" #BITS "\n" #NAME ": " BEFORE "\n" #NAME "_at: " INSTRUCTION "\n" #NAME "_behind: ud2\n.code64\n.popsection"); \
	extern const char NAME[], NAME##_at[], NAME##_behind[];

struct program {
	const char *name;
	const char *start, *end; /* where the exception leaves it */
	uint64_t code;           /* the segment in which it ends */
	uint64_t vector, error;
	const char *behind;      /* not null: emulators do not agree about this one, which #UD or #GP ends, here too */
};

/* A fault is at its instruction, a trap behind it. */
#define FAULT(NAME, CODE, VECTOR, ERROR) {#NAME, NAME, NAME##_at, CODE, VECTOR, ERROR, 0}
#define TRAP(NAME, CODE, VECTOR) {#NAME, NAME, NAME##_behind, CODE, VECTOR, 0, 0}
#define UNDEFINED_OR_REFUSED(NAME, CODE) {#NAME, NAME, NAME##_at, CODE, VECTOR_INVALID_OPCODE, 0, NAME##_behind}

/* Of an entry in the IDT it is eight times the vector, and this bit; QEMU 7.2 counts entries of 16 bytes twice. */
#define IN_IDT 2UL

static bool has_error(uint64_t error)
{
	return trap_record.error == error || (error & IN_IDT && trap_record.error == (error & ~IN_IDT) * 2 + IN_IDT);
}

static bool is_the_one(const struct program *program)
{
	bool is_refused = program->behind && trap_record.cause == VECTOR_PROTECTION && trap_record.error == 0;
	return is_refused || (trap_record.cause == program->vector && has_error(program->error));
}

static bool is_at_its_place(const struct program *program)
{
	return trap_record.pc == (uint64_t)program->end || (program->behind && trap_record.pc == (uint64_t)program->behind);
}

static bool ends_as_it_should(const struct program *program, uint64_t code)
{
	bool ended = trap_try(user_enter, (uint64_t)program->start, code);
	bool right = ended && trap_record.from_user && is_the_one(program) && is_at_its_place(program) && trap_record.code == program->code;
	if (!right)
		print("program %s: vector %lu error %lx code %lx at %lx\n", program->name, trap_record.cause, trap_record.error, trap_record.code, trap_record.pc);
	return right;
}

#define EXPECT_ENDS(PROGRAMS, CODE) \
	for (size_t i = 0; i < sizeof(PROGRAMS) / sizeof(PROGRAMS[0]); i++) \
		EXPECT_TRUE(ends_as_it_should(&PROGRAMS[i], CODE))

/* --- What is the same in both modes --- */

/* As a hypercall the first would end the guest as one that failed, and the ports would switch it off. */
#define IN_BOTH_MODES(BITS) \
	PROGRAM(BITS, hypercall##BITS, "xorl %eax, %eax\n\tmovl $2, %edi\n\txorl %esi, %esi", "vmmcall") \
	PROGRAM(BITS, undefined##BITS, "", "ud2") \
	PROGRAM(BITS, breakpoint##BITS, "", "int3") \
	PROGRAM(BITS, interrupt##BITS, "", "int $0x40") \
	PROGRAM(BITS, page_fault##BITS, "", "int $14") \
	PROGRAM(BITS, system_call##BITS, "", "syscall") \
	PROGRAM(BITS, system_return##BITS, "", "sysretl") \
	PROGRAM(BITS, no_interrupts##BITS, "", "cli") \
	PROGRAM(BITS, halt##BITS, "", "hlt") \
	PROGRAM(BITS, port_in##BITS, "", "inb $0x80, %al") \
	PROGRAM(BITS, port_out##BITS, "movl $0x600, %edx\n\tmovb $0x34, %al", "outb %al, %dx") \
	PROGRAM(BITS, port_string##BITS, "movl $0x3f8, %edx\n\tmovl $1, %ecx", "rep outsb") \
	PROGRAM(BITS, read_msr##BITS, "movl $0xc0000080, %ecx", "rdmsr") \
	PROGRAM(BITS, write_msr##BITS, "movl $0xc0000080, %ecx\n\txorl %eax, %eax\n\txorl %edx, %edx", "wrmsr") \
	PROGRAM(BITS, end_interrupt##BITS, "movl $0x80b, %ecx\n\txorl %eax, %eax\n\txorl %edx, %edx", "wrmsr") \
	PROGRAM(BITS, load_task##BITS, "movl $0x28, %eax", "ltr %ax") \
	PROGRAM(BITS, kernel_data##BITS, "movl $0x10, %eax", "movl %eax, %ds") \
	PROGRAM(BITS, kernel_stack##BITS, "movl $0x10, %eax", "movl %eax, %ss") \
	PROGRAM(BITS, null_stack##BITS, "xorl %eax, %eax", "movl %eax, %ss") \
	PROGRAM(BITS, task_state##BITS, "movl $0x2b, %eax", "movl %eax, %gs") \
	PROGRAM(BITS, raise_flags##BITS, "push $0x3202\n\tpopf", "cli") \
	PROGRAM(BITS, step##BITS, "push $0x102\n\tpopf", "nop") \
	PROGRAM(BITS, nested_task##BITS, "push $0x4002\n\tpopf", "iretl")

IN_BOTH_MODES(64)
IN_BOTH_MODES(32)

#define ENDS_IN_BOTH_MODES(BITS, CODE) \
	FAULT(hypercall##BITS, CODE, VECTOR_INVALID_OPCODE, 0), FAULT(undefined##BITS, CODE, VECTOR_INVALID_OPCODE, 0), \
	TRAP(breakpoint##BITS, CODE, VECTOR_BREAKPOINT), FAULT(interrupt##BITS, CODE, VECTOR_PROTECTION, 0x40 << 3 | IN_IDT), \
	FAULT(page_fault##BITS, CODE, VECTOR_PROTECTION, 14 << 3 | IN_IDT), FAULT(system_call##BITS, CODE, VECTOR_INVALID_OPCODE, 0), \
	UNDEFINED_OR_REFUSED(system_return##BITS, CODE), FAULT(no_interrupts##BITS, CODE, VECTOR_PROTECTION, 0), \
	FAULT(halt##BITS, CODE, VECTOR_PROTECTION, 0), FAULT(port_in##BITS, CODE, VECTOR_PROTECTION, 0), FAULT(port_out##BITS, CODE, VECTOR_PROTECTION, 0), \
	FAULT(port_string##BITS, CODE, VECTOR_PROTECTION, 0), FAULT(read_msr##BITS, CODE, VECTOR_PROTECTION, 0), \
	FAULT(write_msr##BITS, CODE, VECTOR_PROTECTION, 0), FAULT(end_interrupt##BITS, CODE, VECTOR_PROTECTION, 0), \
	FAULT(load_task##BITS, CODE, VECTOR_PROTECTION, 0), FAULT(kernel_data##BITS, CODE, VECTOR_PROTECTION, KERNEL_DATA), \
	FAULT(kernel_stack##BITS, CODE, VECTOR_PROTECTION, KERNEL_DATA), FAULT(null_stack##BITS, CODE, VECTOR_PROTECTION, 0), \
	FAULT(task_state##BITS, CODE, VECTOR_PROTECTION, TASK_STATE), FAULT(raise_flags##BITS, CODE, VECTOR_PROTECTION, 0), \
	TRAP(step##BITS, CODE, VECTOR_DEBUG), FAULT(nested_task##BITS, CODE, VECTOR_PROTECTION, 0)

TEST(USR0101, "privileged and undefined instructions, interrupts, ports, registers and flags end a 64-bit program by their exceptions")
{
	static const struct program programs[] = {ENDS_IN_BOTH_MODES(64, USER_CODE)};
	EXPECT_ENDS(programs, USER_CODE);
}

TEST(USR0102, "they end a 32-bit program by the same")
{
	static const struct program programs[] = {ENDS_IN_BOTH_MODES(32, USER_CODE32)};
	EXPECT_ENDS(programs, USER_CODE32);
}

/* --- What one mode has, or has otherwise --- */

PROGRAM(64, read_tables, "", "movq %cr3, %rax")
PROGRAM(64, set_priority, "xorl %eax, %eax", "movq %rax, %cr8")
PROGRAM(64, set_debug, "xorl %eax, %eax", "movq %rax, %dr7")
PROGRAM(64, load_descriptors, "", "lgdt (%rsp)")
PROGRAM(64, no_overflow, "", ".byte 0xce")
PROGRAM(64, iret_to_kernel, "movq %rsp, %rax\n\tpushq $0x10\n\tpushq %rax\n\tpushq $2\n\tpushq $8\n\tpushq $0x100000", "iretq")
PROGRAM(64, return_to_kernel, "pushq $8\n\tpushq $0x100000", "lretq")

TEST(USR0103, "control and debug registers, tables and far returns do not lead a 64-bit program out of user mode")
{
	static const struct program programs[] = {
		FAULT(read_tables, USER_CODE, VECTOR_PROTECTION, 0), FAULT(set_priority, USER_CODE, VECTOR_PROTECTION, 0), FAULT(set_debug, USER_CODE, VECTOR_PROTECTION, 0),
		FAULT(load_descriptors, USER_CODE, VECTOR_PROTECTION, 0), UNDEFINED_OR_REFUSED(no_overflow, USER_CODE),
		FAULT(iret_to_kernel, USER_CODE, VECTOR_PROTECTION, KERNEL_CODE), FAULT(return_to_kernel, USER_CODE, VECTOR_PROTECTION, KERNEL_CODE),
	};
	EXPECT_ENDS(programs, USER_CODE);
}

PROGRAM(32, overflow, "movl $0x7fffffff, %eax\n\taddl $1, %eax", "into")
PROGRAM(32, bounds, "pushl $1\n\tpushl $0\n\tmovl $2, %eax", "bound %eax, (%esp)")
PROGRAM(32, call_kernel, "", "lcall $0x08, $0x100000")
PROGRAM(32, jump_to_kernel, "", "ljmp $0x08, $0x100000")
PROGRAM(32, jump_to_task, "", "ljmp $0x28, $0")
PROGRAM(32, iret_to_kernel32, "movl %esp, %eax\n\tpushl $0x10\n\tpushl %eax\n\tpushl $2\n\tpushl $8\n\tpushl $0x100000", "iretl")
PROGRAM(32, return_to_kernel32, "pushl $8\n\tpushl $0x100000", "lretl")

TEST(USR0104, "INTO, BOUND, and far calls and jumps to the kernel end a 32-bit program; there are no task switches")
{
	static const struct program programs[] = {
		TRAP(overflow, USER_CODE32, VECTOR_OVERFLOW), FAULT(bounds, USER_CODE32, VECTOR_BOUND, 0), FAULT(call_kernel, USER_CODE32, VECTOR_PROTECTION, KERNEL_CODE),
		FAULT(jump_to_kernel, USER_CODE32, VECTOR_PROTECTION, KERNEL_CODE), FAULT(jump_to_task, USER_CODE32, VECTOR_PROTECTION, TASK_STATE),
		FAULT(iret_to_kernel32, USER_CODE32, VECTOR_PROTECTION, KERNEL_CODE), FAULT(return_to_kernel32, USER_CODE32, VECTOR_PROTECTION, KERNEL_CODE),
	};
	EXPECT_ENDS(programs, USER_CODE32);
}

/* --- From one mode to the other --- */

/* In 64-bit mode DEC's byte would make another instruction of the one behind it. */
__asm__(".pushsection .text\n"
	"far_pointer: .long minus_one\n\t.word 0x3b\n"
	"far_pointer_stay: .long hypercall32\n\t.word 0x3b\n"
	".code32\n"
	"minus_one: xorl %eax, %eax\n\tdecl %eax\n\tlret\n"
	".code64\n"
	".popsection");
PROGRAM(64, there_and_back, "lcall *far_pointer(%rip)", "vmmcall")
PROGRAM(64, there, "lcall *far_pointer_stay(%rip)", "ud2")
PROGRAM(32, here, "lcall $0x23, $hypercall64", "ud2")

TEST(USR0105, "a program may change between its segments of 64 and of 32 bits, and a hypercall is refused in each")
{
	static const struct program to_64 = {"there_and_back", there_and_back, there_and_back_at, USER_CODE, VECTOR_INVALID_OPCODE, 0, 0};
	EXPECT_TRUE(ends_as_it_should(&to_64, USER_CODE));
	EXPECT_EQ(0xffffffff, trap_record.rax);
	static const struct program in_32 = {"there", there, hypercall32_at, USER_CODE32, VECTOR_INVALID_OPCODE, 0, 0};
	EXPECT_TRUE(ends_as_it_should(&in_32, USER_CODE));
	static const struct program in_64 = {"here", here, hypercall64_at, USER_CODE, VECTOR_INVALID_OPCODE, 0, 0};
	EXPECT_TRUE(ends_as_it_should(&in_64, USER_CODE32));
}

extern const char entry64[], entry32[];
__asm__(".pushsection .text\nentry64: ud2\nentry32: ud2\n.popsection");

static bool enters_kernel(const char *program, uint64_t code, const char *entry)
{
	bool ended = trap_try(user_enter, (uint64_t)program, code);
	return ended && !trap_record.from_user && trap_record.cause == VECTOR_INVALID_OPCODE && trap_record.pc == (uint64_t)entry && trap_record.code == KERNEL_CODE;
}

TEST(USR0106, "where it is enabled SYSCALL enters the guest's kernel, from each segment where that wants it")
{
	enum { SYSCALL = 1 };
	uint64_t efer = msr_read(MSR_EFER);
	msr_write(MSR_STAR, (uint64_t)KERNEL_CODE << 32);
	msr_write(MSR_LSTAR, (uint64_t)entry64);
	msr_write(MSR_CSTAR, (uint64_t)entry32);
	msr_write(MSR_SFMASK, 0x700);
	msr_write(MSR_EFER, efer | SYSCALL);
	bool from_64 = enters_kernel(system_call64, USER_CODE, entry64), from_32 = enters_kernel(system_call32, USER_CODE32, entry32);
	msr_write(MSR_EFER, efer);
	EXPECT_TRUE(from_64);
	EXPECT_TRUE(from_32);
}

PROGRAM(64, identify, "xorl %eax, %eax\n\tcpuid", "ud2")
PROGRAM(32, identify32, "xorl %eax, %eax\n\tcpuid", "ud2")

TEST(USR0107, "CPUID is for everybody, and user mode goes on behind it")
{
	static const struct program programs[] = {FAULT(identify, USER_CODE, VECTOR_INVALID_OPCODE, 0)};
	EXPECT_ENDS(programs, USER_CODE);
	static const struct program programs32[] = {FAULT(identify32, USER_CODE32, VECTOR_INVALID_OPCODE, 0)};
	EXPECT_ENDS(programs32, USER_CODE32);
}
