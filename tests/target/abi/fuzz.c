/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random system calls. Threads in a space of their own make them, on a cnode (the sandbox) that holds capabilities of every type to objects made
 * of a piece of memory of its own. About half of the arguments are what the operation wants; the rest is anything.
 *
 * The sandbox gets no capability to the system: halt would end the machine, and print would write over the results; nor to the schedule, which would take the case's own time.
 * The operations of these two types are not counted.
 */
#include "guest.h"
#include "operations.h"
#include "worker.h"

#include <stdio.h>

#include <l4/abi/arch.h>
#include <l4/time.h>

#include <target.h>

#define SEED 0x1234567890abcdefUL
#define CALLS 300000UL
#define BATCHES_A_ROUND 800 /* then all of the sandbox's memory is revoked, which must leave nothing */
#define BATCHES_A_REPAIR 20
#define THREADS 6
#define SLOTS 128
#define SANDBOX_OBJECT_BITS 18
#define SANDBOX_USER_BITS 17
#define FUZZ_PRIORITY 50
#define FUZZ_PRIORITY_MAX 90 /* below the case: what loops for ever is stopped */
#define IDLE_PRIORITY 1
#define CODE 0x10000000UL
#define WINDOW 0x20000000UL /* where the calls like to map */
#define NEIGHBOUR_PAGES 16
#define TOUCHED 4
#define BATCH 8 /* calls that a thread makes before the next one has its turn */
#define HOG_MICROSECONDS 20000
#define BIT_IDLE 1
#define BIT_TIME 2

/* Slots of the sandbox that repair keeps filled; the first is its own cnode. */
enum { SLOT_CNODE = 1, SLOT_DOMAIN, SLOT_IRQ, SLOT_INSPECTOR, SLOT_VSPACE, SLOT_THREAD, SLOT_OBJECTS = SLOT_THREAD + THREADS, SLOT_FRAMES, SLOT_FREE };

extern const char fuzz_code[], fuzz_code_end[];

/* One system call, in a page that the case shares with the thread that makes it. */
struct command {
	int64_t number;
	l4_cap_t cap;
	l4_word_t tag;
	struct l4_registers m;
	struct l4_result result;
	volatile l4_word_t done;
	l4_word_t more; /* another one follows */
};

_Static_assert(sizeof(struct command) == 128 && offsetof(struct command, more) == 120 && offsetof(struct command, result) == 88, "remote.S has these numbers");

/* What the case remembers of a command. */
struct note {
	const struct operation *operation; /* null for messages */
	int64_t number;
	bool counted;
	l4_word_t touched[TOUCHED]; /* words of the operation, some of which may be slots */
};

static struct {
	uint64_t random;
	l4_cap_t cnode, space, objects, frames, domain, irq_control, inspector, wake, timer;
	struct {
		l4_cap_t thread, time;
		struct command *commands;
		struct note note[BATCH];
	} thread[THREADS];
	uint8_t type[SLOTS]; /* what was last seen in the sandbox's slots */
	unsigned long made; /* calls that have come to an end */
	unsigned long effects[64], tries[64], calls[8], call_tries[8], hogs;
} fuzz;

static uint64_t next_random(void)
{
	fuzz.random ^= fuzz.random << 13;
	fuzz.random ^= fuzz.random >> 7;
	fuzz.random ^= fuzz.random << 17;
	return fuzz.random * 0x2545f4914f6cdd1d >> 16;
}

static bool one_in(unsigned int n)
{
	return next_random() % n == 0;
}

/* --- Arguments --- */

static l4_word_t look_at(l4_cap_t slot)
{
	l4_word_t type;

	EXPECT_OK(l4_cnode_identify(fuzz.cnode, slot, &type, NULL, NULL, NULL, NULL));
	fuzz.type[slot] = (uint8_t)type;
	return type;
}

/* A slot that lately held a capability of this type (L4_TYPE_NULL: that was empty), if there is one. */
static l4_cap_t slot_with(l4_word_t type)
{
	l4_cap_t start = next_random() % SLOTS;

	for (l4_cap_t i = 0; i < SLOTS; i++) {
		l4_cap_t slot = (start + i) % SLOTS;

		if (slot && slot != SLOTS - 1 && fuzz.type[slot] == type)
			return slot;
	}
	return start;
}

