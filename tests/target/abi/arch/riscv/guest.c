/* SPDX-License-Identifier: BSD-2-Clause */
/* Vcpus, doorbells and virqs. Without the H extension these objects do not exist (UT0015), and the cases here pass as they are. */
#include "worker.h"

#include <l4/abi/arch.h>
#include <l4/abi/fault.h>
#include <l4/registers.h>
#include <l4/time.h>

#define RAM 0x80000000UL /* guest-physical */
#define DEVICE 0x10000000UL
#define REGISTER_A0 10
#define REGISTER_A1 11
#define REGISTER_A6 16
#define REGISTER_A7 17
#define SSIP 2
#define SSTATUS_SIE 2
#define SBI_INVALID_PARAM ((l4_word_t)-3)
#define SBI_DENIED ((l4_word_t)-4)

extern const char guest_code[], guest_code_end[], guest_hypercall[], guest_store[], guest_load[], guest_wait[], guest_spin[], guest_privileged[];

struct guest {
	l4_cap_t thread, time, vcpu, space, cnode, handler, frame;
	l4_cap_t calls; /* endpoint in slot 0 of its cnode */
};

static l4_word_t entry_of(const char *code)
{
	return RAM + (l4_word_t)(code - guest_code);
}

static void bind_guest(struct guest *guest)
{
	EXPECT_OK(l4_thread_bind(guest->thread, L4_BIND_VCPU, guest->vcpu));
	EXPECT_OK(l4_thread_bind(guest->thread, L4_BIND_DOMAIN, fixture.domain));
	EXPECT_OK(l4_thread_bind(guest->thread, L4_BIND_SCHED_CONTEXT, guest->time));
	EXPECT_OK(l4_thread_bind(guest->thread, L4_BIND_HANDLER, mint_cap(guest->handler, L4_WRITE, 2)));
	EXPECT_OK(l4_thread_bind(guest->thread, L4_BIND_VSPACE, L4_SLOT_VSPACE));
	EXPECT_OK(l4_thread_set_priority(guest->thread, fixture.domain, WORKER_PRIORITY));
	EXPECT_OK(l4_vcpu_set_space(guest->vcpu, guest->space));
	EXPECT_OK(l4_vcpu_set_cnode(guest->vcpu, guest->cnode));
	EXPECT_OK(l4_cnode_mint(guest->cnode, 0, L4_SLOT_CNODE, guest->calls, L4_WRITE, 1));
}

static struct guest new_guest(void)
{
	struct guest guest = {
		.thread = new_object(L4_TYPE_THREAD), .time = new_time(100000, 100000), .vcpu = new_object(L4_TYPE_VCPU),
		.space = new_object(L4_TYPE_GUEST_VSPACE), .cnode = new_cnode(16), .handler = new_object(L4_TYPE_ENDPOINT), .frame = new_frame(),
		.calls = new_object(L4_TYPE_ENDPOINT),
	};

	map_frame(L4_SLOT_VSPACE, guest.frame, CASE_VADDR, L4_READ | L4_WRITE);
	memcpy((void *)CASE_VADDR, guest_code, (size_t)(guest_code_end - guest_code));
	map_frame(guest.space, copy_cap(guest.frame, L4_ALL_RIGHTS), RAM, L4_READ | L4_WRITE | L4_EXECUTE);
	bind_guest(&guest);
	receive_ready();
	return guest;
}

static void guest_run(const struct guest *guest, const char *code, l4_word_t a0, l4_word_t a1, l4_word_t a6, l4_word_t a7)
{
	l4_word_t registers[L4_REGISTERS_COUNT] = {[0] = entry_of(code), [REGISTER_A0] = a0, [REGISTER_A1] = a1, [REGISTER_A6] = a6, [REGISTER_A7] = a7};

	EXPECT_OK(l4_thread_suspend(guest->thread));
	EXPECT_OK(l4_thread_write_registers(guest->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest->thread));
}

