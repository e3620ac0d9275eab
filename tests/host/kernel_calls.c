/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random system calls on objects of all types, by threads that are objects themselves, some of them guests. There is no model: the kernel's own invariants, the
 * ownership of memory (kernel_memory.c), the TLB (kernel_tlb.c) and the sanitizers are the judges, and afterwards all memory must have come back.
 */
#include <kernel_driver.h>
#include <kernel/entry.h>
#include <kernel/ipc.h>
#include <kernel/vcpu.h>

#include <stdio.h>

#define PLACES 96 /* slots from FIRST_SLOT on that calls name */
#define POOL (FIRST_SLOT + 200)
#define FRAMES (FIRST_SLOT + 201)
#define ROOT_NOTIFICATION (FIRST_SLOT + 202)
#define ROOT_LINE (FIRST_SLOT + 203)
#define ACTORS 3
#define ACTOR_SLOT(a) (FIRST_SLOT + 210 + 2 * (a))
#define OPERATIONS 12

static unsigned succeeded[L4_TYPE_TYPES][OPERATIONS];
static unsigned exits, hypercalls, rings, waits;

static enum l4_type type_at(word_t slot)
{
	const struct slot *found = thread_lookup(root, slot);
	return found ? slot_type(found) : L4_TYPE_NULL;
}

/* A slot with a capability of the type, most often; L4_TYPE_NULL: an empty one; L4_TYPE_TYPES: any. */
static word_t place_of(enum l4_type type)
{
	word_t start = pick(PLACES);
	for (unsigned n = 0; n < PLACES; n++) {
		word_t slot = FIRST_SLOT + (start + n) % PLACES;
		enum l4_type found = type_at(slot);
		if (found == type || (type == L4_TYPE_TYPES && found != L4_TYPE_NULL))
			return slot;
	}
	return FIRST_SLOT + start;
}

static word_t number(void)
{
	switch (pick(6)) {
	case 0:
		return pick(4);
	case 1:
		return pick(20);
	case 2:
		return (word_t)pick(4) << 12;
	case 3:
		return (word_t)pick(3) << 30 | (word_t)pick(3) << 21 | (word_t)pick(3) << 12;
	case 4:
		return machine.now + pick(3000);
	default:
		return chance(20) ? random_word() : pick(256);
	}
}

static const enum l4_type makeable[] = {
	L4_TYPE_UNTYPED, L4_TYPE_CNODE, L4_TYPE_THREAD, L4_TYPE_ENDPOINT, L4_TYPE_REPLY, L4_TYPE_NOTIFICATION, L4_TYPE_VSPACE, L4_TYPE_GUEST_VSPACE,
	L4_TYPE_PAGE_TABLE, L4_TYPE_FRAME, L4_TYPE_SCHED_CONTEXT, L4_TYPE_TIMER, L4_TYPE_VCPU, L4_TYPE_DOORBELL, L4_TYPE_VIRQ,
};

static word_t any_cnode(void)
{
	return chance(70) ? L4_BOOT_CNODE : place_of(L4_TYPE_CNODE);
}

static word_t index_in(word_t cnode, enum l4_type wanted)
{
	return cnode == L4_BOOT_CNODE ? place_of(wanted) : pick(8);
}

struct request {
	word_t cap, label, words[L4_MESSAGE_REGISTERS];
};

static struct request make_retype(void)
{
	enum l4_type type = makeable[pick(sizeof(makeable) / sizeof(makeable[0]))];
	word_t cnode = any_cnode();
	bool frame = type == L4_TYPE_FRAME;
	word_t bits = type == L4_TYPE_UNTYPED ? 8 + pick(8) : type == L4_TYPE_CNODE ? 7 + pick(4) : frame ? (chance(80) ? 12 : 21) : 0;
	word_t source = frame ? FRAMES : chance(60) ? POOL : place_of(L4_TYPE_UNTYPED);
	return (struct request){source, L4_OP_UNTYPED_RETYPE, {type, bits, cnode, index_in(cnode, L4_TYPE_NULL), 1 + pick(2)}};
}

