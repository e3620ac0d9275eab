/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds for every operation of the ABI: rights, lengths, slots among the arguments, unknown operations. */
#include "operations.h"
#include "worker.h"

#include <target.h>

/* A capability of each type that a program can have; 0 where the machine, or init for a suite, has none. */
static l4_cap_t any_object(l4_word_t type)
{
	l4_cap_t slot;

	switch (type) {
	case L4_TYPE_UNTYPED:
		return new_sized(type, 12);
	case L4_TYPE_CNODE:
		return new_cnode(8);
	case L4_TYPE_FRAME:
		return new_frame();
	case L4_TYPE_DOMAIN:
		return copy_cap(fixture.domain, L4_ALL_RIGHTS);
	case L4_TYPE_SYSTEM:
		return copy_cap(fixture.system, L4_ALL_RIGHTS);
	case L4_TYPE_SCHEDULE:
		return new_sized(type, 8);
	case L4_TYPE_SCHEDULE_CONTROL:
		return copy_cap(fixture.schedule_control, L4_ALL_RIGHTS);
	case L4_TYPE_IRQ_CONTROL:
		return copy_cap(fixture.irq_control, L4_ALL_RIGHTS);
	case L4_TYPE_INSPECTOR:
		return copy_cap(fixture.inspector, L4_ALL_RIGHTS);
	case L4_TYPE_TRACE:
		return fixture.trace ? copy_cap(fixture.trace, L4_ALL_RIGHTS) : 0;
	case L4_TYPE_IRQ_HANDLER:
		slot = new_slot();
		EXPECT_OK(l4_irq_control_issue(fixture.irq_control, 1, L4_SLOT_CNODE, slot));
		return slot;
	case L4_TYPE_IO_PORT_CONTROL:
	case L4_TYPE_IO_PORTS:
		return 0;
	case L4_TYPE_VCPU:
	case L4_TYPE_DOORBELL:
	case L4_TYPE_VIRQ:
		return fixture.has_vcpu ? new_object(type) : 0;
	default:
		return new_object(type);
	}
}

static bool can_be_copied(l4_word_t type)
{
	return type != L4_TYPE_UNTYPED && type != L4_TYPE_REPLY && type != L4_TYPE_PAGE_TABLE;
}

/* Invokes with plain arguments of 0 and slot arguments as in `slots`. */
static l4_status_t invoke(const struct operation *operation, l4_cap_t target, const l4_cap_t *slots, size_t length)
{
	struct l4_registers m = {{0}};

	for (size_t i = 0; i < operation->arguments; i++)
		m.word[i] = operation->argument[i].type ? slots[i] : 0;
	return l4_invoke(target, l4_tag(operation->label, length), &m);
}

static void make_arguments(const struct operation *operation, l4_cap_t *slots)
{
	for (size_t i = 0; i < operation->arguments; i++)
		slots[i] = operation->argument[i].type ? any_object(operation->argument[i].type) : 0;
}

/* thread_bind's slot depends on another argument; the cases on threads have it. */

TEST(OP0001, "each operation needs its rights: without any one of them NO_RIGHT, before anything else is looked at")
{
	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *operation = &operations[i];
		l4_cap_t object = can_be_copied(operation->type) ? any_object(operation->type) : 0, slots[8] = {0};

		for (l4_word_t right = 1; object && right <= L4_EXECUTE; right <<= 1) {
			if (!(operation->rights & right))
				continue;
			l4_cap_t weak = copy_cap(object, L4_ALL_RIGHTS & ~right);

			EXPECT_STATUS(L4_NO_RIGHT, invoke(operation, weak, slots, operation->arguments));
			EXPECT_STATUS(L4_NO_RIGHT, invoke(operation, weak, slots, 0));
		}
		if (object && operation->type == L4_TYPE_IRQ_HANDLER)
			delete_cap(object);
	}
}