static l4_word_t register_of(const struct guest *guest, int number)
{
	l4_word_t registers[L4_REGISTERS_COUNT];

	EXPECT_OK(l4_thread_suspend(guest->thread));
	EXPECT_OK(l4_thread_read_registers(guest->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest->thread));
	return registers[number];
}

/* The guest has called: a0 and a1 of that call. */
static struct l4_registers expect_call(l4_cap_t endpoint, l4_word_t badge, l4_word_t length)
{
	struct l4_registers m;
	struct l4_result result = look(endpoint, &m);

	EXPECT_OK(result.status);
	EXPECT_EQ(l4_tag(L4_FAULT_GUEST_HYPERCALL, length), result.tag);
	EXPECT_EQ(badge, result.badge);
	return m;
}

static struct l4_registers expect_exit(const struct guest *guest, l4_word_t label, l4_word_t length)
{
	struct l4_registers m;
	struct l4_result result = look(guest->handler, &m);

	EXPECT_OK(result.status);
	EXPECT_EQ(l4_tag(label, length), result.tag);
	EXPECT_EQ(2, result.badge);
	return m;
}

static void answer(l4_word_t label, l4_word_t word0, l4_word_t word1)
{
	struct l4_registers m = {{word0, word1}};

	EXPECT_STATUS(L4_INVALID_CAP, l4_reply_recv(0, l4_tag(label, 2), &m).status);
}

#define NEEDS_VCPU() \
	do { \
		if (!fixture.has_vcpu) \
			return; \
	} while (0)

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

TEST(VC0002, "what a vcpu and its thread take, and what not")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_cap_t other = new_object(L4_TYPE_THREAD);

	EXPECT_STATUS(L4_BUSY, l4_thread_bind(other, L4_BIND_VCPU, guest.vcpu));
	EXPECT_STATUS(L4_INVALID_CAP, l4_thread_bind(other, L4_BIND_VCPU, guest.space));
	EXPECT_STATUS(L4_NO_RIGHT, l4_thread_bind(other, L4_BIND_VCPU, copy_cap(new_object(L4_TYPE_VCPU), L4_READ)));
	EXPECT_STATUS(L4_TOO_DEEP, l4_thread_bind(other, L4_BIND_VCPU, deepest_copy(new_object(L4_TYPE_VCPU))));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_bind(other, L4_BIND_VSPACE, guest.space));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_vcpu_set_space(guest.vcpu, L4_SLOT_VSPACE));
	EXPECT_STATUS(L4_TOO_DEEP, l4_vcpu_set_space(guest.vcpu, deepest_copy(guest.space)));
	EXPECT_STATUS(L4_TOO_DEEP, l4_vcpu_set_cnode(guest.vcpu, deepest_copy(guest.cnode)));
	EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1));
	guest_run(&guest, guest_spin, 0, 0, 0, 0);
	EXPECT_STATUS(L4_BUSY, l4_vcpu_set_space(guest.vcpu, guest.space));
	EXPECT_STATUS(L4_BUSY, l4_vcpu_set_cnode(guest.vcpu, guest.cnode));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(guest.thread, L4_BIND_VCPU, 0));
	sleep_microseconds(500);
	EXPECT_OK(l4_thread_suspend(guest.thread));
	EXPECT_OK(l4_thread_bind(guest.thread, L4_BIND_VCPU, 0));
	EXPECT_OK(l4_thread_bind(other, L4_BIND_VCPU, guest.vcpu));
}

TEST(VC0003, "a standard hypercall is a call to slot 0; its answer goes to a0 and a1")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_hypercall, 11, 12, 16, 17);
	m = expect_call(guest.calls, 1, 8);
	EXPECT_EQ(11, m.word[0]);
	EXPECT_EQ(12, m.word[1]);
	EXPECT_EQ(16, m.word[6]);
	EXPECT_EQ(17, m.word[7]);
	EXPECT_EQ(L4_THREAD_WAITING_REPLY, state_of(guest.thread));
	answer(0, 21, 22);
	m = expect_call(guest.calls, 1, 8);
	EXPECT_EQ(21, m.word[0]);
	EXPECT_EQ(22, m.word[1]);
	delete_cap(guest.calls);
	EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1));
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0)); /* PEER_GONE, and no slot 0 any more: errors without end */
	EXPECT_EVENTUALLY(register_of(&guest, REGISTER_A0) == SBI_INVALID_PARAM);
}