static struct request make_transfer(void)
{
	word_t to = any_cnode(), from = any_cnode();
	word_t label = 1 + pick(3);
	return (struct request){to, label, {index_in(to, L4_TYPE_NULL), from, index_in(from, L4_TYPE_TYPES), chance(70) ? 15 : pick(16), pick(3)}};
}

static struct request make_removal(void)
{
	word_t cnode = any_cnode(), label = chance(70) ? L4_OP_CNODE_DELETE : chance(50) ? L4_OP_CNODE_REVOKE : L4_OP_CNODE_IDENTIFY;
	return (struct request){cnode, label, {index_in(cnode, L4_TYPE_TYPES)}};
}

static struct request make_bind(void)
{
	static const enum l4_type taken[L4_BIND_COUNT] = {L4_TYPE_CNODE, L4_TYPE_VSPACE, L4_TYPE_ENDPOINT, L4_TYPE_ENDPOINT, L4_TYPE_NOTIFICATION, L4_TYPE_REPLY,
							  L4_TYPE_SCHED_CONTEXT, L4_TYPE_DOMAIN, L4_TYPE_VCPU};
	word_t which = pick(L4_BIND_COUNT);
	word_t cap = chance(10) ? 0 : which == L4_BIND_DOMAIN ? L4_BOOT_DOMAIN : which == L4_BIND_CNODE && chance(70) ? L4_BOOT_CNODE :
		     which == L4_BIND_VSPACE && chance(50) ? L4_BOOT_VSPACE : place_of(taken[which]);
	return (struct request){chance(85) ? place_of(L4_TYPE_THREAD) : ACTOR_SLOT(pick(ACTORS)), L4_OP_THREAD_BIND, {which, cap}};
}

/* The other calls: a capability of a type, one of its operations, arguments that may fit. */
static struct request make_other(void)
{
	static const enum l4_type called[] = {L4_TYPE_THREAD, L4_TYPE_THREAD, L4_TYPE_PAGE_TABLE, L4_TYPE_PAGE_TABLE, L4_TYPE_FRAME, L4_TYPE_FRAME, L4_TYPE_SCHED_CONTEXT, L4_TYPE_TIMER,
					      L4_TYPE_TIMER, L4_TYPE_VCPU, L4_TYPE_VCPU, L4_TYPE_DOORBELL, L4_TYPE_VIRQ, L4_TYPE_IRQ_HANDLER, L4_TYPE_UNTYPED};
	enum l4_type type = called[pick(sizeof(called) / sizeof(called[0]))];
	bool maps = type == L4_TYPE_PAGE_TABLE || type == L4_TYPE_FRAME;
	struct request request = {place_of(type), maps && chance(60) ? 1 : 1 + pick(10), {0}};
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		request.words[i] = chance(20) ? place_of(makeable[pick(15)]) : number();
	if (maps || type == L4_TYPE_DOORBELL)
		request.words[0] = place_of(L4_TYPE_VSPACE);
	/* Few addresses, so that tables and frames meet. */
	if (maps || type == L4_TYPE_DOORBELL)
		request.words[1] = pick(4) << L4_PAGE_BITS;
	if (type == L4_TYPE_FRAME)
		request.words[2] = chance(70) ? 1 : 1 + pick(7);
	if (type == L4_TYPE_DOORBELL) {
		request.words[2] = 1 + pick(8);
		request.words[3] = place_of(L4_TYPE_NOTIFICATION);
	}
	if (type == L4_TYPE_SCHED_CONTEXT || (type == L4_TYPE_THREAD && request.label == L4_OP_THREAD_SET_PRIORITY))
		request.words[0] = L4_BOOT_DOMAIN;
	if (type == L4_TYPE_THREAD && request.label == L4_OP_THREAD_SET_PRIORITY)
		request.words[1] = pick(100);
	if (type == L4_TYPE_SCHED_CONTEXT) {
		request.words[1] = sched_min_budget + pick(500);
		request.words[2] = request.words[1] + pick(2000);
	}
	if ((type == L4_TYPE_TIMER && request.label == L4_OP_TIMER_BIND) || type == L4_TYPE_IRQ_HANDLER)
		request.words[0] = chance(80) ? place_of(L4_TYPE_NOTIFICATION) : 0;
	if (type == L4_TYPE_VIRQ)
		request.words[0] = place_of(L4_TYPE_VCPU);
	if (type == L4_TYPE_VCPU && request.label == L4_OP_VCPU_SET_SPACE)
		request.words[0] = place_of(L4_TYPE_VSPACE);
	if (type == L4_TYPE_VCPU && request.label == L4_OP_VCPU_SET_CNODE)
		request.words[0] = any_cnode();
	return request;
}

