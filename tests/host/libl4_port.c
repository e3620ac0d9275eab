/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of l4/port.h over a kernel of two notifications and a clock. */
#include <string.h>

#include <l4/arch/syscall.h>
#include <l4/arch/time.h>
#include <l4/startup.h>

#include "libl4_port_ends.h"

#define SECOND 1000000UL

/* A machine of two programs' notifications. Who waits runs the peer until something is signalled; there each look at the clock takes a tick. */
enum { CAP_NOTIFICATION = 8, CAP_TIMER, CAP_TIMER_NOTIFY, CAP_SIGNAL };
#define BIT 4UL

static struct {
	uint64_t now;
	uint64_t armed;   /* 0: not */
	l4_word_t bits;   /* of the own notification */
	unsigned int signals; /* that the peer got */
	l4_word_t flood;  /* bits that are signalled again at each look, as by a peer that runs beside this end or above it */
	void (*peer)(void); /* what it does while this end waits; null: it is dead */
	struct {
		struct l4_port_table table;
		struct l4_port_entry entry[2];
	} ports;
	bool has_timer;
} machine;

uint64_t l4_arch_time(void)
{
	return machine.now;
}

l4_word_t l4_ticks_per_second(void)
{
	return SECOND;
}

l4_word_t l4_startup_value(const char *name)
{
	if (strcmp(name, "notification") == 0)
		return CAP_NOTIFICATION;
	if (strcmp(name, "timer") == 0)
		return machine.has_timer ? CAP_TIMER : 0;
	if (strcmp(name, "timer.notify") == 0)
		return CAP_TIMER_NOTIFY;
	return strcmp(name, "ports") == 0 ? (l4_word_t)&machine.ports : 0;
}

l4_cap_t l4_startup_cap(const char *name)
{
	return l4_startup_value(name);
}

/* Time goes on until something happens; with nobody to make it, the test would hang. */
static void wait_for_bits(void)
{
	while (!machine.bits) {
		EXPECT_TRUE(machine.peer || machine.armed);
		if (machine.peer)
			machine.peer();
		machine.now++;
		if (machine.armed && machine.now >= machine.armed)
			machine.bits |= 1;
	}
}

struct l4_result l4_ecall(int64_t number, l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	struct l4_result result = {.status = L4_OK};

	if (number == L4_SYS_SEND) {
		EXPECT_EQ(CAP_SIGNAL, cap);
		machine.signals++;
	} else if (number == L4_SYS_RECV || number == L4_SYS_RECV_NONBLOCKING) {
		EXPECT_EQ(CAP_NOTIFICATION, cap);
		machine.now += machine.flood != 0;
		machine.bits |= machine.flood;
		if (number == L4_SYS_RECV)
			wait_for_bits();
		result.status = machine.bits ? L4_OK : L4_WOULD_BLOCK;
		result.badge = machine.bits;
		machine.bits = 0;
	} else {
		EXPECT_EQ(CAP_TIMER, cap);
		if (tag == l4_tag(L4_OP_TIMER_ARM, 1))
			machine.armed = m->word[0];
		else if (tag == l4_tag(L4_OP_TIMER_CANCEL, 0))
			machine.armed = 0;
	}
	return result;
}

static struct l4_port near; /* the end under test; the peer's is `source` or `destination` */

static void open_near(enum l4_port_kind kind, enum l4_port_direction direction, enum l4_port_overflow overflow)
{
	bool overwrites = kind == L4_PORT_SAMPLING || overflow == L4_PORT_OLDEST;

	make(SIZE, kind == L4_PORT_SAMPLING ? L4_PORT_SAMPLING_DEPTH : DEPTH, overwrites);
	memset(&machine, 0, sizeof(machine));
	machine.now = 1000;
	machine.has_timer = true;
	machine.ports.table.count = 1;
	machine.ports.entry[0] = (struct l4_port_entry){.name = "port", .kind = kind, .direction = direction, .overflow = overflow, .size = SIZE, .depth = DEPTH,
		.refresh = 50, .source = (uint64_t)area.source, .destination = overwrites && direction == L4_PORT_SOURCE ? 0 : (uint64_t)area.destination,
		.signal = CAP_SIGNAL, .bit = BIT};
	EXPECT_TRUE(!l4_port_open(&near, "other"));
	EXPECT_TRUE(!l4_port_open_number(&near, 1));
	EXPECT_TRUE(l4_port_open(&near, "port"));
	EXPECT_EQ(1, machine.signals);
}