TEST(VC0004, "the own extension reaches the slots of the guest's cnode, and no others")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), notification = new_object(L4_TYPE_NOTIFICATION);
	struct l4_registers m;
	static const l4_word_t wrong[] = {3, 4, 15, 16, 1UL << 40, ~0UL};

	EXPECT_OK(l4_cnode_mint(guest.cnode, 1, L4_SLOT_CNODE, endpoint, L4_WRITE, 71));
	EXPECT_OK(l4_cnode_mint(guest.cnode, 2, L4_SLOT_CNODE, notification, L4_WRITE, 72));
	EXPECT_OK(l4_cnode_copy(guest.cnode, 4, L4_SLOT_CNODE, guest.space, L4_ALL_RIGHTS));
	EXPECT_OK(l4_cnode_copy(guest.cnode, 5, L4_SLOT_CNODE, endpoint, L4_READ));
	guest_run(&guest, guest_hypercall, 5, 6, 1, L4_SBI_EXTENSION);
	m = expect_call(endpoint, 71, 6);
	EXPECT_EQ(5, m.word[0]);
	EXPECT_EQ(0, m.word[6]);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0));
	receive_ready();
	EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1));
	guest_run(&guest, guest_hypercall, 5, 6, 2, L4_SBI_EXTENSION); /* signals without end */
	EXPECT_EQ(72, l4_wait(notification));
	for (size_t i = 0; i <= sizeof(wrong) / sizeof(wrong[0]); i++) {
		bool no_right = i == sizeof(wrong) / sizeof(wrong[0]);
		guest_run(&guest, guest_hypercall, 1, 2, no_right ? 5 : wrong[i], L4_SBI_EXTENSION);
		EXPECT_EVENTUALLY(register_of(&guest, REGISTER_A0) == (no_right ? SBI_DENIED : SBI_INVALID_PARAM));
	}
}

TEST(VC0005, "accesses outside the guest's memory go to the handler, which completes, retries or injects")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;
	l4_word_t value;

	guest_run(&guest, guest_store, DEVICE + 4, 0x1122334455667788, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	EXPECT_EQ(DEVICE + 4, m.word[L4_GUEST_MMIO_ADDRESS]);
	EXPECT_EQ(entry_of(guest_store), m.word[L4_GUEST_MMIO_PC]);
	EXPECT_EQ(L4_WRITE, m.word[L4_GUEST_MMIO_ACCESS]);
	EXPECT_EQ(4, m.word[L4_GUEST_MMIO_WIDTH]);
	EXPECT_EQ(0x55667788, m.word[L4_GUEST_MMIO_VALUE]);
	answer(L4_GUEST_RETRY, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	answer(L4_GUEST_DONE, 0, 0);
	expect_call(guest.calls, 1, 8);
	guest_run(&guest, guest_load, DEVICE + 6, 0, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	EXPECT_EQ(L4_READ, m.word[L4_GUEST_MMIO_ACCESS]);
	EXPECT_EQ(2, m.word[L4_GUEST_MMIO_WIDTH]);
	answer(L4_GUEST_DONE, 0x12348001, 0);
	m = expect_call(guest.calls, 1, 8);
	EXPECT_EQ(0xffffffffffff8001, m.word[1]);
	EXPECT_OK(l4_thread_suspend(guest.thread));
	EXPECT_OK(l4_vcpu_write_register(guest.vcpu, L4_VCPU_REG_VSTVEC, entry_of(guest_hypercall)));
	guest_run(&guest, guest_load, DEVICE + 6, 0, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	answer(L4_GUEST_INJECT, 5, DEVICE + 6);
	expect_call(guest.calls, 1, 8); /* its own trap handler's */
	EXPECT_OK(l4_vcpu_read_register(guest.vcpu, L4_VCPU_REG_VSCAUSE, &value));
	EXPECT_EQ(5, value);
	EXPECT_OK(l4_vcpu_read_register(guest.vcpu, L4_VCPU_REG_VSTVAL, &value));
	EXPECT_EQ(DEVICE + 6, value);
	EXPECT_OK(l4_vcpu_read_register(guest.vcpu, L4_VCPU_REG_VSEPC, &value));
	EXPECT_EQ(entry_of(guest_load), value);
}

TEST(VC0006, "a guest cannot reach the hypervisor's registers, nor run outside its memory")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_privileged, 0, 0, 0, 0);
	m = expect_exit(&guest, L4_FAULT_GUEST_EXCEPTION, L4_GUEST_EXCEPTION_LENGTH);
	EXPECT_EQ(22, m.word[L4_FAULT_CAUSE]);
	EXPECT_EQ(entry_of(guest_privileged), m.word[L4_FAULT_PC]);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0));
	EXPECT_EQ(L4_THREAD_SUSPENDED, state_of(guest.thread));
	receive_ready();
	guest_run(&guest, (const char *)((l4_word_t)guest_code + (DEVICE - RAM)), 0, 0, 0, 0); /* an address of no device */
	m = expect_exit(&guest, L4_FAULT_GUEST_EXCEPTION, L4_GUEST_EXCEPTION_LENGTH);
	EXPECT_EQ(20, m.word[L4_FAULT_CAUSE]);
	EXPECT_EQ(DEVICE, m.word[L4_GUEST_EXCEPTION_GPA]);
}

