/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <l4/arch/stack.h>
#include <l4/registers.h>

#include <target.h>

static void nothing(struct worker *worker)
{
	(void)worker;
}

/* Runs below the case, for ever. */
static void spin(struct worker *worker)
{
	for (;;)
		worker->value++;
}

TEST(TH0001, "a new thread is suspended; start, suspend and resume")
{
	struct worker *worker = new_worker();

	EXPECT_STATE(L4_THREAD_SUSPENDED, worker);
	worker_run(worker, nothing);
	EXPECT_EQ(1, worker->done);
	EXPECT_STATE(L4_THREAD_SUSPENDED, worker);
	worker_run(worker, nothing);
	EXPECT_EQ(1, worker->done);
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(l4_thread_suspend(worker->thread));
}

TEST(TH0002, "resume and start want a space; resume wants a suspended thread")
{
	l4_cap_t thread = new_object(L4_TYPE_THREAD);
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);

	EXPECT_STATUS(L4_BAD_STATE, l4_thread_resume(thread));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_start(thread, 0, 0, 0, 0));
	EXPECT_OK(l4_thread_suspend(thread));
	worker_run(worker, spin);
	EXPECT_STATE(L4_THREAD_READY, worker);
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_resume(worker->thread));
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(l4_thread_resume(worker->thread));
}

TEST(TH0003, "a thread lacks what is not bound: without time, domain or space it does not run, with all it does")
{
	for (int missing = 0; missing < 3; missing++) {
		struct worker *worker = new_worker();

		if (missing == 0) {
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
		} else if (missing == 1) {
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_DOMAIN, 0));
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
		} else {
			EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, 100000, 100000));
			delete_cap(worker->time);
			worker->time = new_object(L4_TYPE_SCHED_CONTEXT); /* not configured */
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
		}
		worker_run(worker, nothing);
		EXPECT_EQ(0, worker->done);
		EXPECT_STATE(L4_THREAD_READY, worker);
		if (missing == 0) {
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
		} else if (missing == 1) {
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_DOMAIN, fixture.domain));
			EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
		} else {
			EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, 100000, 100000));
		}
		EXPECT_EQ(1, worker->done);
	}
}

static const struct {
	l4_word_t which, type, right;
} bindings[] = {
	{L4_BIND_CNODE, L4_TYPE_CNODE, L4_READ | L4_WRITE}, {L4_BIND_VSPACE, L4_TYPE_VSPACE, L4_WRITE}, {L4_BIND_HANDLER, L4_TYPE_ENDPOINT, L4_WRITE},
	{L4_BIND_HANDLER, L4_TYPE_SYSTEM, L4_WRITE}, {L4_BIND_TIMEOUT_HANDLER, L4_TYPE_ENDPOINT, L4_WRITE}, {L4_BIND_NOTIFICATION, L4_TYPE_NOTIFICATION, L4_READ},
	{L4_BIND_SCHED_CONTEXT, L4_TYPE_SCHED_CONTEXT, L4_WRITE}, {L4_BIND_DOMAIN, L4_TYPE_DOMAIN, L4_WRITE},
};

static l4_cap_t bindable(l4_word_t type)
{
	if (type == L4_TYPE_CNODE)
		return new_cnode(4);
	if (type == L4_TYPE_SYSTEM)
		return copy_cap(fixture.system, L4_ALL_RIGHTS);
	return type == L4_TYPE_DOMAIN ? copy_cap(fixture.domain, L4_ALL_RIGHTS) : new_object(type);
}