TEST(PORT0101, "a value is valid as long as its refresh period, and never if it comes from the future")
{
	struct l4_port_message about;
	char value[SIZE];

	open_near(L4_PORT_SAMPLING, L4_PORT_DESTINATION, 0);
	EXPECT_EQ(L4_PORT_EMPTY, l4_port_read(&near, value, sizeof(value), &about));
	l4_port_put(&source, "x", 1, machine.now);
	machine.now += 50;
	EXPECT_EQ(L4_PORT_OK, l4_port_read(&near, value, sizeof(value), &about));
	EXPECT_TRUE(about.is_valid && about.age == 50 && about.length == 1 && about.number == 1);
	machine.now++;
	EXPECT_EQ(L4_PORT_OK, l4_port_read(&near, value, sizeof(value), &about));
	EXPECT_TRUE(!about.is_valid && about.age == 51);
	l4_port_put(&source, "y", 1, machine.now + 1000);
	EXPECT_EQ(L4_PORT_OK, l4_port_read(&near, value, sizeof(value), &about));
	EXPECT_TRUE(!about.is_valid && about.age == ~0UL);
	EXPECT_EQ(L4_PORT_BAD_SIZE, l4_port_read(&near, value, SIZE - 1, &about));
	EXPECT_EQ(L4_PORT_BAD_MODE, l4_port_write(&near, value, 1));
	EXPECT_EQ(L4_PORT_BAD_MODE, l4_port_receive(&near, value, sizeof(value), &about));
}

TEST(PORT0102, "a message of no byte, or of one too many, is not written")
{
	struct l4_port_header header;
	struct l4_port_state state;
	uint8_t value[SIZE + 1] = "value";

	open_near(L4_PORT_SAMPLING, L4_PORT_SOURCE, 0);
	EXPECT_EQ(L4_PORT_BAD_SIZE, l4_port_write(&near, value, 0));
	EXPECT_EQ(L4_PORT_BAD_SIZE, l4_port_write(&near, value, SIZE + 1));
	EXPECT_EQ(L4_PORT_BAD_MODE, l4_port_send(&near, value, 1));
	EXPECT_EQ(1, machine.signals);
	EXPECT_EQ(L4_PORT_OK, l4_port_write(&near, value, SIZE));
	EXPECT_EQ(2, machine.signals);
	EXPECT_EQ(L4_PORT_FOUND, l4_port_newest(&destination, value, &header));
	l4_port_state(&near, &state);
	EXPECT_TRUE(state.messages == 1 && state.waiting == 0 && state.overflows == 0);
}

TEST(PORT0103, "a full queue refuses, counts it, and goes on when there is room")
{
	struct l4_port_state state;
	uint64_t number;

	open_near(L4_PORT_QUEUING, L4_PORT_SOURCE, L4_PORT_REFUSE);
	for (number = 1; number <= DEPTH; number++)
		EXPECT_EQ(L4_PORT_OK, l4_port_send(&near, &number, sizeof(number)));
	EXPECT_EQ(2, machine.signals); /* at opening, and when it had been empty */
	EXPECT_EQ(L4_PORT_FULL, l4_port_send(&near, &number, sizeof(number)));
	l4_port_state(&near, &state);
	EXPECT_TRUE(state.messages == DEPTH && state.waiting == DEPTH && state.overflows == 1);
	expect_taken(1);
	EXPECT_EQ(L4_PORT_OK, l4_port_send(&near, &number, sizeof(number)));
	atomic_store(&destination.destination->received, 1000);
	EXPECT_EQ(L4_PORT_BAD_PEER, l4_port_send(&near, &number, sizeof(number)));
}

static void peer_takes(void)
{
	uint64_t number;

	if (machine.now == 1100) {
		take_number(&number);
		machine.bits |= BIT;
	} else if (machine.now % 10 == 0) {
		machine.bits |= 8; /* another channel's */
	}
}

static void peer_signals_only(void)
{
	machine.bits |= BIT;
}

TEST(PORT0104, "sending waits for room until the deadline; what others signal meanwhile is kept for them")
{
	struct l4_port_state state;
	uint64_t number = 0;

	open_near(L4_PORT_QUEUING, L4_PORT_SOURCE, L4_PORT_REFUSE);
	for (int i = 0; i < DEPTH; i++)
		l4_port_send(&near, &number, sizeof(number));
	machine.peer = peer_takes;
	EXPECT_EQ(L4_PORT_TIMED_OUT, l4_port_send_until(&near, &number, sizeof(number), 1050));
	EXPECT_EQ(1050, machine.now);
	EXPECT_EQ(8, l4_signals_wait(8, L4_SIGNALS_FOREVER));
	EXPECT_EQ(L4_PORT_OK, l4_port_send_until(&near, &number, sizeof(number), 1500));
	EXPECT_TRUE(machine.now < 1110);
	machine.peer = peer_signals_only;
	EXPECT_EQ(L4_PORT_TIMED_OUT, l4_port_send_until(&near, &number, sizeof(number), machine.now + 1000));
	l4_port_state(&near, &state);
	EXPECT_EQ(2, state.overflows);
	EXPECT_EQ(0, machine.armed);
}