/* Its first interrupt ends in a hypercall. */
static void wait_in_guest(const struct guest *guest, l4_word_t line)
{
	EXPECT_OK(l4_thread_suspend(guest->thread));
	EXPECT_OK(l4_vcpu_write_register(guest->vcpu, L4_VCPU_REG_VSTVEC, entry_of(guest_hypercall)));
	EXPECT_OK(l4_vcpu_write_register(guest->vcpu, L4_VCPU_REG_VSSTATUS, SSTATUS_SIE));
	EXPECT_OK(l4_vcpu_write_register(guest->vcpu, L4_VCPU_REG_VSCAUSE, 0));
	guest_run(guest, guest_wait, 1UL << (line - 1), 0, 0, 0);
}

static void expect_interrupt(const struct guest *guest, l4_word_t line)
{
	l4_word_t cause;

	expect_call(guest->calls, 1, 8);
	EXPECT_OK(l4_vcpu_read_register(guest->vcpu, L4_VCPU_REG_VSCAUSE, &cause));
	EXPECT_EQ(1UL << 63 | (line - 1), cause);
}

TEST(VC0007, "a guest that waits for an interrupt is woken by its line or its virq, and takes it")
{
	NEEDS_VCPU();
	static const l4_word_t lines[] = {L4_VCPU_LINE_SOFTWARE, L4_VCPU_LINE_TIMER, L4_VCPU_LINE_EXTERNAL};
	struct guest guest = new_guest();

	for (size_t i = 0; i < 6; i++) {
		l4_word_t line = lines[i / 2];

		wait_in_guest(&guest, line);
		EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
		if (i % 2) {
			l4_cap_t virq = new_object(L4_TYPE_VIRQ);

			EXPECT_OK(l4_virq_configure(virq, guest.vcpu, line));
			EXPECT_OK(l4_signal(copy_cap(virq, L4_WRITE)));
		} else {
			EXPECT_OK(l4_vcpu_set_line(guest.vcpu, line, 1));
		}
		expect_interrupt(&guest, line);
		EXPECT_OK(l4_vcpu_set_line(guest.vcpu, line, 0));
	}
}