static l4_cap_t any_slot(void)
{
	return 1 + next_random() % (SLOTS - 2);
}

static l4_word_t hostile(void)
{
	static const l4_word_t values[] = {
		0, 1, 2, 8, 63, 64, 4095, 4096, 1UL << 21, 1UL << 31, 1UL << 38, 1UL << 39, 1UL << 41, 1UL << 46, 1UL << 47, 1UL << 63, ~0UL, ~0UL - 1, -4096UL,
		CODE, FORBIDDEN_PLACES,
	};

	switch (next_random() % 4) {
	case 0:
		return next_random() << 32 ^ next_random();
	case 1:
		return next_random() % 256;
	default:
		return values[next_random() % (sizeof(values) / sizeof(values[0]))];
	}
}

static l4_word_t vaddr(void)
{
	return WINDOW + next_random() % 32 * PAGE + (one_in(8) ? LARGE_PAGE * (next_random() % 4) : 0);
}

static l4_word_t retype_type(void)
{
	static const l4_word_t types[] = {
		L4_TYPE_UNTYPED, L4_TYPE_CNODE, L4_TYPE_THREAD, L4_TYPE_ENDPOINT, L4_TYPE_REPLY, L4_TYPE_NOTIFICATION, L4_TYPE_VSPACE, L4_TYPE_PAGE_TABLE,
		L4_TYPE_FRAME, L4_TYPE_SCHED_CONTEXT, L4_TYPE_TIMER, L4_TYPE_VCPU, L4_TYPE_DOORBELL, L4_TYPE_VIRQ, L4_TYPE_GUEST_VSPACE,
		L4_TYPE_SCHEDULE, L4_TYPE_DOMAIN,
	};

	return types[next_random() % (sizeof(types) / sizeof(types[0]))];
}

static l4_word_t size_for(l4_word_t type)
{
	switch (type) {
	case L4_TYPE_FRAME:
		return L4_PAGE_BITS;
	case L4_TYPE_UNTYPED:
		return 6 + next_random() % 9;
	case L4_TYPE_CNODE:
		return 7 + next_random() % 4;
	case L4_TYPE_SCHEDULE:
		return 8 + next_random() % 3;
	default:
		return 0;
	}
}

static void retype_words(l4_word_t *word)
{
	word[0] = retype_type();
	word[1] = size_for(word[0]);
	word[3] = slot_with(L4_TYPE_NULL);
	word[4] = one_in(4) ? 1 + next_random() % 3 : 1;
}

static void cnode_words(const struct operation *operation, l4_word_t *word)
{
	bool takes = operation->label == L4_OP_CNODE_DELETE || operation->label == L4_OP_CNODE_REVOKE || operation->label == L4_OP_CNODE_IDENTIFY;

	word[0] = takes ? any_slot() : slot_with(L4_TYPE_NULL);
	if (operation->label == L4_OP_CNODE_MINT)
		word[2] = slot_with(one_in(2) ? L4_TYPE_ENDPOINT : L4_TYPE_NOTIFICATION);
	else if (!takes)
		word[2] = any_slot();
	word[3] = one_in(4) ? next_random() % 16 : L4_ALL_RIGHTS;
	word[4] = next_random() % 100;
}

static void bind_words(l4_word_t *word)
{
	static const l4_word_t types[L4_BIND_COUNT] = {
		L4_TYPE_CNODE, L4_TYPE_VSPACE, L4_TYPE_ENDPOINT, L4_TYPE_ENDPOINT, L4_TYPE_NOTIFICATION, L4_TYPE_REPLY, L4_TYPE_SCHED_CONTEXT, L4_TYPE_DOMAIN,
		L4_TYPE_VCPU,
	};

	word[0] = next_random() % L4_BIND_COUNT;
	word[1] = one_in(6) ? 0 : slot_with(types[word[0]]);
}