static void peer_sends(void)
{
	if (machine.now == 1100) {
		put_number(7);
		machine.bits |= BIT;
	}
}

TEST(PORT0105, "receiving waits for a message until the deadline, or for ever, and is not led on by empty signals")
{
	struct l4_port_message about;
	uint8_t message[SIZE];

	open_near(L4_PORT_QUEUING, L4_PORT_DESTINATION, L4_PORT_REFUSE);
	EXPECT_EQ(L4_PORT_EMPTY, l4_port_receive(&near, message, sizeof(message), &about));
	EXPECT_EQ(L4_PORT_TIMED_OUT, l4_port_receive_until(&near, message, sizeof(message), &about, 1000));
	EXPECT_EQ(L4_PORT_TIMED_OUT, l4_port_receive_until(&near, message, sizeof(message), &about, 1050));
	EXPECT_EQ(0, l4_signals_wait(1, 0)); /* the timer's bit was for that deadline */
	machine.peer = peer_signals_only;
	EXPECT_EQ(L4_PORT_TIMED_OUT, l4_port_receive_until(&near, message, sizeof(message), &about, 1070));
	machine.peer = peer_sends;
	EXPECT_EQ(L4_PORT_OK, l4_port_receive_until(&near, message, sizeof(message), &about, L4_SIGNALS_FOREVER));
	EXPECT_EQ(8, about.length);
}

TEST(PORT0106, "where the oldest is given up, sending never fails, signals each time, and the destination tells how many it missed")
{
	struct l4_port_state state;
	uint64_t number;

	open_near(L4_PORT_QUEUING, L4_PORT_SOURCE, L4_PORT_OLDEST);
	for (number = 1; number <= DEPTH + 3; number++)
		EXPECT_EQ(L4_PORT_OK, l4_port_send_until(&near, &number, sizeof(number), 0));
	EXPECT_EQ(1 + DEPTH + 3, machine.signals);
	l4_port_state(&near, &state);
	EXPECT_TRUE(state.messages == DEPTH + 3 && state.waiting == 0 && state.overflows == 0);
	expect_taken(4);
	machine.ports.entry[0].direction = L4_PORT_DESTINATION;
	machine.ports.entry[0].destination = (uint64_t)area.destination;
	EXPECT_TRUE(l4_port_open(&near, "port"));
	l4_port_state(&near, &state);
	EXPECT_TRUE(state.messages == DEPTH + 3 && state.waiting == DEPTH - 1 && state.overflows == 3);
}

TEST(PORT0107, "a peer that signals without end and does nothing holds nobody beyond the deadline")
{
	struct l4_port_message about;
	uint8_t message[SIZE] = {0};

	open_near(L4_PORT_QUEUING, L4_PORT_DESTINATION, L4_PORT_REFUSE);
	machine.flood = BIT;
	EXPECT_EQ(L4_PORT_TIMED_OUT, l4_port_receive_until(&near, message, sizeof(message), &about, machine.now + 50));
	EXPECT_TRUE(machine.now < 1000 + 60);
	open_near(L4_PORT_QUEUING, L4_PORT_SOURCE, L4_PORT_REFUSE);
	for (int i = 0; i < DEPTH; i++)
		EXPECT_EQ(L4_PORT_OK, l4_port_send(&near, message, sizeof(message)));
	machine.flood = BIT;
	EXPECT_EQ(L4_PORT_TIMED_OUT, l4_port_send_until(&near, message, sizeof(message), machine.now + 50));
	EXPECT_TRUE(machine.now < 1000 + 60);
}

TEST(PORT0108, "who may wait for room is told when there is some, and nobody else is")
{
	struct l4_port_message about;
	uint8_t message[SIZE];

	open_near(L4_PORT_QUEUING, L4_PORT_DESTINATION, L4_PORT_REFUSE);
	for (uint64_t i = 0; i < DEPTH; i++)
		put_number(i);
	for (int i = 0; i < DEPTH; i++) {
		EXPECT_EQ(L4_PORT_OK, l4_port_receive(&near, message, sizeof(message), &about));
		EXPECT_EQ(2, machine.signals); /* at opening, and by the first, before which it was full */
	}
	EXPECT_EQ(L4_PORT_EMPTY, l4_port_receive(&near, message, sizeof(message), &about));
	EXPECT_EQ(2, machine.signals);
}
