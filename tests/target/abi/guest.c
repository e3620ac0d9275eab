/* SPDX-License-Identifier: BSD-2-Clause */
/* Vcpus, doorbells and virqs. On machines that cannot have guests these objects do not exist (UT0015), and the cases here pass as they are. */
#include "guest.h"

#include <l4/abi/fault.h>
#include <l4/registers.h>
#include <l4/time.h>

l4_word_t entry_of(const char *code)
{
	return GUEST_RAM + (l4_word_t)(code - guest_code);
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

struct guest new_guest(void)
{
	struct guest guest = {
		.thread = new_object(L4_TYPE_THREAD), .time = new_time(100000, 100000), .vcpu = new_object(L4_TYPE_VCPU),
		.space = new_object(L4_TYPE_GUEST_VSPACE), .cnode = new_cnode(16), .handler = new_object(L4_TYPE_ENDPOINT), .frame = new_frame(),
		.calls = new_object(L4_TYPE_ENDPOINT),
	};

	map_frame(L4_SLOT_VSPACE, guest.frame, CASE_VADDR, L4_READ | L4_WRITE);
	memcpy((void *)CASE_VADDR, guest_code, (size_t)(guest_code_end - guest_code));
	map_frame(guest.space, copy_cap(guest.frame, L4_ALL_RIGHTS), GUEST_RAM, L4_READ | L4_WRITE | L4_EXECUTE);
	bind_guest(&guest);
	guest_prepare(&guest);
	receive_ready();
	return guest;
}

void guest_run(const struct guest *guest, const char *code, l4_word_t first, l4_word_t second, l4_word_t slot)
{
	l4_word_t registers[L4_REGISTERS_COUNT] = {0};

	guest_set_registers(registers, entry_of(code), first, second, slot);
	EXPECT_OK(l4_thread_suspend(guest->thread));
	EXPECT_OK(l4_thread_write_registers(guest->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest->thread));
}

l4_word_t guest_register(const struct guest *guest, int index)
{
	l4_word_t registers[L4_REGISTERS_COUNT];

	EXPECT_OK(l4_thread_suspend(guest->thread));
	EXPECT_OK(l4_thread_read_registers(guest->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_resume(guest->thread));
	return registers[index];
}

struct l4_registers expect_call(l4_cap_t endpoint, l4_word_t badge, l4_word_t slot)
{
	struct l4_registers m;
	struct l4_result result = look(endpoint, &m);

	EXPECT_OK(result.status);
	EXPECT_EQ(l4_tag(L4_FAULT_GUEST_HYPERCALL, GUEST_CALL_LENGTH(slot)), result.tag);
	EXPECT_EQ(badge, result.badge);
	return m;
}

struct l4_registers expect_exit(const struct guest *guest, l4_word_t label, l4_word_t length)
{
	struct l4_registers m;
	struct l4_result result = look(guest->handler, &m);

	EXPECT_OK(result.status);
	EXPECT_EQ(l4_tag(label, length), result.tag);
	EXPECT_EQ(2, result.badge);
	return m;
}

void answer_guest(l4_word_t label, l4_word_t word0, l4_word_t word1)
{
	struct l4_registers m = {{word0, word1}};

	EXPECT_STATUS(L4_INVALID_CAP, l4_reply_recv(0, l4_tag(label, 2), &m).status);
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
	guest_run(&guest, guest_spin, 0, 0, 0);
	EXPECT_STATUS(L4_BUSY, l4_vcpu_set_space(guest.vcpu, guest.space));
	EXPECT_STATUS(L4_BUSY, l4_vcpu_set_cnode(guest.vcpu, guest.cnode));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(guest.thread, L4_BIND_VCPU, 0));
	sleep_microseconds(500);
	EXPECT_OK(l4_thread_suspend(guest.thread));
	EXPECT_OK(l4_thread_bind(guest.thread, L4_BIND_VCPU, 0));
	EXPECT_OK(l4_thread_bind(other, L4_BIND_VCPU, guest.vcpu));
}

TEST(VC0003, "a hypercall is a call to slot 0; the answer's words are its results")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	struct l4_registers m;

	guest_run(&guest, guest_hypercall, 11, 12, 0);
	m = expect_call(guest.calls, 1, 0);
	EXPECT_EQ(11, m.word[0]);
	EXPECT_EQ(12, m.word[1]);
	EXPECT_EQ(L4_THREAD_WAITING_REPLY, state_of(guest.thread));
	answer_guest(0, 21, 22);
	m = expect_call(guest.calls, 1, 0);
	EXPECT_EQ(21, m.word[0]);
	EXPECT_EQ(22, m.word[1]);
	delete_cap(guest.calls);
	EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1));
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0)); /* PEER_GONE, and no slot 0 any more: errors without end */
	EXPECT_EVENTUALLY(guest_register(&guest, GUEST_REGISTER_STATUS) == guest_status(L4_INVALID_CAP));
}

