/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions and registers that a program may not use, and what its handler is told of it. */
#include "../../faults.h"

#include <l4/registers.h>

#define EBREAK 0x00100073
#define RET 0x00008067

/* One instruction and a return, where workers can run it. */
static void write_code(uint32_t instruction)
{
	static const uint32_t ret = RET;
	l4_cap_t frame = new_frame();

	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ | L4_WRITE);
	memcpy((void *)CASE_VADDR, &instruction, sizeof(instruction));
	memcpy((void *)(CASE_VADDR + 4), &ret, sizeof(ret));
	EXPECT_OK(l4_frame_map(frame, L4_SLOT_VSPACE, CASE_VADDR, L4_READ | L4_EXECUTE, NULL));
}

static uint32_t csr_instruction(uint32_t csr, uint32_t function)
{
	return csr << 20 | 5 << 15 | function << 12 | 6 << 7 | 0x73; /* function t1, csr, t0 */
}

/* Runs one instruction in a worker; whether it was refused as illegal. */
static bool is_refused(uint32_t instruction)
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_faulter(endpoint, 8);
	struct l4_registers m;
	struct l4_result result;

	write_code(instruction);
	worker_jump(worker, CASE_VADDR);
	result = look(endpoint, &m);
	if (result.status == L4_OK) {
		EXPECT_EQ(l4_tag(L4_FAULT_ILLEGAL_INSTRUCTION, L4_FAULT_LENGTH), result.tag);
		EXPECT_EQ(CASE_VADDR, m.word[L4_FAULT_PC]);
	} else {
		EXPECT_EQ(1, worker->done);
	}
	delete_cap(worker->thread);
	*worker = (struct worker){0};
	revoke_cap(fixture.user_memory);
	revoke_cap(fixture.object_memory);
	return result.status == L4_OK;
}

TEST(FL0005, "privileged instructions are illegal")
{
	static const uint32_t privileged[] = {
		0x10200073, /* sret */
		0x30200073, /* mret */
		0x10500073, /* wfi */
		0x12000073, /* sfence.vma */
		0x16000073, /* sinval.vma */
		0x22000073, /* hfence.vvma */
		0x62000073, /* hfence.gvma */
		0x60004073, /* hlv.b */
		0x6a004073, /* hsv.w */
		0x7b200073, /* dret */
		0x00000000, 0xffffffff,
	};

	for (size_t i = 0; i < sizeof(privileged) / sizeof(privileged[0]); i++) {
		receive_ready();
		EXPECT_TRUE(is_refused(privileged[i]));
	}
}

TEST(FL0006, "no control and status register but the counters can be read, none can be written")
{
	for (uint32_t csr = 0; csr < 0x1000; csr++) {
		bool is_counter = csr >= 0xc00 && csr <= 0xc02;
		/* One of each of the groups that need another privilege would do; the interesting ones are tried all. */
		bool interesting = csr < 0x20 || (csr >= 0x100 && csr < 0x1b0) || (csr >= 0x200 && csr < 0x2b0) || (csr >= 0x600 && csr < 0x6b0) ||
				   (csr >= 0xc00 && csr < 0xc20) || csr % 64 == 0;

		if (!interesting)
			continue;
		receive_ready();
		EXPECT_EQ(!is_counter, is_refused(csr << 20 | 2 << 12 | 6 << 7 | 0x73)); /* csrr t1 */
		receive_ready();
		EXPECT_TRUE(is_refused(csr_instruction(csr, 1)));
		watchdog_feed();
	}
}

TEST(FL0007, "breakpoints and misaligned atomics are told as such")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_faulter(endpoint, 9), *second = new_faulter(endpoint, 10);
	struct l4_registers m;

	receive_ready();
	write_code(EBREAK);
	worker_jump(worker, CASE_VADDR);
	m = expect_fault(endpoint, L4_FAULT_BREAKPOINT, 9);
	EXPECT_EQ(CASE_VADDR, m.word[L4_FAULT_PC]);
	l4_word_t registers[1] = {CASE_VADDR + 4};
	EXPECT_OK(l4_thread_write_registers(worker->thread, registers, 1));
	answer();
	EXPECT_EQ(1, worker->done);
	EXPECT_OK(l4_cnode_delete(L4_SLOT_CNODE, worker->thread));
	revoke_cap(fixture.user_memory);
	write_code(0x100535af); /* lr.d a1, (a0), with a0 the worker... */
	EXPECT_OK(l4_thread_start(second->thread, CASE_VADDR, 0, CASE_VADDR + 1, 0));
	struct l4_result result = look(endpoint, &m);
	EXPECT_OK(result.status);
	EXPECT_TRUE(l4_tag_label(result.tag) == L4_FAULT_MISALIGNED || l4_tag_label(result.tag) == L4_FAULT_ACCESS);
	EXPECT_EQ(CASE_VADDR + 1, m.word[L4_FAULT_ADDRESS]);
}

TEST(FL0008, "the FPU is an illegal instruction for a thread that was not allowed it")
{
	receive_ready();
	EXPECT_TRUE(is_refused(0xf2000053)); /* fmv.d.x ft0, zero */
	receive_ready();
	EXPECT_TRUE(is_refused(0x00301073)); /* fscsr */
}

/* Of what a system call gives back only sp, the results and the words may be other than 0. */
void expect_clean(const struct worker *remote)
{
	for (int i = 1; i < 32; i++) {
		bool is_result = i == 2 || (i >= 10 && i <= 12) || (i >= 18 && i <= 25);

		if (!is_result)
			EXPECT_EQ(0, remote->after[i]);
	}
}