TEST(TH0004, "bind wants the right type with the right rights")
{
	l4_cap_t thread = new_object(L4_TYPE_THREAD), timer = new_object(L4_TYPE_TIMER), empty = new_slot();

	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
		l4_cap_t cap = bindable(bindings[i].type);

		EXPECT_STATUS(L4_INVALID_CAP, l4_thread_bind(thread, bindings[i].which, timer));
		EXPECT_STATUS(L4_INVALID_CAP, l4_thread_bind(thread, bindings[i].which, empty));
		EXPECT_STATUS(L4_INVALID_CAP, l4_thread_bind(thread, bindings[i].which, ~0UL));
		EXPECT_STATUS(L4_NO_RIGHT, l4_thread_bind(thread, bindings[i].which, copy_cap(cap, L4_ALL_RIGHTS & ~bindings[i].right)));
		EXPECT_OK(l4_thread_bind(thread, bindings[i].which, copy_cap(cap, bindings[i].right)));
		if (bindings[i].which != L4_BIND_SCHED_CONTEXT)
			EXPECT_OK(l4_thread_bind(thread, bindings[i].which, 0));
		else
			EXPECT_OK(l4_thread_bind(thread, L4_BIND_SCHED_CONTEXT, 0));
	}
	EXPECT_STATUS(L4_INVALID_CAP, l4_thread_bind(thread, L4_BIND_REPLY, timer));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_bind(thread, L4_BIND_COUNT, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_bind(thread, ~0UL, 0));
}

TEST(TH0005, "bind of a capability that is copied as deep as can be: TOO_DEEP")
{
	l4_cap_t thread = new_object(L4_TYPE_THREAD);

	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
		l4_cap_t cap = bindable(bindings[i].type);

		EXPECT_STATUS(L4_TOO_DEEP, l4_thread_bind(thread, bindings[i].which, deepest_copy(cap)));
		revoke_cap(cap);
	}
}

TEST(TH0006, "what can be bound to one thread only is BUSY for others")
{
	l4_cap_t a = new_object(L4_TYPE_THREAD), b = new_object(L4_TYPE_THREAD), notification = new_object(L4_TYPE_NOTIFICATION), time = new_time(l4_startup()->min_budget, l4_startup()->min_budget);

	EXPECT_OK(l4_thread_bind(a, L4_BIND_NOTIFICATION, notification));
	EXPECT_STATUS(L4_BUSY, l4_thread_bind(b, L4_BIND_NOTIFICATION, notification));
	EXPECT_STATUS(L4_BUSY, l4_thread_bind(b, L4_BIND_NOTIFICATION, copy_cap(notification, L4_ALL_RIGHTS)));
	EXPECT_OK(l4_thread_bind(a, L4_BIND_NOTIFICATION, 0));
	EXPECT_OK(l4_thread_bind(b, L4_BIND_NOTIFICATION, notification));
	EXPECT_OK(l4_thread_bind(a, L4_BIND_SCHED_CONTEXT, time));
	EXPECT_STATUS(L4_BUSY, l4_thread_bind(b, L4_BIND_SCHED_CONTEXT, time));
	EXPECT_OK(l4_thread_bind(a, L4_BIND_SCHED_CONTEXT, 0));
	EXPECT_OK(l4_thread_bind(b, L4_BIND_SCHED_CONTEXT, time));
	delete_cap(b);
	EXPECT_OK(l4_thread_bind(a, L4_BIND_SCHED_CONTEXT, time));
	EXPECT_OK(l4_thread_bind(a, L4_BIND_NOTIFICATION, notification));
}

TEST(TH0007, "cnode, space and vcpu change only while suspended; the domain only without time")
{
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);

	worker_run(worker, spin);
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(worker->thread, L4_BIND_CNODE, L4_SLOT_CNODE));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(worker->thread, L4_BIND_VSPACE, L4_SLOT_VSPACE));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(worker->thread, L4_BIND_VSPACE, 0));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(worker->thread, L4_BIND_VCPU, 0));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(worker->thread, L4_BIND_DOMAIN, fixture.domain));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(worker->thread, L4_BIND_DOMAIN, 0));
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_CNODE, L4_SLOT_CNODE));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_VSPACE, L4_SLOT_VSPACE));
}