TEST(VC0004, "a guest reaches the slots of its cnode, and no others")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), notification = new_object(L4_TYPE_NOTIFICATION);
	struct l4_registers m;
	static const l4_word_t wrong[] = {3, 4, 15, 16, 1UL << 31, ~0UL};

	EXPECT_OK(l4_cnode_mint(guest.cnode, 1, L4_SLOT_CNODE, endpoint, L4_WRITE, 71));
	EXPECT_OK(l4_cnode_mint(guest.cnode, 2, L4_SLOT_CNODE, notification, L4_WRITE, 72));
	EXPECT_OK(l4_cnode_copy(guest.cnode, 4, L4_SLOT_CNODE, guest.space, L4_ALL_RIGHTS));
	EXPECT_OK(l4_cnode_copy(guest.cnode, 5, L4_SLOT_CNODE, endpoint, L4_READ));
	guest_run(&guest, guest_hypercall, 5, 6, 1);
	m = expect_call(endpoint, 71, 1);
	EXPECT_EQ(5, m.word[0]);
	EXPECT_EQ(0, m.word[6]);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0));
	receive_ready();
	EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1));
	guest_run(&guest, guest_hypercall, 5, 6, 2); /* signals without end */
	EXPECT_EQ(72, l4_wait(notification));
	for (size_t i = 0; i <= sizeof(wrong) / sizeof(wrong[0]); i++) {
		bool no_right = i == sizeof(wrong) / sizeof(wrong[0]);
		guest_run(&guest, guest_hypercall, 1, 2, no_right ? 5 : wrong[i]);
		EXPECT_EVENTUALLY(guest_register(&guest, GUEST_REGISTER_STATUS) == guest_status(no_right ? L4_NO_RIGHT : L4_INVALID_CAP));
	}
}

TEST(VC0007, "a guest that waits for an interrupt is woken by its line or its virq, and takes it")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	for (size_t i = 0; i < 2 * GUEST_LINES; i++) {
		l4_word_t line = guest_lines[i / 2];

		guest_await(&guest, line);
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
	guest_await(&guest, guest_timer_line);
	EXPECT_EVENTUALLY(state_of(guest.thread) == L4_THREAD_CALLING);
	EXPECT_TRUE(l4_now() >= deadline);
	expect_interrupt(&guest, guest_timer_line);
	EXPECT_OK(l4_vcpu_set_timer(guest.vcpu, ~0UL));
	guest_await(&guest, guest_timer_line);
	sleep_microseconds(1000);
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
}

TEST(VC0031, "a guest that waits is woken by a deadline that is written to its register")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();

	guest_await(&guest, guest_timer_line);
	EXPECT_EQ(L4_THREAD_WAITING_INTERRUPT, state_of(guest.thread));
	EXPECT_OK(l4_vcpu_write_register(guest.vcpu, guest_deadline_register, l4_now()));
	expect_interrupt(&guest, guest_timer_line);
}

TEST(VC0008, "suspend, and the end of vcpu, space, cnode or thread, in each state of a guest")
{
	NEEDS_VCPU();
	for (int state = 0; state < 4; state++) {
		for (int victim = 0; victim < 6; victim++) {
			struct guest guest = new_guest();

			if (state == 0) {
				EXPECT_OK(l4_thread_set_priority(guest.thread, fixture.domain, MAIN_PRIORITY - 1));
				guest_run(&guest, guest_spin, 0, 0, 0);
				sleep_microseconds(200);
			} else if (state == 1) {
				EXPECT_OK(l4_vcpu_set_timer(guest.vcpu, l4_now() + l4_ticks_of_microseconds(100000)));
				guest_await(&guest, guest_timer_line);
			} else {
				guest_run(&guest, state == 2 ? guest_hypercall : guest_read, GUEST_DOORBELLS, 0, 0);
				if (state == 2)
					expect_call(guest.calls, 1, 0);
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

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_doorbell_configure(doorbell, L4_SLOT_VSPACE, GUEST_DOORBELLS, 4, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, GUEST_DOORBELLS, 0, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, GUEST_DOORBELLS, PAGE + 1, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, GUEST_DOORBELLS + 8, PAGE, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, GUEST_DOORBELLS_END, 8, notification));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(&guest, -8UL, 16, notification));
	EXPECT_STATUS(L4_TOO_DEEP, configure(&guest, GUEST_DOORBELLS, 4, deepest_copy(notification)));
	EXPECT_STATUS(L4_TOO_DEEP, l4_doorbell_configure(doorbell, deepest_copy(guest.space), GUEST_DOORBELLS, 4, notification));
	EXPECT_OK(l4_doorbell_configure(doorbell, guest.space, GUEST_DOORBELLS, 16, notification));
	EXPECT_STATUS(L4_BUSY, l4_doorbell_configure(doorbell, guest.space, GUEST_DOORBELLS + 64, 16, notification));
	EXPECT_STATUS(L4_OCCUPIED, configure(&guest, GUEST_DOORBELLS + 15, 16, notification));
	EXPECT_STATUS(L4_OCCUPIED, configure(&guest, GUEST_DOORBELLS, 1, notification));
	for (l4_word_t i = 1; i < L4_DOORBELLS_MAX; i++)
		EXPECT_OK(configure(&guest, GUEST_DOORBELLS + 16 * i, 16, notification));
	EXPECT_STATUS(L4_OUT_OF_MEMORY, configure(&guest, GUEST_DOORBELLS + PAGE, 16, notification));
	delete_cap(doorbell);
	EXPECT_OK(configure(&guest, GUEST_DOORBELLS, 16, notification));
}

TEST(DB0002, "a write rings, and the guest goes on without an exit; a read does not; a doorbell that is gone does not")
{
	NEEDS_VCPU();
	struct guest guest = new_guest();
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), badged = mint_cap(notification, L4_WRITE, 0x100), doorbell = new_object(L4_TYPE_DOORBELL);
	struct l4_registers m;

	EXPECT_OK(l4_doorbell_configure(doorbell, guest.space, GUEST_DOORBELLS + 8, 8, badged));
	guest_run(&guest, guest_write, GUEST_DOORBELLS + 12, 1, 0);
	expect_call(guest.calls, 1, 0);
	EXPECT_EQ(0x100, l4_recv_nonblocking(notification, &m).badge);
	guest_run(&guest, guest_read, GUEST_DOORBELLS + 12, 1, 0);
	expect_exit(&guest, GUEST_DOORBELL_FAULT, GUEST_DOORBELL_FAULT_LENGTH);
	guest_run(&guest, guest_write, GUEST_DOORBELLS + 16, 1, 0);
	expect_exit(&guest, GUEST_DOORBELL_FAULT, GUEST_DOORBELL_FAULT_LENGTH);
	delete_cap(badged); /* rings unheard */
	guest_run(&guest, guest_write, GUEST_DOORBELLS + 12, 1, 0);
	expect_call(guest.calls, 1, 0);
	delete_cap(doorbell);
	guest_run(&guest, guest_write, GUEST_DOORBELLS + 12, 1, 0);
	expect_exit(&guest, GUEST_DOORBELL_FAULT, GUEST_DOORBELL_FAULT_LENGTH);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(notification, &m).status);
}