static void thread_words(const struct operation *operation, l4_word_t *word)
{
	switch (operation->label) {
	case L4_OP_THREAD_BIND:
		bind_words(word);
		break;
	case L4_OP_THREAD_MAP_BUFFER:
		word[0] = one_in(3) ? 0 : vaddr();
		break;
	case L4_OP_THREAD_SET_PRIORITY:
		word[1] = next_random() % (FUZZ_PRIORITY_MAX + 1);
		break;
	case L4_OP_THREAD_SET_FPU:
		word[0] = next_random() % 2;
		break;
	case L4_OP_THREAD_START:
		word[0] = CODE;
		word[1] = CODE + PAGE * (1 + next_random() % THREADS);
		break;
	default:
		break;
	}
}

static l4_word_t guest_line(void)
{
	return guest_lines[next_random() % GUEST_LINES];
}

static void vcpu_words(const struct operation *operation, l4_word_t *word)
{
	switch (operation->label) {
	case L4_OP_VCPU_SET_LINE:
		word[0] = guest_line();
		word[1] = next_random() % 2;
		break;
	case L4_OP_VCPU_SET_TIMER:
		word[0] = l4_now() + next_random() % 100000;
		break;
	default:
		word[0] = next_random() % L4_VCPU_REG_COUNT;
		word[1] = one_in(2) ? 0 : hostile();
		break;
	}
}

/* The calls that come change so much that the walk would hardly ever reach a space by them. Seldom, because it takes long. */
static void inspector_words(const struct operation *operation, l4_word_t *word)
{
	if (operation->label == L4_OP_INSPECTOR_MAPPING && one_in(8))
		stand_at(L4_TYPE_VSPACE);
	if (operation->label == L4_OP_INSPECTOR_NEXT)
		word[0] = next_random() % 2;
}

/* What makes sense for the plain words of an operation. */
static void plausible(const struct operation *operation, l4_word_t *word)
{
	static const l4_word_t frame_rights[] = {L4_READ, L4_READ | L4_WRITE, L4_READ | L4_EXECUTE};

	switch (operation->type) {
	case L4_TYPE_UNTYPED:
		retype_words(word);
		break;
	case L4_TYPE_CNODE:
		cnode_words(operation, word);
		break;
	case L4_TYPE_THREAD:
		thread_words(operation, word);
		break;
	case L4_TYPE_PAGE_TABLE:
	case L4_TYPE_FRAME:
		word[1] = vaddr();
		word[2] = frame_rights[next_random() % 3];
		break;
	case L4_TYPE_SCHED_CONTEXT:
		word[1] = l4_startup()->min_budget / 2 + next_random() % (5 * l4_startup()->min_budget);
		word[2] = word[1] * (1 + next_random() % 3);
		break;
	case L4_TYPE_SCHEDULE:
		word[0] = operation->label == L4_OP_SCHEDULE_SET ? next_random() % 4 : next_random() % 1000;
		word[1] = 1000 + next_random() % 100000;
		break;
	case L4_TYPE_TIMER:
		word[0] = l4_now() + next_random() % 100000;
		break;
	case L4_TYPE_IRQ_CONTROL:
		word[0] = 40 + next_random() % 40;
		word[2] = slot_with(L4_TYPE_NULL);
		break;
	case L4_TYPE_INSPECTOR:
		inspector_words(operation, word);
		break;
	case L4_TYPE_VCPU:
		vcpu_words(operation, word);
		break;
	case L4_TYPE_DOORBELL:
		word[1] = GUEST_DOORBELLS + next_random() % 16 * 64;
		word[2] = 64;
		break;
	case L4_TYPE_VIRQ:
		word[1] = guest_line();
		break;
	default:
		break;
	}
}

static void choose_operation(struct command *command, struct note *note, const struct operation *operation)
{
	l4_word_t *word = command->m.word, length = operation->arguments;

	for (int i = 0; i < L4_MESSAGE_REGISTERS; i++)
		word[i] = hostile();
	plausible(operation, word);
	for (size_t i = 0; i < operation->arguments; i++) {
		const struct operation_argument *argument = &operation->argument[i];

		if (argument->type)
			word[i] = one_in(10) ? any_slot() : argument->optional && one_in(3) ? 0 : slot_with(argument->type);
		if (one_in(12))
			word[i] = hostile();
	}
	if (operation->type == L4_TYPE_THREAD && operation->label == L4_OP_THREAD_WRITE_REGISTERS)
		length = 1 + next_random() % 8;
	memcpy(note->touched, word, sizeof(note->touched));
	command->number = L4_SYS_CALL;
	command->cap = one_in(12) ? any_slot() : slot_with(operation->type);
	command->tag = l4_tag(operation->label, one_in(20) ? next_random() % 70 : length);
}