TEST(OP0002, "a message without all arguments is INVALID_ARGUMENT; one that is too long as well")
{
	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *operation = &operations[i];
		l4_cap_t object = any_object(operation->type), slots[8] = {0};

		if (!object)
			continue;
		for (size_t length = 0; length < operation->arguments; length++)
			EXPECT_STATUS(L4_INVALID_ARGUMENT, invoke(operation, object, slots, length));
		EXPECT_STATUS(L4_INVALID_ARGUMENT, invoke(operation, object, slots, L4_MESSAGE_WORDS + 1));
		if (operation->type == L4_TYPE_IRQ_HANDLER)
			delete_cap(object);
	}
}

TEST(OP0003, "slots among the arguments: empty, out of range, of another type: INVALID_CAP")
{
	l4_cap_t other = new_object(L4_TYPE_TIMER), empty = new_slot();

	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *operation = &operations[i];
		l4_cap_t object = any_object(operation->type), slots[8] = {0};

		for (size_t j = 0; object && j < operation->arguments; j++) {
			const l4_cap_t wrong[] = {other, empty, 1UL << 40, ~0UL};

			if (!operation->argument[j].type)
				continue;
			for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
				make_arguments(operation, slots);
				slots[j] = wrong[k];
				EXPECT_STATUS(L4_INVALID_CAP, invoke(operation, object, slots, operation->arguments));
			}
		}
		if (object && operation->type == L4_TYPE_IRQ_HANDLER)
			delete_cap(object);
		revoke_cap(fixture.object_memory);
		other = new_object(L4_TYPE_TIMER);
	}
}

TEST(OP0004, "slots among the arguments must have their rights")
{
	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *operation = &operations[i];
		l4_cap_t object = any_object(operation->type), slots[8] = {0};

		for (size_t j = 0; object && j < operation->arguments; j++) {
			const struct operation_argument *argument = &operation->argument[j];

			for (l4_word_t right = 1; argument->type && right <= L4_EXECUTE; right <<= 1) {
				if (!(argument->rights & right))
					continue;
				make_arguments(operation, slots);
				slots[j] = copy_cap(slots[j], L4_ALL_RIGHTS & ~right);
				EXPECT_STATUS(L4_NO_RIGHT, invoke(operation, object, slots, operation->arguments));
			}
		}
		if (object && operation->type == L4_TYPE_IRQ_HANDLER)
			delete_cap(object);
	}
}

TEST(OP0005, "operations that an object does not have are BAD_OPERATION, for each type")
{
	for (l4_word_t type = L4_TYPE_UNTYPED; type < L4_TYPE_TYPES; type++) {
		static const l4_word_t labels[] = {0, 11, 100, 1UL << 32, ~0UL >> L4_TAG_LABEL_SHIFT};
		l4_cap_t object = any_object(type);

		if (!object || type == L4_TYPE_ENDPOINT)
			continue;
		for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
			struct l4_registers m = {{0}};

			EXPECT_STATUS(L4_BAD_OPERATION, l4_invoke(object, l4_tag(labels[i], 8), &m));
		}
	}
}

TEST(OP0006, "objects without operations: calls are BAD_OPERATION")
{
	static const l4_word_t types[] = {L4_TYPE_REPLY, L4_TYPE_NOTIFICATION, L4_TYPE_VSPACE, L4_TYPE_DOMAIN};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (l4_word_t label = 0; label < 12; label++) {
			struct l4_registers m = {{0}};

			EXPECT_STATUS(L4_BAD_OPERATION, l4_invoke(any_object(types[i]), l4_tag(label, 8), &m));
		}
	}
}

TEST(OP0007, "system calls that do not exist are BAD_OPERATION, whatever their number")
{
	static const int64_t numbers[] = {0, SYSTEM_CALLS_END, SYSTEM_CALLS_END + 1, 100, -3, -4, -100, INT64_MAX, INT64_MIN, INT64_MIN + 1, 1L << 32, -(1L << 32)};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct l4_registers m = {{1, 2, 3, 4, 5, 6, 7, 8}};
		struct l4_result result = l4_ecall(numbers[i], fixture.object_memory, 0, &m);

		EXPECT_STATUS(L4_BAD_OPERATION, result.status);
		EXPECT_EQ(0, result.tag);
		for (int j = 0; j < 8; j++)
			EXPECT_EQ(0, m.word[j]);
	}
}

