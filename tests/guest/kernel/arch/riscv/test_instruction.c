/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that a supervisor without the H extension does not have, and user mode. */
#include "test.h"

#define PROBE(name, instruction) \
	static void name(uint64_t a, uint64_t b) \
	{ \
		(void)a; \
		(void)b; \
		__asm__ volatile(instruction ::: "t0", "memory"); \
	}

PROBE(all_zeros, ".half 0")
PROBE(all_ones, ".word 0xffffffff")
PROBE(reserved_opcode, ".word 0x0000007b")
PROBE(unknown_csr, "csrr t0, 0x5c0")
PROBE(unknown_user_csr, "csrr t0, 0x8ff")
PROBE(machine_csr, "csrr t0, mstatus")
PROBE(machine_csr_write, "csrw mtvec, zero")
PROBE(read_only_csr_write, "csrw time, zero")
PROBE(machine_return, "mret")
PROBE(hypervisor_csr, "csrr t0, 0x600")         /* hstatus */
PROBE(hypervisor_csr_write, "csrw 0x680, zero") /* hgatp */
PROBE(shadow_csr, "csrr t0, 0x200")             /* vsstatus */
PROBE(hypervisor_fence, ".word 0x22000073")     /* hfence.vvma zero, zero */
PROBE(guest_fence, ".word 0x62000073")          /* hfence.gvma zero, zero */
PROBE(hypervisor_load, ".word 0x6c0042f3")      /* hlv.d t0, (zero) */

typedef void (*probe)(uint64_t, uint64_t);

static bool is_illegal(probe function)
{
	return trap_try(function, 0, 0) && trap_record.cause == CAUSE_ILLEGAL && !trap_record.from_user;
}

TEST(INS0101, "reserved instructions are illegal")
{
	EXPECT_TRUE(is_illegal(all_zeros));
	EXPECT_TRUE(is_illegal(all_ones));
	EXPECT_TRUE(is_illegal(reserved_opcode));
}

TEST(INS0102, "unknown CSRs, machine mode's, and writes of read-only ones are illegal")
{
	EXPECT_TRUE(is_illegal(unknown_csr));
	EXPECT_TRUE(is_illegal(unknown_user_csr));
	EXPECT_TRUE(is_illegal(machine_csr));
	EXPECT_TRUE(is_illegal(machine_csr_write));
	EXPECT_TRUE(is_illegal(read_only_csr_write));
	EXPECT_TRUE(is_illegal(machine_return));
}

TEST(INS0103, "the H extension's CSRs and instructions are illegal, as on a hart without it")
{
	EXPECT_TRUE(is_illegal(hypervisor_csr));
	EXPECT_TRUE(is_illegal(hypervisor_csr_write));
	EXPECT_TRUE(is_illegal(shadow_csr));
	EXPECT_TRUE(is_illegal(hypervisor_fence));
	EXPECT_TRUE(is_illegal(guest_fence));
	EXPECT_TRUE(is_illegal(hypervisor_load));
}

TEST(INS0104, "an illegal instruction's trap value is the instruction, or 0")
{
	trap_try(hypervisor_csr, 0, 0);
	EXPECT_TRUE(trap_record.tval == 0x600022f3 || trap_record.tval == 0);
	trap_try(unknown_csr, 0, 0);
	EXPECT_TRUE(trap_record.tval == 0x5c0022f3 || trap_record.tval == 0);
}