/* --- Messages --- */

static l4_cap_t place_for(int64_t number)
{
	static const l4_word_t senders[] = {L4_TYPE_ENDPOINT, L4_TYPE_ENDPOINT, L4_TYPE_NOTIFICATION, L4_TYPE_REPLY, L4_TYPE_VIRQ};

	if (one_in(12))
		return any_slot();
	if (number == L4_SYS_SEND || number == L4_SYS_SEND_NONBLOCKING)
		return slot_with(senders[next_random() % 5]);
	return slot_with(number == L4_SYS_CALL || !one_in(4) ? L4_TYPE_ENDPOINT : L4_TYPE_NOTIFICATION);
}

static void choose_message(struct command *command)
{
	command->number = (int64_t)(next_random() % 8) - 2; /* 0 is no system call */
	command->cap = place_for(command->number);
	command->tag = l4_tag(next_random() % 16, one_in(3) ? next_random() % 70 : next_random() % 9) | (one_in(4) ? L4_TAG_CAP : 0) | (one_in(8) ? L4_TAG_MOVE : 0);
	for (int i = 0; i < L4_MESSAGE_REGISTERS; i++)
		command->m.word[i] = hostile();
}

/* --- The sandbox --- */

static void copy_in(l4_cap_t slot, l4_cap_t cap)
{
	if (look_at(slot) == L4_TYPE_NULL)
		EXPECT_OK(l4_cnode_copy(fuzz.cnode, slot, L4_SLOT_CNODE, cap, L4_READ | L4_WRITE | L4_GRANT));
	look_at(slot);
}

static void look_at_all(void)
{
	for (l4_cap_t slot = 1; slot < SLOTS - 1; slot++)
		look_at(slot);
}

/* A capability of a type that the sandbox lacks. */
static void stock(l4_word_t type)
{
	if (memchr(fuzz.type + 1, (int)type, SLOTS - 2))
		return;
	l4_cap_t slot = slot_with(L4_TYPE_NULL);
	l4_cap_t memory = type == L4_TYPE_FRAME ? fuzz.frames : fuzz.objects;

	if (slot && look_at(slot) == L4_TYPE_NULL)
		(void)!l4_untyped_retype(memory, type, size_for(type), fuzz.cnode, slot, 1); /* unless memory is short just now */
	look_at(slot);
}

static void stock_all(void)
{
	static const l4_word_t types[] = {L4_TYPE_ENDPOINT, L4_TYPE_REPLY, L4_TYPE_NOTIFICATION, L4_TYPE_VSPACE, L4_TYPE_PAGE_TABLE, L4_TYPE_FRAME,
					  L4_TYPE_SCHED_CONTEXT, L4_TYPE_TIMER, L4_TYPE_VCPU, L4_TYPE_DOORBELL, L4_TYPE_VIRQ, L4_TYPE_SCHEDULE};

	look_at_all();
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		stock(types[i]);
}

/* Threads get back what they need to make calls; what they had bound themselves, and may have lost, is theirs to get again. */
static void repair_thread(unsigned int i)
{
	l4_cap_t thread = fuzz.thread[i].thread;

	EXPECT_OK(l4_thread_suspend(thread));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_VCPU, 0));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_CNODE, fuzz.cnode));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_VSPACE, fuzz.space));
	(void)!l4_thread_bind(thread, L4_BIND_SCHED_CONTEXT, 0); /* BUSY while it runs on borrowed time, which then must do */
	(void)!l4_thread_bind(thread, L4_BIND_DOMAIN, fuzz.domain); /* nor does it then get another domain */
	(void)!l4_thread_set_priority(thread, fixture.domain, FUZZ_PRIORITY);
	(void)!l4_sched_context_configure(fuzz.thread[i].time, fixture.domain, 100000, 100000);
	if (i % 3 != 2) /* the others stay passive */
		(void)!l4_thread_bind(thread, L4_BIND_SCHED_CONTEXT, fuzz.thread[i].time);
	copy_in(SLOT_THREAD + i, thread);
}

