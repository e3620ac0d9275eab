/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests under the H extension. */
#include "guest.h"

#include <l4/abi/fault.h>
#include <l4/registers.h>

#define REGISTER_A0 10
#define REGISTER_A1 11
#define REGISTER_A6 16
#define REGISTER_A7 17
#define SSTATUS_SIE 2
#define SBI_FAILED ((l4_word_t)-1)
#define SBI_INVALID_PARAM ((l4_word_t)-3)
#define SBI_DENIED ((l4_word_t)-4)

extern const char guest_privileged[];

const l4_word_t guest_lines[GUEST_LINES] = {L4_VCPU_LINE_SOFTWARE, L4_VCPU_LINE_TIMER, L4_VCPU_LINE_EXTERNAL};
const l4_word_t guest_timer_line = L4_VCPU_LINE_TIMER, guest_deadline_register = L4_VCPU_REG_VSTIMECMP;

void guest_prepare(const struct guest *guest)
{
	(void)guest;
}

void guest_set_registers(l4_word_t *registers, l4_word_t pc, l4_word_t first, l4_word_t second, l4_word_t slot)
{
	registers[0] = pc;
	registers[REGISTER_A0] = first;
	registers[REGISTER_A1] = second;
	registers[REGISTER_A6] = slot;
	registers[REGISTER_A7] = slot ? L4_SBI_EXTENSION : 0;
}

l4_word_t guest_status(l4_status_t status)
{
	switch (status) {
	case L4_INVALID_CAP:
		return SBI_INVALID_PARAM;
	case L4_NO_RIGHT:
		return SBI_DENIED;
	default:
		return SBI_FAILED;
	}
}

/* Its first interrupt ends in a hypercall. */
void guest_await(const struct guest *guest, l4_word_t line)
{
	EXPECT_OK(l4_thread_suspend(guest->thread));
	EXPECT_OK(l4_vcpu_write_register(guest->vcpu, L4_VCPU_REG_VSTVEC, entry_of(guest_hypercall)));
	EXPECT_OK(l4_vcpu_write_register(guest->vcpu, L4_VCPU_REG_VSSTATUS, SSTATUS_SIE));
	EXPECT_OK(l4_vcpu_write_register(guest->vcpu, L4_VCPU_REG_VSCAUSE, 0));
	guest_run(guest, guest_wait, 1UL << (line - 1), 0, 0);
}

void expect_interrupt(const struct guest *guest, l4_word_t line)
{
	l4_word_t cause;

	expect_call(guest->calls, 1, 0);
	EXPECT_OK(l4_vcpu_read_register(guest->vcpu, L4_VCPU_REG_VSCAUSE, &cause));
	EXPECT_EQ(1UL << 63 | (line - 1), cause);
}

bool line_is_pending(l4_cap_t vcpu, l4_word_t line)
{
	l4_word_t lines;

	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_HVIP, &lines));
	return lines >> line & 1;
}

TEST(VC0001, "registers and lines of a vcpu: ranges and values")
{
	NEEDS_VCPU();
	l4_cap_t vcpu = new_object(L4_TYPE_VCPU);
	l4_word_t value;

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_read_register(vcpu, L4_VCPU_REG_COUNT, &value));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, L4_VCPU_REG_COUNT, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, ~0UL, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, L4_VCPU_REG_PRIVILEGED, 2));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_write_register(vcpu, L4_VCPU_REG_HVIP, 1));
	EXPECT_OK(l4_vcpu_write_register(vcpu, L4_VCPU_REG_VSSCRATCH, 77));
	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_VSSCRATCH, &value));
	EXPECT_EQ(77, value);
	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_PRIVILEGED, &value));
	EXPECT_EQ(1, value);
	for (l4_word_t line = 0; line < 70; line++) {
		bool valid = line == L4_VCPU_LINE_SOFTWARE || line == L4_VCPU_LINE_TIMER || line == L4_VCPU_LINE_EXTERNAL;

		EXPECT_STATUS(valid ? L4_OK : L4_INVALID_ARGUMENT, l4_vcpu_set_line(vcpu, line, 1));
		EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_set_line(vcpu, line, 2));
	}
	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_HVIP, &value));
	EXPECT_EQ(0x444, value);
	EXPECT_OK(l4_vcpu_set_line(vcpu, L4_VCPU_LINE_EXTERNAL, 0));
	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_HVIP, &value));
	EXPECT_EQ(0x44, value);
	EXPECT_OK(l4_vcpu_set_timer(vcpu, 12345));
	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_VSTIMECMP, &value));
	EXPECT_EQ(12345, value);
}