/* --- User mode: each program ends in an exception --- */
#define USER(name, text) \
	__asm__(".pushsection .text\n.balign 4\n.globl " #name "\n" #name ":\n" text "\n.popsection\n"); \
	extern const char name[]

USER(user_ecall, "ecall");
USER(user_bulkhead_ecall, "li a7, 0x0a424c4b\n li a6, 1\n ecall");
USER(user_sbi_ecall, "li a7, 0x53525354\n li a6, 0\n li a0, 0\n li a1, 0\n ecall");
USER(user_cycle, "rdcycle a0\n ebreak");
USER(user_instret, "rdinstret a0\n ebreak");
USER(user_time, "rdtime a0\n ebreak");
USER(user_wfi, "wfi\n ebreak");
USER(user_sret, "sret\n ebreak");
USER(user_fence, "sfence.vma\n ebreak");
USER(user_sstatus, "csrr a0, sstatus\n ebreak");
USER(user_satp, "csrw satp, zero\n ebreak");
USER(user_hstatus, "csrr a0, 0x600\n ebreak");
USER(user_hypervisor_load, ".word 0x6c0042f3\n ebreak");
USER(user_unknown, "csrr a0, 0x8ff\n ebreak");
USER(user_reserved, ".word 0xffffffff");
USER(user_load, "ld a0, (a0)\n ebreak");
USER(user_store, "sd a0, (a0)\n ebreak");
USER(user_jump, "jr a0");

/* Runs the program; gives the cause of its end. */
static uint64_t user_run(const char *program, uint64_t argument)
{
	trap_record = (struct trap_record){.cause = UINT64_MAX};
	trap_try((void (*)(uint64_t, uint64_t))(void *)user_enter, (uint64_t)program, argument);
	return trap_record.from_user ? trap_record.cause : UINT64_MAX;
}

TEST(USR0101, "user mode's ecalls go to the guest's own kernel, whatever they ask for")
{
	EXPECT_EQ(CAUSE_USER_ECALL, user_run(user_ecall, 0));
	EXPECT_EQ((uint64_t)user_ecall, trap_record.epc);
	EXPECT_EQ(CAUSE_USER_ECALL, user_run(user_bulkhead_ecall, 0));
	EXPECT_EQ(CAUSE_USER_ECALL, user_run(user_sbi_ecall, 0));
}

TEST(USR0102, "rdcycle, rdinstret and rdtime in user mode are what scounteren says, and never more than an illegal instruction")
{
	const char *const programs[] = {user_cycle, user_time, user_instret};
	csr_write(scounteren, 0);
	for (unsigned int i = 0; i < 3; i++) {
		if (platform.is_bulkhead || programs[i] != user_time) /* OpenSBI emulates it without asking */
			EXPECT_EQ(CAUSE_ILLEGAL, user_run(programs[i], 0));
	}
	csr_write(scounteren, 7);
	EXPECT_EQ(CAUSE_BREAKPOINT, user_run(user_time, 0));
	EXPECT_TRUE(trap_record.a0 != 0);
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t cause = user_run(programs[i], 0);
		EXPECT_TRUE(cause == CAUSE_BREAKPOINT || cause == CAUSE_ILLEGAL);
	}
	csr_write(scounteren, 0);
}

TEST(USR0105, "at boot user mode may read the clock, as Linux takes for granted")
{
	EXPECT_EQ(2, hart.scounteren & 2);
	csr_write(scounteren, hart.scounteren);
	EXPECT_EQ(CAUSE_BREAKPOINT, user_run(user_time, 0));
}

TEST(USR0103, "privileged and unknown instructions in user mode are illegal")
{
	const char *const programs[] = {user_wfi, user_sret, user_fence, user_sstatus, user_satp, user_hstatus, user_hypervisor_load,
					user_unknown, user_reserved};
	for (unsigned int i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		EXPECT_EQ(CAUSE_ILLEGAL, user_run(programs[i], 0));
		EXPECT_EQ((uint64_t)programs[i], trap_record.epc);
	}
}

TEST(USR0104, "user mode's accesses to nothing are access faults for the guest's own kernel")
{
	EXPECT_EQ(CAUSE_LOAD_ACCESS, user_run(user_load, NOTHING_BASE));
	EXPECT_EQ(NOTHING_BASE, trap_record.tval);
	EXPECT_EQ(CAUSE_STORE_ACCESS, user_run(user_store, NOTHING_BASE));
	EXPECT_EQ(NOTHING_BASE, trap_record.tval);
	EXPECT_EQ(CAUSE_FETCH_ACCESS, user_run(user_jump, NOTHING_BASE));
	EXPECT_EQ(NOTHING_BASE, trap_record.tval);
}
