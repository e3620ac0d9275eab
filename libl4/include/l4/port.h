/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sampling and queuing ports, as ARINC 653 has them: the channels of kind "sampling" and "queuing" of the description (docs/descriptions.md), by their names.
 *
 *   struct l4_port speed;
 *   L4_ENSURE(l4_port_open(&speed, SYSTEM_CHANNEL_SPEED));
 *   l4_port_write(&speed, &value, sizeof(value));
 *
 * A *sampling* port holds the latest message. Writing never waits, reading takes nothing away; with the message comes how old it is, and whether it is
 * valid, that is, no older than the description's `refresh`. A *queuing* port holds messages in the order in which they were sent, up to its depth.
 * When it is full, one whose overflow is "refuse" takes no more, and one whose overflow is "oldest" gives up the oldest.
 *
 * Each port has one source and one destination, which the description names, and each end is used by one thread. What the peer does, crashes or writes into
 * the memory that it may write can cost messages of this port, and nothing else: nothing here waits for it (but the calls that are given a deadline, and these
 * no longer than that), and what it wrote is looked at after it was copied, with its length checked. A peer that was started anew opens the port and goes on.
 */
#pragma once

#include <l4/port_memory.h>
#include <l4/signals.h>

#define L4_PORT_NAME_SIZE 16

enum l4_port_kind { L4_PORT_SAMPLING, L4_PORT_QUEUING };
enum l4_port_direction { L4_PORT_SOURCE, L4_PORT_DESTINATION }; /* of this program's end */
enum l4_port_overflow { L4_PORT_REFUSE, L4_PORT_OLDEST };

/* What a program is told of one of its ports, in a page that it can only read: `ports` in its startup block. */
struct l4_port_entry {
	char name[L4_PORT_NAME_SIZE]; /* ends with a 0 byte */
	uint32_t kind;                /* enum l4_port_kind */
	uint32_t direction;           /* enum l4_port_direction */
	uint32_t overflow;            /* enum l4_port_overflow; of queuing ports */
	uint32_t size;                /* bytes of a message, at most */
	uint32_t depth;               /* messages; of queuing ports */
	uint32_t reserved;
	uint64_t refresh;             /* ticks; of sampling ports */
	uint64_t source;              /* address of the source's area */
	uint64_t destination;         /* of the destination's, or 0 */
	uint64_t signal;              /* capability to signal the peer; 0: this end signals nobody */
	uint64_t bit;                 /* of the own notification, by which the peer signals; 0: it does not */
};

_Static_assert(sizeof(struct l4_port_entry) == 80, "layout of a port's entry");

struct l4_port_table {
	uint64_t count;
	struct l4_port_entry entry[];
};

#define L4_PORT_TABLE "ports"

struct l4_port {
	struct l4_port_memory memory;
	const struct l4_port_entry *entry;
};

enum l4_port_status {
	L4_PORT_OK,
	L4_PORT_EMPTY,     /* read: nothing was written yet; receive: there is no message */
	L4_PORT_FULL,      /* send: it was refused, for the queue is full */
	L4_PORT_TIMED_OUT, /* the deadline passed before there was a message, or room */
	L4_PORT_BAD_SIZE,  /* the message is empty or longer than the port's size, or there is not so much room for one */
	L4_PORT_BAD_MODE,  /* this end, or a port of this kind, does not do that */
	L4_PORT_NO_TIMER,  /* a deadline needs `timer = true` in the description */
	L4_PORT_BAD_PEER,  /* what the peer wrote is no port's; later it may be, when the peer has been started anew */
};

/* What a status means, in a few words. */
const char *l4_port_status_text(enum l4_port_status status);

/* What came with a message. */
struct l4_port_message {
	uint32_t length; /* bytes */
	bool is_valid;   /* of a sampling port: not older than its refresh period */
	uint64_t number; /* the source's count of messages: who reads the same number has read this one before */
	uint64_t age;    /* ticks since it was written; ~0: the source says that this is still to come */
};

/* Opens an end of this program's, new or again after a restart; tells a peer that waits to look. False: the program has no port of that name. */
bool l4_port_open(struct l4_port *port, const char *name);

/* The program's ports, for those that do not know them by name: opens number 0, 1, ... False: there are no more. */
bool l4_port_open_number(struct l4_port *port, unsigned int number);

/* Sampling, source: writes a message over the last one. Never waits. BAD_SIZE, BAD_MODE. */
enum l4_port_status l4_port_write(struct l4_port *port, const void *message, size_t length);

/*
 * Sampling, destination: copies the latest message to `message`, which has `room` bytes, at least the port's size. Never waits. EMPTY, BAD_SIZE, BAD_MODE,
 * BAD_PEER.
 */
enum l4_port_status l4_port_read(struct l4_port *port, void *message, size_t room, struct l4_port_message *about);

/* Queuing, source: adds a message. Never waits. FULL ("refuse" only; counted as an overflow), BAD_SIZE, BAD_MODE, BAD_PEER. */
enum l4_port_status l4_port_send(struct l4_port *port, const void *message, size_t length);

/*
 * The same, but waits for room until the deadline (ticks of l4_now, or L4_SIGNALS_FOREVER); see l4_signals_wait. TIMED_OUT (an overflow) in FULL's place,
 * NO_TIMER.
 */
enum l4_port_status l4_port_send_until(struct l4_port *port, const void *message, size_t length, l4_word_t deadline);

/* Queuing, destination: takes the oldest message. Never waits. EMPTY, BAD_SIZE, BAD_MODE, BAD_PEER. */
enum l4_port_status l4_port_receive(struct l4_port *port, void *message, size_t room, struct l4_port_message *about);

/* The same, but waits for a message until the deadline. TIMED_OUT in EMPTY's place, NO_TIMER. */
enum l4_port_status l4_port_receive_until(struct l4_port *port, void *message, size_t room, struct l4_port_message *about, l4_word_t deadline);

/* How a port stands. */
struct l4_port_state {
	uint64_t messages;  /* that were written or sent, in all */
	uint64_t overflows; /* "refuse": messages that found no room; "oldest": that were overwritten before they were received, and 0 at the source */
	uint32_t waiting;   /* that a destination can receive; 0 where this end does not see it: the source of "oldest", and of sampling ports */
};
void l4_port_state(const struct l4_port *port, struct l4_port_state *state);