TEST(DB0003, "a doorbell outlives its space, and can then be used for another")
{
	NEEDS_VCPU();
	l4_cap_t space = new_object(L4_TYPE_GUEST_VSPACE), doorbell = new_object(L4_TYPE_DOORBELL), notification = new_object(L4_TYPE_NOTIFICATION);

	EXPECT_OK(l4_doorbell_configure(doorbell, space, GUEST_DOORBELLS, 8, notification));
	delete_cap(space);
	EXPECT_OK(l4_doorbell_configure(doorbell, new_object(L4_TYPE_GUEST_VSPACE), GUEST_DOORBELLS, 8, notification));
}

TEST(VQ0001, "virq_configure: errors; a virq without a vcpu is silent")
{
	NEEDS_VCPU();
	l4_cap_t vcpu = new_object(L4_TYPE_VCPU), virq = new_object(L4_TYPE_VIRQ);

	EXPECT_OK(l4_signal(virq));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_virq_configure(virq, vcpu, 3));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_virq_configure(virq, vcpu, ~0UL));
	EXPECT_STATUS(L4_TOO_DEEP, l4_virq_configure(virq, deepest_copy(vcpu), guest_lines[0]));
	EXPECT_OK(l4_virq_configure(virq, vcpu, guest_lines[0]));
	EXPECT_STATUS(L4_NO_RIGHT, l4_signal(copy_cap(virq, L4_READ | L4_GRANT)));
	EXPECT_TRUE(!line_is_pending(vcpu, guest_lines[0]));
	EXPECT_OK(l4_signal(copy_cap(virq, L4_WRITE)));
	EXPECT_TRUE(line_is_pending(vcpu, guest_lines[0]));
	EXPECT_TRUE(!line_is_pending(vcpu, guest_lines[1]));
	EXPECT_OK(l4_virq_configure(virq, new_object(L4_TYPE_VCPU), guest_lines[1]));
	delete_cap(vcpu);
	EXPECT_OK(l4_signal(virq));
}

static l4_status_t map_large(l4_cap_t frame, l4_cap_t space, l4_word_t gpa)
{
	for (;;) {
		l4_status_t status = l4_frame_map(frame, space, gpa, L4_READ | L4_WRITE | L4_EXECUTE, NULL);

		if (status != L4_MISSING_TABLE)
			return status;
		EXPECT_OK(l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), space, gpa));
	}
}

TEST(GS0001, "a guest's space: write and execute together, 2 MiB pages, no process's thread in it")
{
	NEEDS_VCPU();
	l4_cap_t space = new_object(L4_TYPE_GUEST_VSPACE), frame = new_sized(L4_TYPE_FRAME, 21);

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_frame_map(frame, space, GUEST_RAM, L4_WRITE, NULL));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_frame_map(frame, space, GUEST_SPACE_END, L4_READ, NULL));
	EXPECT_OK(map_large(frame, space, GUEST_SPACE_END - LARGE_PAGE));
	EXPECT_OK(l4_frame_unmap(frame));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), space, GUEST_SPACE_END));
}