static void repair(void)
{
	copy_in(SLOT_CNODE, fuzz.cnode);
	copy_in(SLOT_DOMAIN, fuzz.domain);
	copy_in(SLOT_IRQ, fuzz.irq_control);
	copy_in(SLOT_INSPECTOR, fuzz.inspector);
	copy_in(SLOT_VSPACE, fuzz.space);
	for (unsigned int i = 0; i < THREADS; i++)
		repair_thread(i);
	stock_all();
}

static void fill_untyped(l4_cap_t slot, l4_cap_t memory, l4_word_t bits)
{
	l4_status_t status = l4_cnode_delete(fuzz.cnode, slot);

	EXPECT_OK(status);
	EXPECT_OK(l4_untyped_retype(memory, L4_TYPE_UNTYPED, bits, fuzz.cnode, slot, 1));
	look_at(slot);
}

/* Everything that the calls have made goes; the sandbox's own memory must then be unused. */
static void begin_round(void)
{
	for (unsigned int i = 0; i < THREADS; i++)
		EXPECT_OK(l4_thread_suspend(fuzz.thread[i].thread));
	for (l4_cap_t slot = 0; slot < SLOTS - 1; slot++)
		EXPECT_OK(l4_cnode_delete(fuzz.cnode, slot));
	revoke_cap(fuzz.objects);
	revoke_cap(fuzz.frames);
	EXPECT_EQ(0, used_of(fuzz.objects));
	EXPECT_EQ(0, used_of(fuzz.frames));
	check_kernel();
	fill_untyped(SLOT_OBJECTS, fuzz.objects, SANDBOX_OBJECT_BITS - 1);
	fill_untyped(SLOT_FRAMES, fuzz.frames, SANDBOX_USER_BITS - 1);
	repair();
	watchdog_feed();
}

static void new_fuzz_thread(unsigned int i)
{
	l4_cap_t page = new_frame();
	l4_word_t own = CASE_VADDR + PAGE * (i + 1);

	map_frame(L4_SLOT_VSPACE, copy_cap(page, L4_ALL_RIGHTS), own, L4_READ | L4_WRITE);
	map_frame(fuzz.space, page, CODE + PAGE * (i + 1), L4_READ | L4_WRITE);
	fuzz.thread[i].commands = (struct command *)own;
	fuzz.thread[i].thread = new_object(L4_TYPE_THREAD);
	fuzz.thread[i].time = new_time(100000, 100000);
	EXPECT_OK(l4_thread_bind(fuzz.thread[i].thread, L4_BIND_REPLY, new_object(L4_TYPE_REPLY)));
}

/* Runs when no thread of the sandbox can: tells the case. */
static void idle(struct worker *worker)
{
	for (;;)
		l4_signal(worker->cap);
}

static void make_sandbox(void)
{
	l4_cap_t code = new_frame();
	struct worker *worker = new_worker_of(IDLE_PRIORITY);

	fuzz.random = SEED;
	fuzz.cnode = new_sized(L4_TYPE_CNODE, 13);
	fuzz.space = new_object(L4_TYPE_VSPACE);
	fuzz.objects = new_sized(L4_TYPE_UNTYPED, SANDBOX_OBJECT_BITS);
	fuzz.frames = new_slot();
	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_UNTYPED, SANDBOX_USER_BITS, L4_SLOT_CNODE, fuzz.frames, 1));
	fuzz.domain = mint_cap(fixture.domain, L4_ALL_RIGHTS, FUZZ_PRIORITY_MAX);
	fuzz.irq_control = copy_cap(fixture.irq_control, L4_ALL_RIGHTS);
	fuzz.inspector = copy_cap(fixture.inspector, L4_ALL_RIGHTS);
	fuzz.wake = new_object(L4_TYPE_NOTIFICATION);
	fuzz.timer = new_object(L4_TYPE_TIMER);
	EXPECT_OK(l4_timer_bind(fuzz.timer, mint_cap(fuzz.wake, L4_WRITE, BIT_TIME)));
	map_frame(L4_SLOT_VSPACE, code, CASE_VADDR, L4_READ | L4_WRITE);
	memcpy((void *)CASE_VADDR, fuzz_code, (size_t)(fuzz_code_end - fuzz_code));
	map_frame(fuzz.space, copy_cap(code, L4_ALL_RIGHTS), CODE, L4_READ | L4_EXECUTE);
	make_tables(fuzz.space, WINDOW);
	for (unsigned int i = 0; i < THREADS; i++)
		new_fuzz_thread(i);
	worker->cap = mint_cap(fuzz.wake, L4_WRITE, BIT_IDLE);
	worker_run(worker, idle);
}