static struct request make_issue(void)
{
	return (struct request){L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, {2 + pick(3), L4_BOOT_CNODE, place_of(L4_TYPE_NULL)}};
}

/* --- Who is current makes a call, and goes on with it over a few interrupts --- */

static void make_call(const struct request *request)
{
	struct thread *self = cpu_self()->current;
	enum l4_type type = type_at(request->cap);
	machine.preempt_after = chance(60) ? 1 + pick(6) : 0;
	enter_syscall(L4_SYS_CALL, request->cap, l4_tag(request->label, L4_MESSAGE_REGISTERS), request->words);
	while (cpu_self()->current == self && is_restarting(self) && chance(90)) {
		machine.preempt_after = chance(60) ? 1 + pick(6) : 0;
		enter_interrupt();
		if (cpu_self()->current == self && is_restarting(self))
			enter_restart();
	}
	machine.preempt_after = 0;
	machine.interrupt = false;
	if (cpu_self()->current == self && !is_restarting(self) && result_status(self) == L4_OK && request->label < OPERATIONS)
		succeeded[type][request->label]++;
}

static void send_message(void)
{
	static const int64_t numbers[] = {L4_SYS_CALL, L4_SYS_SEND, L4_SYS_SEND_NONBLOCKING, L4_SYS_RECV, L4_SYS_RECV_NONBLOCKING, L4_SYS_REPLY_RECV, L4_SYS_YIELD};
	static const enum l4_type called[] = {L4_TYPE_ENDPOINT, L4_TYPE_ENDPOINT, L4_TYPE_NOTIFICATION, L4_TYPE_REPLY, L4_TYPE_VIRQ};
	struct l4_ipc_buffer *buffer = thread_buffer(cpu_self()->current);
	word_t words[L4_MESSAGE_REGISTERS];
	buffer->send_slot = place_of(L4_TYPE_TYPES);
	buffer->recv_slot = chance(50) ? place_of(L4_TYPE_NULL) : 0;
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		words[i] = number();
	int64_t how = numbers[pick(7)];
	enum l4_type type = called[pick(5)];
	/* To call anything but an endpoint is no message. */
	if (how == L4_SYS_CALL)
		type = L4_TYPE_ENDPOINT;
	word_t cap = place_of(type);
	if (how == L4_SYS_CALL && type_at(cap) != L4_TYPE_ENDPOINT)
		return;
	enter_syscall(how, cap, l4_tag(pick(4), pick(20)) | (chance(30) ? L4_TAG_CAP : 0) | (chance(10) ? L4_TAG_MOVE : 0), words);
}

/* --- What guests do --- */

static void save_guest(void)
{
	cpu_self()->current->context_is_full = true;
}

static void hypercall_body(void)
{
	struct thread *self = cpu_self()->current;
	word_t words[L4_MESSAGE_REGISTERS] = {1, 2, 3};
	bool done;
	save_guest();
	status_t status = vcpu_hypercall(self, chance(50) ? pick(8) : place_of(chance(50) ? L4_TYPE_ENDPOINT : L4_TYPE_NOTIFICATION), words, 6, &done);
	if (done || status != L4_OK)
		arch_vcpu_hypercall_done(self, status, words);
	kernel_leave();
}

