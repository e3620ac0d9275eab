/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel that traces (kernel/trace/), driven as the others: what its ring holds, and who may look. */
#include <kernel_driver.h>

#include <kernel/identity.h>
#include <kernel/ipc.h>
#include <l4/abi/trace.h>

#include <sanitizer/asan_interface.h>

#define SLOT(n) (FIRST_SLOT + (word_t)(n))
#define TRACE L4_BOOT_TRACE
#define LINE 3
#define COPIED (L4_TRACE_READ_MAX * 40)

static struct l4_trace_record records[COPIED];
static word_t record_count;

static uint32_t number_of(const struct thread *thread)
{
	return (uint32_t)(arch_object_paddr(thread) >> L4_PAGE_BITS);
}

static word_t reply_word(unsigned index)
{
	return index < L4_MESSAGE_REGISTERS ? result(root, index) : thread_buffer(root)->message[index];
}

/* The ring's memory is no object's, but the kernel's from the boot on. */
static void boot(void)
{
	driver_start();
	const struct cpu_trace *trace = &cpu_self()->trace;
	ASAN_UNPOISON_MEMORY_REGION(trace->ring, trace->capacity * sizeof(*trace->ring));
}

/* Records from a position on, as the current thread, root: their number; *first tells the first's position. */
static word_t read_piece(word_t position, struct l4_trace_record *to, word_t *first)
{
	EXPECT_EQ(L4_OK, call(TRACE, L4_OP_TRACE_READ, position));
	word_t count = reply_word(L4_TRACE_READ_COUNT), *words = (word_t *)to;
	EXPECT_TRUE(count <= L4_TRACE_READ_MAX);
	*first = reply_word(L4_TRACE_READ_FIRST);
	for (unsigned i = 0; i < count * L4_TRACE_RECORD_WORDS; i++)
		words[i] = reply_word(L4_TRACE_READ_RECORDS + i);
	return count;
}

static void start(void)
{
	EXPECT_EQ(L4_OK, call(TRACE, L4_OP_TRACE_START));
}

/* Ends the trace and copies it. */
static void stop(void)
{
	word_t first, count;
	EXPECT_EQ(L4_OK, call(TRACE, L4_OP_TRACE_STOP));
	word_t written = result(root, 0);
	for (record_count = 0; (count = read_piece(record_count, records + record_count, &first)) != 0; record_count += count) {
		EXPECT_EQ(record_count, first);
		EXPECT_TRUE(record_count + count + L4_TRACE_READ_MAX <= COPIED);
	}
	EXPECT_EQ(written, record_count);
}

/* The next record of a kind, from `*at` on, which is then behind it. */
static const struct l4_trace_record *next_of(enum l4_trace kind, word_t *at)
{
	for (; *at < record_count; ++*at) {
		if (records[*at].kind == kind)
			return &records[(*at)++];
	}
	host_test_fail(__FILE__, __LINE__, "no record of kind %d", kind);
}

TEST(KTRC0001, "nothing is traced before the start nor after the end, and only with the right to write is either called")
{
	word_t first;
	boot();
	EXPECT_EQ(0, read_piece(0, records, &first));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, SLOT(0), L4_BOOT_CNODE, TRACE, L4_READ));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, SLOT(1), L4_BOOT_CNODE, TRACE, L4_WRITE));
	EXPECT_EQ(L4_NO_RIGHT, call(SLOT(0), L4_OP_TRACE_START));
	EXPECT_EQ(L4_NO_RIGHT, call(SLOT(0), L4_OP_TRACE_STOP));
	EXPECT_EQ(L4_NO_RIGHT, call(SLOT(1), L4_OP_TRACE_READ, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TRACE, L4_OP_TRACE_READ));
	EXPECT_EQ(L4_BAD_OPERATION, call(TRACE, L4_OP_TRACE_READ + 1));
	EXPECT_EQ(0, read_piece(0, records, &first));
	start();
	stop();
	word_t written = record_count;
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_IDENTIFY, TRACE));
	EXPECT_EQ(0, read_piece(written, records, &first));
	driver_end();
}

TEST(KTRC0002, "a system call is told with its object and operation, its end with its status, and who runs once")
{
	word_t at = 0;
	boot();
	start();
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, SLOT(0));
	EXPECT_EQ(L4_INVALID_CAP, call(SLOT(1), 7));
	stop();
	EXPECT_EQ(L4_TRACE_WINDOW, records[0].kind); /* that runs at the start */
	EXPECT_EQ(0, records[0].word[0]);
	EXPECT_EQ(number_of(root), next_of(L4_TRACE_SWITCH, &at)->thread);
	const struct l4_trace_record *made = next_of(L4_TRACE_SYSCALL, &at);
	EXPECT_EQ((L4_SYS_CALL & 0xff) | L4_TYPE_UNTYPED << 8, made->detail);
	EXPECT_EQ(slot_address(root_slot(object_untyped)), made->word[0]);
	EXPECT_EQ(L4_OP_UNTYPED_RETYPE, l4_tag_label(made->word[1]));
	EXPECT_EQ(object_untyped, made->word[2]);
	EXPECT_EQ(L4_OK, next_of(L4_TRACE_RESULT, &at)->detail);
	EXPECT_EQ((L4_SYS_CALL & 0xff) | L4_TYPE_NULL << 8, next_of(L4_TRACE_SYSCALL, &at)->detail);
	EXPECT_EQ(L4_INVALID_CAP, next_of(L4_TRACE_RESULT, &at)->detail);
	for (; at < record_count; at++)
		EXPECT_TRUE(records[at].kind != L4_TRACE_SWITCH);
	driver_end();
}