TEST(TH0008, "revoking a source detaches the thread from it")
{
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);
	l4_cap_t space = copy_cap(L4_SLOT_VSPACE, L4_ALL_RIGHTS), time = worker->time;

	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_VSPACE, space));
	worker_run(worker, spin);
	EXPECT_EVENTUALLY(worker->value > 0);
	delete_cap(space);
	sleep_microseconds(2000);
	l4_word_t stopped = worker->value;
	sleep_microseconds(2000);
	EXPECT_EQ(stopped, worker->value);
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_VSPACE, L4_SLOT_VSPACE));
	EXPECT_OK(l4_thread_resume(worker->thread));
	EXPECT_EVENTUALLY(worker->value > stopped);
	revoke_cap(time);
	stopped = worker->value;
	sleep_microseconds(2000);
	EXPECT_EQ(stopped, worker->value);
}

TEST(TH0009, "set_priority: the domain is the authority, its badge the limit")
{
	struct worker *worker = new_worker();
	l4_word_t priority;
	l4_cap_t limited = mint_cap(fixture.domain, L4_ALL_RIGHTS, 50);

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_set_priority(worker->thread, fixture.domain, L4_PRIORITIES));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_set_priority(worker->thread, fixture.domain, ~0UL));
	EXPECT_STATUS(L4_NO_RIGHT, l4_thread_set_priority(worker->thread, limited, 51));
	EXPECT_STATUS(L4_NO_RIGHT, l4_thread_set_priority(worker->thread, copy_cap(limited, L4_ALL_RIGHTS), 51));
	EXPECT_OK(l4_thread_set_priority(worker->thread, limited, 50));
	EXPECT_OK(l4_thread_info(worker->thread, NULL, &priority, NULL));
	EXPECT_EQ(50, priority);
	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, 255));
	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, 0));
}

TEST(TH0028, "bind: a thread whose priority is above the badge of a domain capability does not get into the domain by it")
{
	l4_cap_t thread = new_object(L4_TYPE_THREAD), own = new_object(L4_TYPE_DOMAIN), limited = mint_cap(fixture.domain, L4_ALL_RIGHTS, 50);

	EXPECT_OK(l4_thread_set_priority(thread, own, 51));
	EXPECT_STATUS(L4_NO_RIGHT, l4_thread_bind(thread, L4_BIND_DOMAIN, limited));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_DOMAIN, own));
	EXPECT_STATUS(L4_NO_RIGHT, l4_thread_bind(thread, L4_BIND_DOMAIN, copy_cap(limited, L4_ALL_RIGHTS)));
	EXPECT_OK(l4_thread_set_priority(thread, own, 50));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_DOMAIN, limited));
}

TEST(TH0010, "set_priority takes effect at once, on running and on ready threads")
{
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);

	worker_run(worker, nothing);
	EXPECT_EQ(0, worker->done);
	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, WORKER_PRIORITY));
	EXPECT_EQ(1, worker->done);
	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, MAIN_PRIORITY - 1));
	worker_run(worker, nothing);
	EXPECT_EQ(0, worker->done);
	EXPECT_OK(l4_thread_set_priority(L4_SLOT_THREAD, fixture.domain, MAIN_PRIORITY - 2));
	EXPECT_EQ(1, worker->done);
	EXPECT_OK(l4_thread_set_priority(L4_SLOT_THREAD, fixture.domain, MAIN_PRIORITY));
}

TEST(TH0011, "set_fpu takes 0 and 1")
{
	struct worker *worker = new_worker();

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_set_fpu(worker->thread, 2));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_set_fpu(worker->thread, ~0UL));
	EXPECT_OK(l4_thread_set_fpu(worker->thread, 1));
	EXPECT_OK(l4_thread_set_fpu(worker->thread, 0));
}