TEST(VC0005, "accesses outside the guest's memory go to the handler, which completes, retries or injects")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;
	l4_word_t value;

	guest_run(&guest, guest_write, GUEST_DEVICE + 4, 0x1122334455667788, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	EXPECT_EQ(GUEST_DEVICE + 4, m.word[L4_GUEST_MMIO_ADDRESS]);
	EXPECT_EQ(entry_of(guest_write), m.word[L4_GUEST_MMIO_PC]);
	EXPECT_EQ(L4_WRITE, m.word[L4_GUEST_MMIO_ACCESS]);
	EXPECT_EQ(4, m.word[L4_GUEST_MMIO_WIDTH]);
	EXPECT_EQ(0x55667788, m.word[L4_GUEST_MMIO_VALUE]);
	answer_guest(L4_GUEST_RETRY, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	answer_guest(L4_GUEST_DONE, 0, 0);
	expect_call(guest.calls, 1, 0);
	guest_run(&guest, guest_read, GUEST_DEVICE + 6, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	EXPECT_EQ(L4_READ, m.word[L4_GUEST_MMIO_ACCESS]);
	EXPECT_EQ(2, m.word[L4_GUEST_MMIO_WIDTH]);
	answer_guest(L4_GUEST_DONE, 0x12348001, 0);
	m = expect_call(guest.calls, 1, 0);
	EXPECT_EQ(0xffffffffffff8001, m.word[1]);
	EXPECT_OK(l4_thread_suspend(guest.thread));
	EXPECT_OK(l4_vcpu_write_register(guest.vcpu, L4_VCPU_REG_VSTVEC, entry_of(guest_hypercall)));
	guest_run(&guest, guest_read, GUEST_DEVICE + 6, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	answer_guest(L4_GUEST_INJECT, 5, GUEST_DEVICE + 6);
	expect_call(guest.calls, 1, 0); /* its own trap handler's */
	EXPECT_OK(l4_vcpu_read_register(guest.vcpu, L4_VCPU_REG_VSCAUSE, &value));
	EXPECT_EQ(5, value);
	EXPECT_OK(l4_vcpu_read_register(guest.vcpu, L4_VCPU_REG_VSTVAL, &value));
	EXPECT_EQ(GUEST_DEVICE + 6, value);
	EXPECT_OK(l4_vcpu_read_register(guest.vcpu, L4_VCPU_REG_VSEPC, &value));
	EXPECT_EQ(entry_of(guest_read), value);
}

TEST(VC0006, "a guest cannot reach the hypervisor's registers, nor run outside its memory")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_privileged, 0, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_EXCEPTION, L4_GUEST_EXCEPTION_LENGTH);
	EXPECT_EQ(22, m.word[L4_FAULT_CAUSE]);
	EXPECT_EQ(entry_of(guest_privileged), m.word[L4_FAULT_PC]);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0));
	EXPECT_EQ(L4_THREAD_SUSPENDED, state_of(guest.thread));
	receive_ready();
	guest_run(&guest, (const char *)((l4_word_t)guest_code + (GUEST_DEVICE - GUEST_RAM)), 0, 0, 0); /* an address of no device */
	m = expect_exit(&guest, L4_FAULT_GUEST_EXCEPTION, L4_GUEST_EXCEPTION_LENGTH);
	EXPECT_EQ(20, m.word[L4_FAULT_CAUSE]);
	EXPECT_EQ(GUEST_DEVICE, m.word[L4_GUEST_EXCEPTION_GPA]);
}

TEST(VC0010, "a call of a standard SBI extension carries a0 to a7")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_word_t registers[L4_REGISTERS_COUNT] = {[0] = entry_of(guest_hypercall), [REGISTER_A0] = 11, [REGISTER_A6] = 16, [REGISTER_A7] = 17};
	struct l4_registers m;

	EXPECT_OK(l4_thread_write_registers(guest.thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest.thread));
	m = expect_call(guest.calls, 1, 0);
	EXPECT_EQ(11, m.word[0]);
	EXPECT_EQ(16, m.word[6]);
	EXPECT_EQ(17, m.word[7]);
}
