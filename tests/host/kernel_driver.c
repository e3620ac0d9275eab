/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel_driver.h>

#include <kernel/boot.h>
#include <kernel/check.h>
#include <kernel/device.h>
#include <kernel/elf.h>
#include <kernel/entry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_PC 0x10000UL
#define RESTARTS_MAX 100000

word_t object_untyped, user_untyped, device_untyped;
struct thread *root;
bool driver_fast, driver_checks = true;
unsigned driver_preempt, fast_taken;

static size_t in_use_at_start, frames_at_start;

/* --- Seeds --- */

static uint64_t random_state;
static bool seed_given;
static uint64_t given_seed;

/* The C library hands a program's arguments to its constructors. */
__attribute__((constructor)) static void read_arguments(int argc, char **argv)
{
	seed_given = argc > 1;
	if (seed_given)
		given_seed = strtoul(argv[1], NULL, 0);
}

/* splitmix64 (Steele and others, 2014): neighbouring seeds give unrelated numbers. */
uint64_t random_word(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15UL;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return z ^ z >> 31;
}

unsigned pick(unsigned bound)
{
	return random_word() % bound;
}

static void run_seed(uint64_t seed, void (*round)(void))
{
	printf("SEED %lu\n", seed);
	random_state = seed;
	round();
}

void driver_rounds(unsigned count, void (*round)(void))
{
	if (seed_given)
		run_seed(given_seed, round);
	for (uint64_t seed = 1; !seed_given && seed <= count; seed++)
		run_seed(seed, round);
}

/* --- Entries --- */

static struct {
	int64_t number;
	word_t cap;
	word_t tag;
	word_t words[L4_MESSAGE_REGISTERS];
} request;

static struct fault fault_request;

static void checks(void)
{
	word_t capabilities;
	if (!driver_checks)
		return;
	if (check_all(&capabilities) != L4_OK)
		machine_fail("no checks", 0);
	tlb_check();
}

static bool enter(void (*body)(void))
{
	bool resumed = machine_run(body);
	checks();
	return resumed;
}

static void slow_body(void)
{
	struct thread *self = cpu_self()->current;
	word_t *registers = self->context.registers;
	registers[REG_PC] += MACHINE_SYSCALL_SIZE;
	registers[REG_NUMBER] = (word_t)request.number;
	registers[REG_A0] = request.cap;
	registers[REG_A1] = request.tag;
	memcpy(&registers[REG_MESSAGE], request.words, sizeof(request.words));
	kernel_syscall(request.number, request.cap, request.tag);
}

static void fast_body(void)
{
	machine_cpu.arch.user_pc = cpu_self()->current->context.registers[REG_PC];
	memcpy(machine_cpu.arch.user_message, request.words, sizeof(request.words));
	fast_taken++; /* unless it comes back */
	if (request.number == L4_SYS_CALL)
		fastpath_call(request.cap, request.tag);
	else if (request.number == L4_SYS_REPLY_RECV)
		fastpath_reply_recv(request.cap, request.tag);
	fast_taken--;
	slow_body();
}

bool enter_syscall(int64_t number, word_t cap, word_t tag, const word_t *words)
{
	request.number = number;
	request.cap = cap;
	request.tag = tag;
	memcpy(request.words, words, sizeof(request.words));
	return enter(driver_fast ? fast_body : slow_body);
}

static void restart_body(void)
{
	struct thread *self = cpu_self()->current;
	word_t *registers = self->context.registers;
	registers[REG_PC] += MACHINE_SYSCALL_SIZE;
	self->context.restart = false;
	kernel_syscall((int64_t)registers[REG_NUMBER], registers[REG_A0], registers[REG_A1]);
}

bool enter_restart(void)
{
	return enter(restart_body);
}

/* Interrupts and exceptions save all registers, wherever the user program stands. */
static void save_all(void)
{
	if (cpu_self()->current)
		cpu_self()->current->context_is_full = true;
}

static void interrupt_body(void)
{
	machine.interrupt = false;
	save_all();
	sched_clock();
	kernel_leave();
}

bool enter_interrupt(void)
{
	return enter(interrupt_body);
}

static unsigned interrupting_line;

static void line_body(void)
{
	save_all();
	sched_clock();
	machine.line_claimed[interrupting_line] = true;
	irq_deliver(interrupting_line);
	kernel_leave();
}

bool enter_line(unsigned line)
{
	EXPECT_TRUE(machine.line_enabled[line] && !machine.line_claimed[line]);
	interrupting_line = line;
	return enter(line_body);
}

static void turn_body(void)
{
	machine.interrupt = false;
	save_all();
	sched_clock();
	if (cpu_self()->current)
		sched_yield(cpu_self()->current);
	kernel_leave();
}

bool enter_turn(void)
{
	return enter(turn_body);
}

static void fault_body(void)
{
	save_all();
	kernel_fault(&fault_request);
}

bool enter_fault(enum l4_fault label, word_t word)
{
	fault_request = (struct fault){.label = label, .length = 1, .words = {word}};
	return enter(fault_body);
}

bool is_restarting(const struct thread *thread)
{
	return thread->context.restart;
}

void run_as(struct thread *thread)
{
	for (unsigned turns = 0; cpu_self()->current != thread; turns++) {
		EXPECT_TRUE(turns < 100);
		enter_turn();
	}
}

/* --- Calls --- */

static void plan_interrupt(void)
{
	machine.preempt_after = driver_preempt ? 1 + pick(driver_preempt) : 0;
}