TEST(TH0012, "map_buffer: errors, one place at a time, unmapped by 0 and by the thread's end")
{
	struct worker *worker = new_worker();
	l4_cap_t bare = new_object(L4_TYPE_THREAD), frame = new_frame();

	EXPECT_STATUS(L4_BAD_STATE, l4_thread_map_buffer(bare, CASE_VADDR));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_map_buffer(worker->thread, CASE_VADDR + 8));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_map_buffer(worker->thread, fixture.space_end));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_map_buffer(worker->thread, -PAGE));
	EXPECT_STATUS(L4_MISSING_TABLE, l4_thread_map_buffer(worker->thread, CASE_VADDR));
	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ);
	EXPECT_STATUS(L4_OCCUPIED, l4_thread_map_buffer(worker->thread, CASE_VADDR));
	EXPECT_OK(l4_thread_map_buffer(worker->thread, CASE_VADDR + PAGE));
	EXPECT_STATUS(L4_OCCUPIED, l4_thread_map_buffer(worker->thread, CASE_VADDR + 2 * PAGE));
	EXPECT_TRUE(can_read(CASE_VADDR + PAGE));
	EXPECT_OK(l4_thread_map_buffer(worker->thread, 0));
	EXPECT_TRUE(!can_read(CASE_VADDR + PAGE));
	EXPECT_OK(l4_thread_map_buffer(worker->thread, 0));
	EXPECT_OK(l4_thread_map_buffer(worker->thread, CASE_VADDR + 2 * PAGE));
	EXPECT_STATUS(L4_OCCUPIED, l4_frame_map(new_frame(), L4_SLOT_VSPACE, CASE_VADDR + 2 * PAGE, L4_READ, NULL));
	delete_cap(worker->thread);
	EXPECT_TRUE(!can_read(CASE_VADDR + 2 * PAGE));
}

TEST(TH0013, "the buffer of a thread that dies is gone from its old space too")
{
	struct worker *worker = new_worker();
	l4_cap_t space = new_object(L4_TYPE_VSPACE);

	worker_buffer(worker);
	l4_word_t vaddr = (l4_word_t)worker->buffer;
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_VSPACE, space));
	EXPECT_TRUE(can_read(vaddr));
	delete_cap(worker->thread);
	EXPECT_TRUE(!can_read(vaddr));
}

TEST(TH0014, "registers: read and written while the thread does not run, in the manual's order")
{
	l4_word_t registers[L4_REGISTERS_COUNT], back[L4_REGISTERS_COUNT];
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);

	for (int i = 0; i < L4_REGISTERS_COUNT; i++)
		registers[i] = 0x1000 + 2 * (l4_word_t)i;
	EXPECT_OK(l4_thread_write_registers(worker->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_read_registers(worker->thread, back, L4_REGISTERS_COUNT));
	for (int i = 0; i < L4_REGISTERS_COUNT; i++)
		EXPECT_EQ(register_kept(i, registers[i]), back[i]);
	registers[0] = 0x9999;
	EXPECT_OK(l4_thread_write_registers(worker->thread, registers, 1));
	EXPECT_OK(l4_thread_read_registers(worker->thread, back, L4_REGISTERS_COUNT));
	EXPECT_EQ(register_kept(REGISTER_PC, 0x9999), back[REGISTER_PC]);
	for (int i = 1; i < L4_REGISTERS_COUNT; i++)
		EXPECT_EQ(register_kept(i, registers[i]), back[i]);
	memset(registers, 0xff, sizeof(registers)); /* what no user may have is not kept */
	EXPECT_OK(l4_thread_write_registers(worker->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_read_registers(worker->thread, back, L4_REGISTERS_COUNT));
	for (int i = 0; i < L4_REGISTERS_COUNT; i++)
		EXPECT_EQ(register_kept(i, registers[i]), back[i]);
	worker_run(worker, spin);
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_read_registers(worker->thread, back, L4_REGISTERS_COUNT));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_write_registers(worker->thread, registers, 1));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_read_registers(L4_SLOT_THREAD, back, L4_REGISTERS_COUNT));
}

TEST(TH0015, "write_registers wants one register at least, and no more than there are")
{
	struct worker *worker = new_worker();
	struct l4_registers m = {{0}};

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_invoke(worker->thread, l4_tag(L4_OP_THREAD_WRITE_REGISTERS, 0), &m));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_invoke(worker->thread, l4_tag(L4_OP_THREAD_WRITE_REGISTERS, L4_REGISTERS_COUNT + 1), &m));
}