/* --- The calls --- */

/* Keeps what is known of the slots near the truth, after calls that fill and empty them. */
static void look_at_touched(const struct note *note)
{
	const struct operation *operation = note->operation;

	if (!operation || (operation->type != L4_TYPE_CNODE && operation->type != L4_TYPE_UNTYPED && operation->type != L4_TYPE_IRQ_CONTROL))
		return;
	for (size_t i = 0; i < TOUCHED; i++) {
		if (note->touched[i] && note->touched[i] < SLOTS - 1)
			look_at(note->touched[i]);
	}
}

/* Counts what a command came to, once it is over. */
static void count(const struct command *command, struct note *note)
{
	if (note->counted || !command->done)
		return;
	bool ok = command->result.status == L4_OK;
	note->counted = true;
	fuzz.made++;
	if (note->operation) {
		fuzz.tries[note->operation - operations]++;
		fuzz.effects[note->operation - operations] += ok;
	} else {
		fuzz.call_tries[note->number + 2]++;
		fuzz.calls[note->number + 2] += ok;
	}
	look_at_touched(note);
}

static void count_all(void)
{
	for (unsigned int i = 0; i < THREADS; i++) {
		for (unsigned int j = 0; j < BATCH; j++)
			count(&fuzz.thread[i].commands[j], &fuzz.thread[i].note[j]);
	}
}

static bool is_withheld(const struct operation *operation)
{
	return operation->type == L4_TYPE_SYSTEM || operation->type == L4_TYPE_SCHEDULE_CONTROL;
}

static void choose(struct command *command, struct note *note)
{
	const struct operation *operation;

	do
		operation = &operations[next_random() % operation_count];
	while (is_withheld(operation));
	*note = (struct note){.operation = one_in(4) ? NULL : operation};
	command->done = 0;
	if (note->operation)
		choose_operation(command, note, operation);
	else
		choose_message(command);
	note->number = command->number;
}

static void choose_batch(unsigned int i)
{
	for (unsigned int j = 0; j < BATCH; j++) {
		choose(&fuzz.thread[i].commands[j], &fuzz.thread[i].note[j]);
		fuzz.thread[i].commands[j].more = j + 1 < BATCH;
	}
}

static void arm_timer(void)
{
	EXPECT_OK(l4_timer_arm(fuzz.timer, l4_now() + l4_ticks_of_microseconds(HOG_MICROSECONDS)));
}

/* Until no thread can run. What runs for ever (guests can) is stopped: first the threads of the case, then what the calls have made. */
static void let_run(void)
{
	for (int times = 0; !(l4_wait(fuzz.wake) & BIT_IDLE); times++) {
		fuzz.hogs++;
		for (unsigned int i = 0; i < THREADS; i++)
			EXPECT_OK(l4_thread_suspend(fuzz.thread[i].thread));
		if (times)
			revoke_cap(fuzz.objects);
		arm_timer();
	}
}

/* One that has nothing to wait for, mostly. */
static unsigned int pick_thread(void)
{
	unsigned int i = next_random() % THREADS;

	for (unsigned int tries = 0; tries < 4 && state_of(fuzz.thread[i].thread) != L4_THREAD_SUSPENDED; tries++)
		i = next_random() % THREADS;
	return i;
}

static void one_batch(void)
{
	unsigned int i = pick_thread();

	count_all();
	choose_batch(i);
	/* BAD_STATE where a call of before took its space. */
	if (l4_thread_start(fuzz.thread[i].thread, CODE, CODE + PAGE * (i + 1), 0, 0) == L4_OK)
		let_run();
	count_all();
}

