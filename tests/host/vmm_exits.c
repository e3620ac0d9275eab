/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMM's answers to exits that no test kernel can bring about on QEMU. */
#include <exits.h>
#include <guest.h>
#include <host_test.h>
#include <l4/abi/arch.h>
#include <l4/abi/fault.h>
#include <l4/arch/syscall.h>
#include <machine.h>
#include <nearby.h>
#include <sbi.h>
#include <terminal.h>

#include "vmm_stubs.h"

enum { FETCH_ACCESS = 1, LOAD_ACCESS = 5, STORE_ACCESS = 7, UNKNOWN = 24 };
enum { PC = 0x80001000, VADDR = 0x123451 };

static struct l4_registers message; /* which comes, then the answer */
static l4_word_t tag;
static jmp_buf answered;

/* The VMM receives, then answers. */
struct l4_result l4_ecall(int64_t number, l4_cap_t cap, l4_word_t answer_tag, struct l4_registers *m)
{
	(void)cap;
	if (number == L4_SYS_RECV) {
		*m = message;
		return (struct l4_result){L4_OK, tag, 0};
	}
	message = *m;
	tag = answer_tag;
	longjmp(answered, 1);
}

void guest_failed_at(uint64_t pc, uint64_t detail, const char *hint, const char *format, ...)
{
	(void)pc;
	(void)hint;
	(void)format;
	guest_failed("", detail);
}

void nearby_describe(char text[NEARBY_SIZE], uint64_t address, const struct nearby *parts, unsigned int count)
{
	(void)address;
	(void)parts;
	(void)count;
	text[0] = 0;
}

void sbi_call(uint64_t a[SBI_REGISTERS])
{
	(void)a;
}

void sbi_refuse(uint64_t a[SBI_REGISTERS])
{
	(void)a;
}

bool machine_read(struct machine *machine, uint64_t address, unsigned int width, uint64_t *value)
{
	(void)machine;
	(void)address;
	(void)width;
	(void)value;
	return false;
}

bool machine_write(struct machine *machine, uint64_t address, unsigned int width, uint64_t value)
{
	(void)machine;
	(void)address;
	(void)width;
	(void)value;
	return false;
}

void machine_terminal_event(struct machine *machine)
{
	(void)machine;
}

void terminal_event(void)
{
}

/* How the guest is after the exception. */
static enum stub_end exception(uint64_t cause)
{
	message = (struct l4_registers){.word = {[L4_FAULT_ADDRESS] = VADDR, [L4_FAULT_PC] = PC, [L4_FAULT_CAUSE] = cause}};
	tag = l4_tag(L4_FAULT_GUEST_EXCEPTION, L4_GUEST_EXCEPTION_LENGTH);
	stubs.end = STUB_RUNNING;
	if (!setjmp(stubs.ended) && !setjmp(answered))
		exits_serve(NULL, 0);
	return stubs.end;
}

TEST(VEX0101, "an access fault that the guest's hart raised is the guest's own")
{
	static const uint64_t causes[] = {FETCH_ACCESS, LOAD_ACCESS, STORE_ACCESS};
	stubs_reset();
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		EXPECT_EQ(STUB_RUNNING, exception(causes[i]));
		EXPECT_EQ(l4_tag(L4_GUEST_INJECT, 2), tag);
		EXPECT_EQ(causes[i], message.word[0]);
		EXPECT_EQ(VADDR, message.word[1]);
	}
}

TEST(VEX0102, "the end of the guest is a trap vector that cannot be fetched, and what the VMM does not know")
{
	stubs_reset();
	EXPECT_EQ(STUB_FAILED, exception(UNKNOWN));
	stubs.reg[L4_VCPU_REG_VSTVEC] = PC | 1;
	EXPECT_EQ(STUB_FAILED, exception(FETCH_ACCESS));
	EXPECT_EQ(STUB_RUNNING, exception(LOAD_ACCESS));
}