TEST(TH0016, "start ends a wait; suspend ends it with CANCELLED once the thread is resumed")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), notification = new_object(L4_TYPE_NOTIFICATION);
	static const int64_t numbers[] = {L4_SYS_CALL, L4_SYS_SEND, L4_SYS_RECV, L4_SYS_RECV};
	static const l4_word_t states[] = {L4_THREAD_CALLING, L4_THREAD_SENDING, L4_THREAD_RECEIVING, L4_THREAD_WAITING_NOTIFICATION};

	for (size_t i = 0; i < 4; i++) {
		struct worker *worker = new_worker();

		worker_syscall(worker, numbers[i], i == 3 ? notification : endpoint, 0);
		EXPECT_STATE(states[i], worker);
		EXPECT_STATUS(L4_BAD_STATE, l4_thread_resume(worker->thread));
		EXPECT_OK(l4_thread_suspend(worker->thread));
		EXPECT_STATE(L4_THREAD_SUSPENDED, worker);
		EXPECT_EQ(0, worker->done);
		EXPECT_OK(l4_thread_resume(worker->thread));
		EXPECT_DONE(L4_CANCELLED, worker);
		worker_syscall(worker, numbers[i], i == 3 ? notification : endpoint, 0);
		EXPECT_STATE(states[i], worker);
		worker->started = false;
		worker_run(worker, nothing);
		EXPECT_EQ(1, worker->done);
		EXPECT_STATE(L4_THREAD_SUSPENDED, worker);
	}
	receive_ready();
	struct l4_registers m;
	EXPECT_STATUS(L4_WOULD_BLOCK, look(endpoint, &m).status); /* nobody waits there any more */
}

TEST(TH0017, "suspend of a caller that waits for its reply; the answer then finds nobody")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), reply = new_slot();
	struct worker *worker = new_worker();
	struct l4_registers m;

	receive_ready();
	worker_call(worker, endpoint, 0);
	EXPECT_OK(look(endpoint, &m).status);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, worker);
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, reply));
	EXPECT_STATUS(L4_PEER_GONE, l4_send(reply, 0, &m).status);
	EXPECT_OK(l4_thread_resume(worker->thread));
	EXPECT_DONE(L4_CANCELLED, worker);
}

static void suspend_self(struct worker *worker)
{
	worker->result.status = l4_thread_suspend(worker->thread);
}

TEST(TH0018, "a thread that suspends itself goes on behind that when it is resumed")
{
	struct worker *worker = new_worker();

	worker_run(worker, suspend_self);
	EXPECT_EQ(0, worker->done);
	EXPECT_STATE(L4_THREAD_SUSPENDED, worker);
	EXPECT_OK(l4_thread_resume(worker->thread));
	EXPECT_DONE(L4_OK, worker);
}

static void second_start(struct worker *worker)
{
	worker->value += 100;
	worker->done++;
	l4_thread_suspend(worker->thread);
}

static void start_self(struct worker *worker)
{
	static char stack[1024] __attribute__((aligned(16)));

	worker->value = 1;
	l4_thread_start(worker->thread, (l4_word_t)second_start, l4_arch_entry_sp((uintptr_t)(stack + sizeof(stack))), (l4_word_t)worker, 0);
	worker->value = 2; /* never */
}

TEST(TH0019, "a thread starts itself anew")
{
	struct worker *worker = new_worker();

	worker_run(worker, start_self);
	EXPECT_EQ(101, worker->value);
}

TEST(TH0020, "start clears all registers but program counter, stack pointer, argument and thread pointer")
{
	l4_word_t registers[L4_REGISTERS_COUNT];
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);

	memset(registers, 0x55, sizeof(registers));
	EXPECT_OK(l4_thread_write_registers(worker->thread, registers, L4_REGISTERS_COUNT));
	EXPECT_OK(l4_thread_start(worker->thread, 0x1000, 0x2000, 0x3000, 0x4000));
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(l4_thread_read_registers(worker->thread, registers, L4_REGISTERS_COUNT));
	for (int i = 0; i < L4_REGISTERS_COUNT; i++) {
		l4_word_t expected = i == REGISTER_PC ? 0x1000 : i == REGISTER_SP ? 0x2000 : i == REGISTER_ARGUMENT ? 0x3000
				     : i == REGISTER_THREAD_POINTER ? 0x4000 : register_initial(i);

		EXPECT_EQ(expected, registers[i]);
	}
}

