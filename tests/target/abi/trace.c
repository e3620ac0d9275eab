/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces: in a kernel that writes them, what they tell; in all others nobody can ask for one. */
#include "worker.h"

#include <l4/time.h>
#include <l4/trace.h>

#define READ_MAX (L4_TRACE_READ_MAX * 20)

static struct l4_trace_record records[READ_MAX];
static size_t count;

/* Ends the trace, and reads its first records. */
static void stop_and_read(void)
{
	l4_word_t written, number, first;

	EXPECT_OK(l4_trace_stop(fixture.trace, &written));
	for (count = 0; count + L4_TRACE_READ_MAX <= READ_MAX; count += number) {
		EXPECT_OK(l4_trace_read(fixture.trace, count, &records[count], &number, &first));
		if (!number)
			break;
		EXPECT_EQ(count, first);
	}
	EXPECT_EQ(written, count);
}

/* The first record of a kind and detail from `from` on; `count` where there is none. */
static size_t find(enum l4_trace kind, l4_word_t detail, size_t from)
{
	while (from < count && (records[from].kind != kind || records[from].detail != detail))
		from++;
	return from;
}

static void check_records(void)
{
	for (size_t i = 0; i < count; i++) {
		const struct l4_trace_record *record = &records[i];

		EXPECT_TRUE(record->kind < L4_TRACE_COUNT);
		EXPECT_EQ(0, record->processor);
		EXPECT_TRUE(i == 0 || record->time >= records[i - 1].time);
		if (record->kind == L4_TRACE_SYSCALL || record->kind == L4_TRACE_RESULT || record->kind == L4_TRACE_FAULT)
			EXPECT_TRUE(record->thread != 0);
		if (record->kind == L4_TRACE_SYSCALL)
			EXPECT_TRUE(record->detail >> 8 < L4_TYPE_TYPES);
	}
}

TEST(TR0001, "nobody can make the authority to trace: a kernel has it from its start, or not at all")
{
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.object_memory, L4_TYPE_TRACE, 0, L4_SLOT_CNODE, new_slot(), 1));
	EXPECT_EQ(fixture.trace ? L4_TYPE_TRACE : L4_TYPE_NULL, fixture.trace ? type_of(fixture.trace) : 0);
}

TEST(TR0002, "without a start there is nothing to read, and reading needs no more than the right to read")
{
	struct l4_trace_record none[L4_TRACE_READ_MAX];
	l4_word_t number, first;

	if (!fixture.trace)
		return;
	EXPECT_OK(l4_trace_start(fixture.trace, NULL));
	EXPECT_OK(l4_trace_stop(fixture.trace, NULL));
	EXPECT_OK(l4_signal(new_object(L4_TYPE_NOTIFICATION)));
	EXPECT_OK(l4_trace_read(copy_cap(fixture.trace, L4_READ), 0, none, &number, &first));
	EXPECT_TRUE(number > 0 && number < L4_TRACE_READ_MAX);
	EXPECT_OK(l4_trace_read(fixture.trace, number, none, &number, &first));
	EXPECT_EQ(0, number);
	EXPECT_STATUS(L4_NO_RIGHT, l4_trace_start(copy_cap(fixture.trace, L4_READ), NULL));
}

TEST(TR0003, "system calls, their results, switches and signals are told, each at its time")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *waiter = new_worker();
	l4_word_t before, after;

	if (!fixture.trace)
		return;
	before = l4_now();
	EXPECT_OK(l4_trace_start(fixture.trace, NULL));
	worker_recv(waiter, notification);
	EXPECT_OK(l4_signal(notification));
	stop_and_read();
	after = l4_now();
	check_records();
	EXPECT_TRUE(records[0].time >= before && records[count - 1].time <= after);
	size_t waits = find(L4_TRACE_SYSCALL, L4_SYS_RECV | L4_TYPE_NOTIFICATION << 8, 0);
	size_t signals = find(L4_TRACE_SIGNAL, 0, waits), goes_on = find(L4_TRACE_RESULT, L4_OK, signals), runs = find(L4_TRACE_SWITCH, 0, goes_on);
	EXPECT_TRUE(runs < count);
	EXPECT_EQ(records[waits].word[0], records[signals].word[0]);
	EXPECT_EQ(records[waits].thread, records[goes_on].thread);
	EXPECT_EQ(records[waits].thread, records[runs].thread);
	EXPECT_EQ(WORKER_PRIORITY, records[runs].word[1]);
	EXPECT_TRUE(records[signals].thread != records[waits].thread);
}

TEST(TR0004, "calls through an endpoint have their slot, object and label, and no word of the message")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), badged = mint_cap(endpoint, L4_WRITE, 0x5ec2e7);
	struct worker *caller = new_worker();
	struct l4_registers m;

	if (!fixture.trace)
		return;
	receive_ready();
	caller->m = (struct l4_registers){{0x5ec2e75ec2e7, 0x5ec2e75ec2e7}};
	EXPECT_OK(l4_trace_start(fixture.trace, NULL));
	worker_call(caller, badged, l4_tag(77, 2));
	EXPECT_EQ(77, l4_tag_label(l4_recv(endpoint, &m).tag));
	stop_and_read();
	check_records();
	size_t call = find(L4_TRACE_SYSCALL, (L4_SYS_CALL & 0xff) | L4_TYPE_ENDPOINT << 8, 0);
	EXPECT_TRUE(call < count);
	EXPECT_EQ(l4_tag(77, 2), records[call].word[1]);
	EXPECT_EQ(badged, records[call].word[2]);
	for (size_t i = 0; i < count; i++)
		for (int word = 0; word < 3; word++)
			EXPECT_TRUE(records[i].word[word] != 0x5ec2e75ec2e7 && records[i].word[word] != 0x5ec2e7);
}

TEST(TR0005, "a fault is told with its address")
{
	struct worker *worker = new_worker();

	if (!fixture.trace)
		return;
	EXPECT_OK(l4_trace_start(fixture.trace, NULL));
	worker_load(worker, CASE_VADDR);
	stop_and_read();
	size_t fault = find(L4_TRACE_FAULT, L4_FAULT_PAGE, 0);
	EXPECT_TRUE(fault < count);
	EXPECT_EQ(CASE_VADDR, records[fault].word[0]);
}