TEST(OP0008, "every system call refuses slots that are empty or out of range")
{
	const l4_cap_t wrong[] = {0, new_slot(), 1UL << 14, (1UL << 14) - 1, 1UL << 58, 1UL << 63, ~0UL};
	static const int64_t numbers[] = {L4_SYS_CALL, L4_SYS_SEND, L4_SYS_SEND_NONBLOCKING, L4_SYS_RECV, L4_SYS_RECV_NONBLOCKING, L4_SYS_REPLY_RECV};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		for (size_t j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++) {
			struct l4_registers m = {{0}};

			EXPECT_STATUS(L4_INVALID_CAP, l4_ecall(numbers[j], wrong[i], l4_tag(1, 0), &m).status);
		}
	}
}

TEST(OP0009, "send and recv on what is no place for messages: INVALID_CAP")
{
	for (l4_word_t type = L4_TYPE_UNTYPED; type < L4_TYPE_TYPES; type++) {
		l4_cap_t object = any_object(type);
		struct l4_registers m = {{0}};

		if (!object || type == L4_TYPE_ENDPOINT || type == L4_TYPE_NOTIFICATION)
			continue;
		EXPECT_STATUS(L4_INVALID_CAP, l4_recv_nonblocking(object, &m).status);
		if (type != L4_TYPE_REPLY && type != L4_TYPE_VIRQ)
			EXPECT_STATUS(L4_INVALID_CAP, l4_send(object, 0, &m).status);
	}
}

TEST(OP0010, "messages on endpoints need their rights; their tags must be valid")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), notification = new_object(L4_TYPE_NOTIFICATION);
	struct l4_registers m = {{0}};

	receive_ready();
	EXPECT_STATUS(L4_NO_RIGHT, l4_call(copy_cap(endpoint, L4_READ | L4_GRANT), 0, &m).status);
	EXPECT_STATUS(L4_NO_RIGHT, l4_send(copy_cap(endpoint, L4_READ | L4_GRANT), 0, &m).status);
	EXPECT_STATUS(L4_NO_RIGHT, l4_send_nonblocking(copy_cap(endpoint, L4_READ | L4_GRANT), 0, &m).status);
	EXPECT_STATUS(L4_NO_RIGHT, l4_recv(copy_cap(endpoint, L4_WRITE | L4_GRANT), &m).status);
	EXPECT_STATUS(L4_NO_RIGHT, l4_recv_nonblocking(copy_cap(endpoint, L4_WRITE | L4_GRANT), &m).status);
	EXPECT_STATUS(L4_NO_RIGHT, l4_reply_recv(copy_cap(endpoint, L4_WRITE | L4_GRANT), 0, &m).status);
	EXPECT_STATUS(L4_NO_RIGHT, l4_send(copy_cap(notification, L4_READ), 0, &m).status);
	EXPECT_STATUS(L4_NO_RIGHT, l4_recv(copy_cap(notification, L4_WRITE), &m).status);
	for (l4_word_t bit = 0x200; bit < 1UL << L4_TAG_LABEL_SHIFT; bit <<= 1) {
		EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_call(endpoint, bit, &m).status);
		EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_send(endpoint, bit, &m).status);
		EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_send_nonblocking(endpoint, bit, &m).status);
		EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_reply_recv(endpoint, bit, &m).status);
	}
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_call(endpoint, 65, &m).status);
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_call(endpoint, 127, &m).status);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_send_nonblocking(endpoint, 64, &m).status);
}

TEST(OP0011, "registers after an operation hold its results and nothing else")
{
	struct l4_registers m = {{1, 2, 3, 4, 5, 6, 7, 8}};
	struct l4_result result = l4_call(fixture.object_memory, l4_tag(L4_OP_UNTYPED_INFO, 0), &m);

	EXPECT_OK(result.status);
	EXPECT_EQ(3, l4_tag_length(result.tag));
	EXPECT_EQ(0, result.badge);
	EXPECT_EQ(OBJECT_BITS, m.word[0]);
	for (int i = 3; i < 8; i++)
		EXPECT_EQ(0, m.word[i]);
}