TEST(TH0021, "info tells state, priority and the time run")
{
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);
	l4_word_t state, priority, before, after;

	worker_run(worker, spin);
	EXPECT_OK(l4_thread_info(worker->thread, &state, &priority, &before));
	EXPECT_EQ(L4_THREAD_READY, state);
	EXPECT_EQ(MAIN_PRIORITY - 1, priority);
	EXPECT_EVENTUALLY(worker->value > 0);
	EXPECT_OK(l4_thread_info(worker->thread, NULL, NULL, &after));
	EXPECT_TRUE(after > before);
	delete_cap(worker->time);
	EXPECT_OK(l4_thread_info(worker->thread, NULL, NULL, &after));
	EXPECT_EQ(0, after);
}

TEST(TH0022, "threads of equal priority take turns when they yield; a higher one runs at once")
{
	struct worker *low = new_worker_of(MAIN_PRIORITY), *high = new_worker();

	worker_run(low, nothing);
	EXPECT_EQ(0, low->done);
	worker_run(high, nothing);
	EXPECT_EQ(1, high->done);
	EXPECT_EQ(0, low->done);
	l4_yield();
	EXPECT_EQ(1, low->done);
	l4_yield(); /* alone */
}

static void count_turns(struct worker *worker)
{
	static volatile unsigned int order;

	for (int i = 0; i < 10; i++) {
		worker->value = ++order;
		l4_yield();
	}
}

TEST(TH0023, "yielding threads of one priority run in a circle")
{
	struct worker *worker[3];

	for (int i = 0; i < 3; i++) {
		worker[i] = new_worker_of(MAIN_PRIORITY - 1);
		worker_run(worker[i], count_turns);
	}
	EXPECT_EVENTUALLY(worker[0]->done && worker[1]->done && worker[2]->done);
	EXPECT_EQ(worker[0]->value + 1, worker[1]->value);
	EXPECT_EQ(worker[1]->value + 1, worker[2]->value);
}

TEST(TH0024, "255 beats 254, 0 runs when nobody else does")
{
	struct worker *lowest = new_worker_of(0), *highest = new_worker_of(255), *second = new_worker_of(254);

	worker_run(lowest, spin);
	worker_run(second, nothing);
	worker_run(highest, nothing);
	EXPECT_TRUE(second->done && highest->done);
	EXPECT_EQ(0, lowest->value);
	EXPECT_EVENTUALLY(lowest->value > 0);
}

TEST(TH0025, "a thread killed while it is ready leaves its queue")
{
	struct worker *worker[4];

	for (int i = 0; i < 4; i++) {
		worker[i] = new_worker_of(MAIN_PRIORITY - 1);
		worker_run(worker[i], nothing);
	}
	delete_cap(worker[1]->thread);
	EXPECT_OK(l4_thread_suspend(worker[2]->thread));
	EXPECT_EVENTUALLY(worker[0]->done && worker[3]->done);
	EXPECT_TRUE(!worker[1]->done && !worker[2]->done);
}

TEST(TH0026, "a program counter of the kernel or of nowhere is a fault of the thread")
{
	static const l4_word_t places[] = {FORBIDDEN_PLACES, 0xfffffffffffffffe, 0x8000000000000000, 0x3ffffffffe, 0x800000000000, 0x7fffffffffff};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct worker *worker = new_worker();

		EXPECT_OK(l4_thread_start(worker->thread, places[i], places[i], 0, places[i]));
		EXPECT_STATE(L4_THREAD_SUSPENDED, worker);
	}
}

TEST(TH0027, "revoking a domain's copy stops its threads, and takes nothing else")
{
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);
	l4_cap_t domain = copy_cap(fixture.domain, L4_ALL_RIGHTS);

	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_DOMAIN, domain));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
	worker_run(worker, spin);
	sleep_microseconds(1000);
	delete_cap(domain);
	l4_word_t stopped = worker->value;
	sleep_microseconds(2000);
	EXPECT_EQ(stopped, worker->value);
	EXPECT_STATE(L4_THREAD_READY, worker);
}
