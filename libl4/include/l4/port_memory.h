/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a sampling or queuing port, as its two ends see it; programs use l4/port.h, which is made of this. Nothing here waits or makes a system call.
 *
 * The *source* writes one area: numbers of its own, and slots of a message each. The *destination* reads it and writes another: how far it has got. Neither
 * end may write the other's. So each may find anything there, at any time: every word is read once and checked, messages are copied out before anybody looks
 * at them, and no loop goes on for longer than TRIES rounds because of what the other end writes.
 *
 * Messages are numbered from 1 on. There is one slot more than messages that may be read, so the source never writes where an honest destination reads, unless
 * it has written more than one message meanwhile; which a slot's number, looked at before and after, tells.
 *
 * An end that is started anew opens its port again and goes on with the number in its own area. Where that cannot be, because it died of overwriting
 * everything, it begins where the other end is; see l4_port_rejoin_source.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define L4_PORT_SIZE_MAX 65536  /* bytes of a message */
#define L4_PORT_DEPTH_MAX 1024  /* messages of a queuing port */
#define L4_PORT_SAMPLING_DEPTH 3 /* a value can be read while three newer ones are written */

/* A message in the source's area. */
struct l4_port_slot {
	_Atomic uint64_t number; /* 0: none, or one that is being written */
	_Atomic uint64_t time;   /* ticks, when it was written */
	_Atomic uint32_t length; /* bytes */
	uint32_t reserved;
	uint8_t data[];
};

_Static_assert(sizeof(struct l4_port_slot) == 24, "layout of a slot: tools/composer/port_memory.py");

/* The source's area; its slots follow. */
struct l4_port_source {
	_Alignas(64) _Atomic uint64_t written; /* the number of the last message */
	_Atomic uint64_t refused;              /* messages that found no room */
	_Atomic uint64_t time;                 /* ticks, of the last message */
};

_Static_assert(sizeof(struct l4_port_source) == 64, "layout of the source's area: tools/composer/port_memory.py");

/* The destination's area, of a queuing port. */
struct l4_port_destination {
	_Alignas(64) _Atomic uint64_t received; /* the number of the last message that was taken */
	_Atomic uint64_t lost;                  /* messages that were overwritten before */
};

/* One end of a port. */
struct l4_port_memory {
	struct l4_port_source *source;
	struct l4_port_destination *destination; /* null: it has none, or this end does not see it */
	uint32_t size;                           /* bytes of a message, at most */
	uint32_t depth;                          /* messages that may be read */
	uint64_t number;                         /* of the last message that this end wrote or took */
};

/* Bytes from one slot to the next, and of the source's area. */
static inline size_t l4_port_slot_bytes(uint32_t size)
{
	return (sizeof(struct l4_port_slot) + size + 7) & ~(size_t)7;
}

static inline size_t l4_port_source_bytes(uint32_t size, uint32_t depth)
{
	return sizeof(struct l4_port_source) + (size_t)(depth + 1) * l4_port_slot_bytes(size);
}

/* What came with a message. */
struct l4_port_header {
	uint64_t number;
	uint64_t time;
	uint32_t length;
};

enum l4_port_found {
	L4_PORT_FOUND,
	L4_PORT_NOTHING, /* no message is there */
	L4_PORT_UNFIT,   /* what is there is none: the source breaks the rules, or writes all the time */
};

/* Takes up the own number where the last incarnation left it. The memory is cleared before its first use. `overwrites`: the source waits for nobody. */
void l4_port_rejoin_source(struct l4_port_memory *memory, bool overwrites);
void l4_port_rejoin_destination(struct l4_port_memory *memory, bool overwrites);

/* Source: writes a message of 1 to `size` bytes over the oldest slot. */
void l4_port_put(struct l4_port_memory *memory, const void *message, uint32_t length, uint64_t now);

/* Source of a port that refuses: whether there is room. */
enum l4_port_room {
	L4_PORT_ROOM,
	L4_PORT_NO_ROOM,
	L4_PORT_ROOM_UNFIT, /* the destination says what cannot be */
};
enum l4_port_room l4_port_room(const struct l4_port_memory *memory);
void l4_port_count_refused(struct l4_port_memory *memory);

/* The same, after l4_port_put: whether the destination had taken all before, and so may be waiting. */
bool l4_port_destination_may_wait(const struct l4_port_memory *memory);

/* Destination of a sampling port: copies the newest message; `message` has `size` bytes. Takes nothing. */
enum l4_port_found l4_port_newest(const struct l4_port_memory *memory, void *message, struct l4_port_header *header);

/*
 * Destination of a queuing port: takes the oldest message that it has not taken. Those that were overwritten are counted as lost and passed over; so are
 * those of a source that breaks the rules. *may_wait: the source may be waiting for the room that was made (never where it does not see this area).
 */
enum l4_port_found l4_port_take(struct l4_port_memory *memory, void *message, struct l4_port_header *header, bool *may_wait);

/* Either end: messages that were written and not taken, at most `depth`. */
uint32_t l4_port_waiting(const struct l4_port_memory *memory, bool is_source);