status_t call_words(word_t cap, word_t label, unsigned count, const word_t *words)
{
	struct thread *self = cpu_self()->current;
	word_t all[L4_MESSAGE_REGISTERS] = {0};
	memcpy(all, words, count * sizeof(word_t));
	plan_interrupt();
	bool resumed = enter_syscall(L4_SYS_CALL, cap, l4_tag(label, count), all);
	for (unsigned n = 0; resumed && cpu_self()->current == self && is_restarting(self); n++) {
		EXPECT_TRUE(n < RESTARTS_MAX);
		plan_interrupt();
		machine.interrupt = false;
		resumed = enter_restart();
	}
	machine.preempt_after = 0;
	machine.interrupt = false;
	EXPECT_TRUE(resumed && cpu_self()->current == self);
	return result_status(self);
}

word_t result(const struct thread *thread, unsigned index)
{
	return thread->context.registers[REG_MESSAGE + index];
}

void make_object(word_t untyped, word_t type, word_t size_bits, word_t index)
{
	EXPECT_EQ(L4_OK, call(untyped, L4_OP_UNTYPED_RETYPE, type, size_bits, L4_BOOT_CNODE, index, 1));
}

struct slot *root_slot(word_t index)
{
	return thread_lookup(root, index);
}

struct thread *make_thread(word_t index, unsigned priority)
{
	make_object(object_untyped, L4_TYPE_THREAD, 0, index);
	make_object(object_untyped, L4_TYPE_SCHED_CONTEXT, 0, index + 1);
	EXPECT_EQ(L4_OK, call(index + 1, L4_OP_SCHED_CONTEXT_CONFIGURE, L4_BOOT_DOMAIN, 1000, 1000));
	EXPECT_EQ(L4_OK, call(index, L4_OP_THREAD_BIND, L4_BIND_CNODE, L4_BOOT_CNODE));
	EXPECT_EQ(L4_OK, call(index, L4_OP_THREAD_BIND, L4_BIND_VSPACE, L4_BOOT_VSPACE));
	EXPECT_EQ(L4_OK, call(index, L4_OP_THREAD_BIND, L4_BIND_DOMAIN, L4_BOOT_DOMAIN));
	EXPECT_EQ(L4_OK, call(index, L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, index + 1));
	EXPECT_EQ(L4_OK, call(index, L4_OP_THREAD_SET_PRIORITY, L4_BOOT_DOMAIN, priority));
	EXPECT_EQ(L4_OK, call(index, L4_OP_THREAD_START, ENTRY_PC, 0, 0, 0));
	return slot_object(root_slot(index));
}

/* --- Boot --- */

static struct {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	char text[64];
} program = {
	.header = {.e_ident = ELFMAG, .e_entry = ENTRY_PC, .e_phoff = sizeof(Elf64_Ehdr), .e_phnum = 1},
	.segment = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), .p_vaddr = ENTRY_PC,
		    .p_filesz = 64, .p_memsz = 3 * 4096},
};

static const struct boot_platform platform = {
	.ram = {{MACHINE_RAM, MACHINE_RAM + MACHINE_RAM_SIZE}},
	.ram_count = 1,
	.reserved = {{MACHINE_RAM, MACHINE_RAM + (2 << 20)}},
	.reserved_count = 1,
	.device = {{MACHINE_DEVICE, MACHINE_DEVICE + MACHINE_DEVICE_SIZE}},
	.device_count = 1,
	.devicetree = {MACHINE_RAM + (200 << 20), MACHINE_RAM + (200 << 20) + 5000},
	.ticks_per_second = 10000000,
	.irq_lines = MACHINE_IRQ_LINES,
	.first_message_line = MACHINE_FIRST_MESSAGE_LINE,
	.io_ports = MACHINE_IO_PORTS,
	.has_vcpu = true,
	.init_elf = &program,
	.init_elf_size = sizeof(program),
};

static void boot_body(void)
{
	paging[STAGE_PROCESS] = (struct paging){3, TABLE_BITS, 3};
	paging[STAGE_GUEST] = (struct paging){3, 11, 3};
	kernel_boot(&platform);
}

static word_t largest_untyped(enum l4_memory kind)
{
	word_t best = 0, best_bits = 0;
	for (word_t index = L4_BOOT_UNTYPED + 2; index < L4_BOOT_UNTYPED + L4_BOOTINFO_UNTYPED_MAX; index++) {
		if (call(index, L4_OP_UNTYPED_INFO) == L4_OK && result(root, 2) == kind && result(root, 0) > best_bits) {
			best = index;
			best_bits = result(root, 0);
		}
	}
	EXPECT_TRUE(best);
	return best;
}

void driver_start(void)
{
	driver_preempt = 0;
	driver_fast = false;
	driver_checks = true;
	if (root) {
		/* A test before this one has failed where it stood if not. */
		EXPECT_TRUE(cpu_self()->current == root && memory_in_use() == in_use_at_start);
		return;
	}
	EXPECT_TRUE(machine_run(boot_body));
	memory_boot_done();
	root = cpu_self()->current;
	EXPECT_EQ(ENTRY_PC, root->context.registers[REG_PC]);
	object_untyped = largest_untyped(L4_MEMORY_OBJECT);
	user_untyped = largest_untyped(L4_MEMORY_USER);
	device_untyped = largest_untyped(L4_MEMORY_DEVICE);
	in_use_at_start = memory_in_use();
	frames_at_start = memory_frames();
}

void driver_end(void)
{
	driver_preempt = 0;
	driver_checks = true;
	EXPECT_TRUE(cpu_self()->current == root);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, object_untyped));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, user_untyped));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, device_untyped));
	for (word_t index = FIRST_SLOT; index <= LAST_SLOT; index++) {
		if (!slot_is_empty(root_slot(index)))
			EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, index));
	}
	EXPECT_EQ(in_use_at_start, memory_in_use());
	EXPECT_EQ(frames_at_start, memory_frames());
}