TEST(VC0009, "a guest that waits is woken by its timer, not before its time")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_word_t deadline = l4_now() + l4_ticks_of_microseconds(3000);

	EXPECT_OK(l4_vcpu_set_timer(guest.vcpu, deadline));
	wait_in_guest(&guest, L4_VCPU_LINE_TIMER);
	EXPECT_EVENTUALLY(state_of(guest.thread) == L4_THREAD_CALLING);
	EXPECT_TRUE(l4_now() >= deadline);
	expect_interrupt(&guest, L4_VCPU_LINE_TIMER);
	EXPECT_OK(l4_vcpu_set_timer(guest.vcpu, ~0UL));
	wait_in_guest(&guest, L4_VCPU_LINE_TIMER);
	sleep_microseconds(1000);
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
}

TEST(VC0008, "suspend, and the end of vcpu, space, cnode or thread, in each state of a guest")
{
	NEEDS_VCPU();
	for (int state = 0; state < 4; state++) {
		for (int victim = 0; victim < 6; victim++) {
			struct guest guest = new_guest();

			if (state == 0) {
				EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1));
				guest_run(&guest, guest_spin, 0, 0, 0, 0);
				sleep_microseconds(200);
			} else if (state == 1) {
				EXPECT_OK(l4_vcpu_set_timer(guest.vcpu, l4_now() + 1000000));
				guest_run(&guest, guest_wait, SSIP | 1 << 5, 0, 0, 0);
			} else {
				guest_run(&guest, state == 2 ? guest_hypercall : guest_load, DEVICE, 0, 0, 0);
				if (state == 2)
					expect_call(guest.calls, 1, 8);
			}
			const l4_cap_t victims[] = {0, guest.vcpu, guest.space, guest.cnode, guest.thread, guest.frame};
			if (victim)
				delete_cap(victims[victim]);
			else
				EXPECT_OK(l4_thread_suspend(guest.thread));
			check_kernel();
			if (victim == 0 || victim == 1 || victim == 2)
				EXPECT_EQ(L4_THREAD_SUSPENDED, state_of(guest.thread));
			sleep_microseconds(200);
			revoke_cap(fixture.user_memory);
			revoke_cap(fixture.object_memory);
		}
	}
}

/* --- Doorbells --- */

static l4_status_t configure(const struct guest *guest, l4_word_t gpa, l4_word_t size, l4_cap_t notification)
{
	return l4_doorbell_configure(new_object(L4_TYPE_DOORBELL), guest->space, gpa, size, notification);
}

TEST(DB0001, "doorbell_configure: errors")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), doorbell = new_object(L4_TYPE_DOORBELL);

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_doorbell_configure(doorbell, L4_SLOT_VSPACE, DEVICE, 4, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, DEVICE, 0, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, DEVICE, PAGE + 1, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, DEVICE + 8, PAGE, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, 1UL << 41, 8, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, -8UL, 16, notification));
	EXPECT_STATUS(L4_TOO_DEEP, configure(&guest, DEVICE, 4, deepest_copy(notification)));
	EXPECT_STATUS(L4_TOO_DEEP, l4_doorbell_configure(doorbell, deepest_copy(guest.space), DEVICE, 4, notification));
	EXPECT_OK(l4_doorbell_configure(doorbell, guest.space, DEVICE, 16, notification));
	EXPECT_STATUS(L4_BUSY, l4_doorbell_configure(doorbell, guest.space, DEVICE + 64, 16, notification));
	EXPECT_STATUS(L4_OCCUPIED, configure(&guest, DEVICE + 15, 16, notification));
	EXPECT_STATUS(L4_OCCUPIED, configure(&guest, DEVICE, 1, notification));
	for (l4_word_t i = 1; i < L4_DOORBELLS_MAX; i++)
		EXPECT_OK(configure(&guest, DEVICE + 16 * i, 16, notification));
	EXPECT_STATUS(L4_OUT_OF_MEMORY, configure(&guest, DEVICE + PAGE, 16, notification));
	delete_cap(doorbell);
	EXPECT_OK(configure(&guest, DEVICE, 16, notification));
}