static void wait_body(void)
{
	save_guest();
	vcpu_wait_for_interrupt(cpu_self()->current);
	kernel_leave();
}

static void ring_body(void)
{
	save_guest();
	rings += doorbell_ring(vcpu_space(thread_vcpu(cpu_self()->current)), pick(4) << L4_PAGE_BITS);
	kernel_leave();
}

static void run_guest(void)
{
	unsigned what = pick(4);
	if (what == 0) {
		hypercalls++;
		machine_run(hypercall_body);
	} else if (what == 1) {
		waits++;
		machine_run(wait_body);
	} else if (what == 2) {
		machine_run(ring_body);
	} else {
		exits++;
		enter_fault(L4_FAULT_GUEST_MMIO, number());
	}
}

/* --- Rounds --- */

static void start_actors(void)
{
	for (int a = 0; a < ACTORS; a++) {
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_BIND, L4_BIND_CNODE, L4_BOOT_CNODE);
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_SUSPEND);
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_BIND, L4_BIND_CNODE, L4_BOOT_CNODE);
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_BIND, L4_BIND_VCPU, 0);
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_BIND, L4_BIND_VSPACE, L4_BOOT_VSPACE);
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_BIND, L4_BIND_DOMAIN, L4_BOOT_DOMAIN);
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, ACTOR_SLOT(a) + 1);
		(void)call(ACTOR_SLOT(a), L4_OP_THREAD_START, 0x10000, 0, 0, 0);
	}
}

/* Threads of the pool get what they need to run; some become guests. */
static void start_others(void)
{
	for (word_t slot = FIRST_SLOT; slot < FIRST_SLOT + PLACES; slot++) {
		if (type_at(slot) != L4_TYPE_THREAD || chance(50))
			continue;
		(void)call(slot, L4_OP_THREAD_BIND, L4_BIND_CNODE, L4_BOOT_CNODE);
		(void)call(slot, L4_OP_THREAD_BIND, L4_BIND_VSPACE, L4_BOOT_VSPACE);
		(void)call(slot, L4_OP_THREAD_BIND, L4_BIND_DOMAIN, L4_BOOT_DOMAIN);
		(void)call(slot, L4_OP_THREAD_SET_PRIORITY, L4_BOOT_DOMAIN, 100);
		(void)call(slot, L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, place_of(L4_TYPE_SCHED_CONTEXT));
		(void)call(slot, L4_OP_THREAD_BIND, L4_BIND_REPLY, place_of(L4_TYPE_REPLY));
		(void)call(slot, L4_OP_THREAD_BIND, L4_BIND_HANDLER, place_of(L4_TYPE_ENDPOINT));
		word_t vcpu = place_of(L4_TYPE_VCPU);
		if (chance(50) && type_at(vcpu) == L4_TYPE_VCPU) {
			(void)call(vcpu, L4_OP_VCPU_SET_SPACE, place_of(L4_TYPE_VSPACE));
			(void)call(vcpu, L4_OP_VCPU_SET_CNODE, L4_BOOT_CNODE);
			(void)call(slot, L4_OP_THREAD_BIND, L4_BIND_VCPU, vcpu);
		}
		(void)call(slot, L4_OP_THREAD_START, 0x10000, 0, 0, 0);
	}
}

static void run_root(bool all)
{
	const word_t none[L4_MESSAGE_REGISTERS] = {0};
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_ACK));
	if (all)
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, POOL));
	if (chance(10))
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, FRAMES));
	start_actors();
	start_others();
	enter_syscall(L4_SYS_RECV, ROOT_NOTIFICATION, 0, none);
}

static void pass_time(void)
{
	machine.now += pick(300);
	if (machine.now >= machine.deadline || chance(10))
		enter_interrupt();
	if (chance(5) && machine.line_enabled[2] && !machine.line_claimed[2])
		enter_line(2);
}