/* `thread` waits at the notification in slot `index`. */
static void let_wait(struct thread *thread, word_t index)
{
	static const word_t words[L4_MESSAGE_REGISTERS];
	run_as(thread);
	enter_syscall(L4_SYS_RECV, index, 0, words);
	run_as(root);
}

TEST(KTRC0003, "a wait ends with its result; signals, switches, interrupts and faults are told")
{
	word_t at = 0;
	boot();
	struct thread *other = make_thread(SLOT(0), root->priority);
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, SLOT(4));
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, LINE, L4_BOOT_CNODE, SLOT(5)));
	EXPECT_EQ(L4_OK, call(SLOT(5), L4_OP_IRQ_HANDLER_BIND, SLOT(4)));
	start();
	let_wait(other, SLOT(4));
	enter_line(LINE);
	run_as(other);
	enter_fault(L4_FAULT_BREAKPOINT, 0x1234);
	run_as(root);
	stop();
	const struct l4_trace_record *made_by;
	do {
		made_by = next_of(L4_TRACE_SYSCALL, &at);
	} while (made_by->thread != number_of(other));
	EXPECT_EQ(L4_SYS_RECV | L4_TYPE_NOTIFICATION << 8, made_by->detail);
	EXPECT_EQ(number_of(root), next_of(L4_TRACE_SWITCH, &at)->thread);
	EXPECT_EQ(LINE, next_of(L4_TRACE_INTERRUPT, &at)->detail);
	EXPECT_EQ(made_by->word[0], next_of(L4_TRACE_SIGNAL, &at)->word[0]);
	const struct l4_trace_record *ended = next_of(L4_TRACE_RESULT, &at);
	EXPECT_EQ(number_of(other), ended->thread);
	EXPECT_EQ(L4_OK, ended->detail);
	const struct l4_trace_record *ran = next_of(L4_TRACE_SWITCH, &at);
	EXPECT_EQ(number_of(other), ran->thread);
	EXPECT_EQ(root->priority, ran->word[1]);
	const struct l4_trace_record *fault = next_of(L4_TRACE_FAULT, &at);
	EXPECT_EQ(L4_FAULT_BREAKPOINT, fault->detail);
	EXPECT_EQ(0x1234, fault->word[0]);
	driver_end();
}

TEST(KTRC0004, "the ring keeps the newest records, and tells where they begin")
{
	word_t first;
	boot();
	EXPECT_EQ(L4_OK, call(TRACE, L4_OP_TRACE_START));
	word_t capacity = result(root, 0), oldest = 0, count;
	driver_checks = false;
	for (word_t i = 0; i < capacity; i++) /* two records each */
		call(SLOT(0), 1 + i);
	driver_checks = true;
	EXPECT_EQ(L4_OK, call(TRACE, L4_OP_TRACE_STOP));
	word_t written = result(root, 0);
	EXPECT_TRUE(written > 2 * capacity);
	struct l4_trace_record last = {.time = 0};
	while ((count = read_piece(oldest, records, &first)) != 0) {
		EXPECT_EQ(oldest ? oldest : written - capacity, first);
		EXPECT_TRUE(records[0].time >= last.time);
		last = records[count - 1];
		oldest = first + count;
	}
	EXPECT_EQ(written, oldest);
	EXPECT_EQ(L4_OP_TRACE_STOP, l4_tag_label(last.word[1]));
	driver_end();
}

TEST(KTRC0005, "a window is told with the time that the table has, its domain and its table")
{
	word_t at = 0;
	boot();
	make_object(object_untyped, L4_TYPE_SCHEDULE, 10, SLOT(0));
	ticks_t length = 10 * sched_min_budget;
	EXPECT_EQ(L4_OK, call(SLOT(0), L4_OP_SCHEDULE_SET, 0, length, L4_BOOT_DOMAIN));
	EXPECT_EQ(L4_OK, call(SLOT(0), L4_OP_SCHEDULE_SET, 1, length, 0));
	start();
	EXPECT_EQ(L4_OK, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, SLOT(0)));
	for (unsigned i = 0; i < 4; i++) {
		machine.now = cpu_self()->place.end;
		enter_interrupt();
	}
	run_as(root);
	stop();
	EXPECT_EQ(0, next_of(L4_TRACE_WINDOW, &at)->word[2]);
	const struct l4_trace_record *window = next_of(L4_TRACE_WINDOW, &at);
	ticks_t begin = window->word[0];
	for (unsigned i = 0; i < 5; i++) {
		EXPECT_EQ(i % 2, window->detail);
		EXPECT_EQ(begin + i * length, window->word[0]);
		EXPECT_TRUE(window->time >= window->word[0]);
		EXPECT_EQ(i % 2 ? L4_TRACE_NOBODY : 0, window->word[1]);
		EXPECT_EQ(slot_identity(root_slot(SLOT(0))), window->word[2]);
		if (i < 4)
			window = next_of(L4_TRACE_WINDOW, &at);
	}
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, SLOT(0)));
	driver_end();
}