TEST(DB0002, "a store rings, and the guest goes on without an exit; a load does not; a doorbell that is gone does not")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), badged = mint_cap(notification, L4_WRITE, 0x100), doorbell = new_object(L4_TYPE_DOORBELL);
	struct l4_registers m;

	EXPECT_OK(l4_doorbell_configure(doorbell, guest.space, DEVICE + 8, 8, badged));
	guest_run(&guest, guest_store, DEVICE + 12, 1, 0, 0);
	expect_call(guest.calls, 1, 8);
	EXPECT_EQ(0x100, l4_recv_nonblocking(notification, &m).badge);
	guest_run(&guest, guest_load, DEVICE + 12, 1, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	guest_run(&guest, guest_store, DEVICE + 16, 1, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	delete_cap(badged); /* rings unheard */
	guest_run(&guest, guest_store, DEVICE + 12, 1, 0, 0);
	expect_call(guest.calls, 1, 8);
	delete_cap(doorbell);
	guest_run(&guest, guest_store, DEVICE + 12, 1, 0, 0);
	expect_exit(&guest, L4_FAULT_GUEST_MMIO, L4_GUEST_MMIO_LENGTH);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(notification, &m).status);
}

TEST(DB0003, "a doorbell outlives its space, and can then be used for another")
{
	NEEDS_VCPU();
	l4_cap_t space = new_object(L4_TYPE_GUEST_VSPACE), doorbell = new_object(L4_TYPE_DOORBELL), notification = new_object(L4_TYPE_NOTIFICATION);

	EXPECT_OK(l4_doorbell_configure(doorbell, space, DEVICE, 8, notification));
	delete_cap(space);
	EXPECT_OK(l4_doorbell_configure(doorbell, new_object(L4_TYPE_GUEST_VSPACE), DEVICE, 8, notification));
}

TEST(VQ0001, "virq_configure: errors; a virq without a vcpu is silent")
{
	NEEDS_VCPU();
	l4_cap_t vcpu = new_object(L4_TYPE_VCPU), virq = new_object(L4_TYPE_VIRQ);
	l4_word_t lines;

	EXPECT_OK(l4_signal(virq));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_virq_configure(virq, vcpu, 3));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_virq_configure(virq, vcpu, ~0UL));
	EXPECT_STATUS(L4_TOO_DEEP, l4_virq_configure(virq, deepest_copy(vcpu), L4_VCPU_LINE_EXTERNAL));
	EXPECT_OK(l4_virq_configure(virq, vcpu, L4_VCPU_LINE_EXTERNAL));
	EXPECT_STATUS(L4_NO_RIGHT, l4_signal(copy_cap(virq, L4_READ | L4_GRANT)));
	EXPECT_OK(l4_signal(copy_cap(virq, L4_WRITE)));
	EXPECT_OK(l4_vcpu_read_register(vcpu, L4_VCPU_REG_HVIP, &lines));
	EXPECT_EQ(1UL << L4_VCPU_LINE_EXTERNAL, lines);
	EXPECT_OK(l4_virq_configure(virq, new_object(L4_TYPE_VCPU), L4_VCPU_LINE_TIMER));
	delete_cap(vcpu);
	EXPECT_OK(l4_signal(virq));
}

TEST(GS0001, "a guest's space: write and execute together, 2 MiB pages, no process's thread in it")
{
	NEEDS_VCPU();
	l4_cap_t space = new_object(L4_TYPE_GUEST_VSPACE), frame = new_sized(L4_TYPE_FRAME, 21);

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_frame_map(frame, space, RAM, L4_WRITE, NULL));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_frame_map(frame, space, 1UL << 41, L4_READ, NULL));
	EXPECT_OK(l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), space, (1UL << 41) - LARGE_PAGE));
	EXPECT_OK(l4_frame_map(frame, space, (1UL << 41) - LARGE_PAGE, L4_READ | L4_WRITE | L4_EXECUTE, NULL));
	EXPECT_OK(l4_frame_unmap(frame));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), space, 1UL << 41));
}