/* A user's access, which the TLB remembers. */
static void access_memory(void)
{
	word_t slot = place_of(L4_TYPE_VSPACE), rights;
	vaddr_t vaddr = chance(70) ? pick(4) << L4_PAGE_BITS : number();
	paddr_t paddr;
	if (type_at(slot) != L4_TYPE_VSPACE)
		return;
	struct vspace *space = slot_object(root_slot(slot));
	if (vaddr < arch_space_end(space->stage))
		tlb_translate(space, vaddr, &paddr, &rights);
}

static void step(unsigned n)
{
	struct request request;
	if (chance(30))
		access_memory();
	pass_time();
	if (!cpu_self()->current || n % 100 == 0)
		run_root(chance(3));
	struct thread *self = cpu_self()->current;
	if (!self)
		return;
	if (thread_vcpu(self)) {
		run_guest();
		return;
	}
	if (is_restarting(self)) {
		enter_restart();
		return;
	}
	unsigned what = pick(100);
	if (what < 22)
		request = make_retype();
	else if (what < 34)
		request = make_transfer();
	else if (what < 42)
		request = make_removal();
	else if (what < 52)
		request = make_bind();
	else if (what < 75)
		request = make_other();
	else if (what < 77)
		request = make_issue();
	else if (what < 82) {
		enter_fault(L4_FAULT_PAGE, number());
		return;
	} else {
		send_message();
		return;
	}
	make_call(&request);
}

#define SEEDS 80
#define STEPS 2500

static void round_of_calls(void)
{
	const word_t none[L4_MESSAGE_REGISTERS] = {0};
	driver_start();
	make_object(object_untyped, L4_TYPE_UNTYPED, 19, POOL);
	make_object(user_untyped, L4_TYPE_UNTYPED, 23, FRAMES);
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, ROOT_NOTIFICATION);
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, 1, L4_BOOT_CNODE, ROOT_LINE));
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_BIND, ROOT_NOTIFICATION));
	for (int a = 0; a < ACTORS; a++)
		make_thread(ACTOR_SLOT(a), 100);
	enter_syscall(L4_SYS_RECV, ROOT_NOTIFICATION, 0, none);
	for (unsigned n = 1; n <= STEPS; n++)
		step(n);
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_ACK));
	driver_end();
}

static const struct {
	enum l4_type type;
	const char *name;
	unsigned count; /* of its operations */
} operations[] = {
	{L4_TYPE_UNTYPED, "untyped", 2}, {L4_TYPE_CNODE, "cnode", 6}, {L4_TYPE_THREAD, "thread", 10}, {L4_TYPE_PAGE_TABLE, "page_table", 2},
	{L4_TYPE_FRAME, "frame", 3}, {L4_TYPE_SCHED_CONTEXT, "sched_context", 2}, {L4_TYPE_TIMER, "timer", 3}, {L4_TYPE_IRQ_CONTROL, "irq_control", 1},
	{L4_TYPE_IRQ_HANDLER, "irq_handler", 2}, {L4_TYPE_VCPU, "vcpu", 6}, {L4_TYPE_DOORBELL, "doorbell", 1}, {L4_TYPE_VIRQ, "virq", 1},
};

TEST(KCAL0001, "random calls on all objects break no invariant, and all memory comes back")
{
	driver_rounds(SEEDS, round_of_calls);
	printf("guest exits %u, hypercalls %u, doorbells rung %u, waits %u\n", exits, hypercalls, rings, waits);
	for (unsigned i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		printf("%s:", operations[i].name);
		for (unsigned label = 1; label <= operations[i].count; label++)
			printf(" %u", succeeded[operations[i].type][label]);
		printf("\n");
	}
	for (unsigned i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		for (unsigned label = 1; label <= operations[i].count; label++)
			EXPECT_TRUE(succeeded[operations[i].type][label]);
	}
	EXPECT_TRUE(exits && hypercalls && rings && waits);
}