static uint64_t hash(l4_word_t at, l4_word_t size)
{
	uint64_t value = 0xcbf29ce484222325;

	for (l4_word_t i = 0; i < size; i += sizeof(l4_word_t))
		value = (value ^ *(volatile l4_word_t *)(at + i)) * 0x100000001b3;
	return value;
}

/* Memory of another space, and how this case sees it. */
static l4_word_t make_neighbour(void)
{
	l4_cap_t space = new_object(L4_TYPE_VSPACE);
	l4_word_t vaddr = CASE_VADDR + 8 * LARGE_PAGE;

	for (l4_word_t i = 0; i < NEIGHBOUR_PAGES; i++) {
		l4_cap_t frame = new_frame();

		map_frame(L4_SLOT_VSPACE, copy_cap(frame, L4_READ | L4_WRITE), vaddr + i * PAGE, L4_READ | L4_WRITE);
		map_frame(space, frame, WINDOW + i * PAGE, L4_READ | L4_WRITE);
		for (l4_word_t j = 0; j < PAGE; j += 8)
			*(volatile l4_word_t *)(vaddr + i * PAGE + j) = next_random();
	}
	return vaddr;
}

static bool is_possible(const struct operation *operation)
{
	bool is_guests = operation->type == L4_TYPE_VCPU || operation->type == L4_TYPE_DOORBELL || operation->type == L4_TYPE_VIRQ;

	/* No device interrupts here, so there is nothing to acknowledge. */
	if (operation->type == L4_TYPE_IRQ_HANDLER && operation->label == L4_OP_IRQ_HANDLER_ACK)
		return false;
	return !is_withheld(operation) && (fixture.has_vcpu || !is_guests);
}

/* Gathers figures for lines of some length. */
static void say(const char *name, unsigned long effects, unsigned long tries)
{
	static char line[200];

	if (name)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), " %s %lu/%lu", name, effects, tries);
	if (line[0] && (!name || strlen(line) > 150)) {
		l4_test_note("%s", line + 1);
		line[0] = 0;
	}
}

/* Calls that took effect, of those made. */
static void report(void)
{
	static const char *const names[8] = {"reply_recv", "call", "", "send", "send_nonblocking", "recv", "recv_nonblocking", "yield"};

	for (size_t i = 0; i < operation_count; i++) {
		if (is_possible(&operations[i]))
			say(operations[i].name, fuzz.effects[i], fuzz.tries[i]);
	}
	for (size_t i = 0; i < 8; i++) {
		if (i != 2)
			say(names[i], fuzz.calls[i], fuzz.call_tries[i]);
	}
	say(NULL, 0, 0);
}

static void expect_all_reached(void)
{
	for (size_t i = 0; i < operation_count; i++) {
		if (is_possible(&operations[i]) && fuzz.effects[i] == 0)
			l4_test_fail(__FILE__, __LINE__, "%s never took effect", operations[i].name);
	}
	for (size_t i = 0; i < 8; i++)
		EXPECT_TRUE(i == 2 || fuzz.calls[i] > 0);
}

TEST(FUZZ0001, "300,000 random system calls: all operations take effect, nothing breaks, memory is exact, a neighbour's is untouched")
{
	l4_word_t neighbour;
	uint64_t before;

	memset(&fuzz, 0, sizeof(fuzz));
	make_sandbox();
	neighbour = make_neighbour();
	before = hash(neighbour, NEIGHBOUR_PAGES * PAGE);
	l4_test_note("seed %#lx", SEED);
	for (unsigned long batches = 0; fuzz.made < CALLS; batches++) {
		if (batches % BATCHES_A_ROUND == 0)
			begin_round();
		else if (batches % BATCHES_A_REPAIR == 0)
			repair();
		if (batches % 4 == 0)
			arm_timer();
		one_batch();
	}
	begin_round();
	report();
	l4_test_note("stopped %lu times what ran for ever", fuzz.hogs);
	EXPECT_EQ(before, hash(neighbour, NEIGHBOUR_PAGES * PAGE));
	expect_all_reached();
}
