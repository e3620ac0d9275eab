/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/port.h>

#include <string.h>

#include <l4/startup.h>
#include <l4/syscall.h>
#include <l4/time.h>

const char *l4_port_status_text(enum l4_port_status status)
{
	static const char *const texts[] = {
		[L4_PORT_OK] = "done",
		[L4_PORT_EMPTY] = "there is no message",
		[L4_PORT_FULL] = "the queue is full",
		[L4_PORT_TIMED_OUT] = "the deadline has passed",
		[L4_PORT_BAD_SIZE] = "the message is empty or too long, or there is too little room for one",
		[L4_PORT_BAD_MODE] = "this end of the port does not do that",
		[L4_PORT_NO_TIMER] = "the partition has no timer for a deadline",
		[L4_PORT_BAD_PEER] = "what the peer wrote is no port's",
	};

	return status < sizeof(texts) / sizeof(texts[0]) ? texts[status] : "unknown status";
}

/* --- Opening --- */

static bool is(const struct l4_port *port, enum l4_port_kind kind, enum l4_port_direction direction)
{
	return port->entry->kind == kind && port->entry->direction == direction;
}

static void tell_peer(const struct l4_port *port)
{
	if (port->entry->signal)
		l4_signal(port->entry->signal);
}

/* The last incarnation may have died before it told the peer of what it did. */
static void open(struct l4_port *port, const struct l4_port_entry *entry)
{
	bool overwrites = entry->kind == L4_PORT_SAMPLING || entry->overflow == L4_PORT_OLDEST;

	*port = (struct l4_port){
		.memory = {
			.source = (struct l4_port_source *)entry->source,
			.destination = (struct l4_port_destination *)entry->destination,
			.size = entry->size,
			.depth = entry->kind == L4_PORT_SAMPLING ? L4_PORT_SAMPLING_DEPTH : entry->depth,
		},
		.entry = entry,
	};
	if (entry->direction == L4_PORT_SOURCE)
		l4_port_rejoin_source(&port->memory, overwrites);
	else
		l4_port_rejoin_destination(&port->memory, overwrites);
	tell_peer(port);
}

bool l4_port_open_number(struct l4_port *port, unsigned int number)
{
	const struct l4_port_table *table = (const struct l4_port_table *)l4_startup_value(L4_PORT_TABLE);

	if (!table || number >= table->count)
		return false;
	open(port, &table->entry[number]);
	return true;
}

bool l4_port_open(struct l4_port *port, const char *name)
{
	const struct l4_port_table *table = (const struct l4_port_table *)l4_startup_value(L4_PORT_TABLE);

	for (unsigned int i = 0; table && i < table->count; i++)
		if (strcmp(table->entry[i].name, name) == 0)
			return l4_port_open_number(port, i);
	return false;
}

/* --- Source --- */

static enum l4_port_status check_message(const struct l4_port *port, enum l4_port_kind kind, size_t length)
{
	if (!is(port, kind, L4_PORT_SOURCE))
		return L4_PORT_BAD_MODE;
	return length > 0 && length <= port->entry->size ? L4_PORT_OK : L4_PORT_BAD_SIZE;
}

enum l4_port_status l4_port_write(struct l4_port *port, const void *message, size_t length)
{
	enum l4_port_status status = check_message(port, L4_PORT_SAMPLING, length);

	if (status != L4_PORT_OK)
		return status;
	l4_port_put(&port->memory, message, (uint32_t)length, l4_now());
	tell_peer(port);
	return L4_PORT_OK;
}

static enum l4_port_status send_refusing(struct l4_port *port, const void *message, size_t length)
{
	switch (l4_port_room(&port->memory)) {
	case L4_PORT_ROOM:
		break;
	case L4_PORT_NO_ROOM:
		return L4_PORT_FULL;
	default:
		return L4_PORT_BAD_PEER;
	}
	l4_port_put(&port->memory, message, (uint32_t)length, l4_now());
	if (l4_port_destination_may_wait(&port->memory))
		tell_peer(port);
	return L4_PORT_OK;
}

/* Nothing is known of who overwriting overtakes, so it is told each time. */
static enum l4_port_status try_to_send(struct l4_port *port, const void *message, size_t length)
{
	enum l4_port_status status = check_message(port, L4_PORT_QUEUING, length);

	if (status != L4_PORT_OK)
		return status;
	if (port->entry->overflow == L4_PORT_REFUSE)
		return send_refusing(port, message, length);
	l4_port_put(&port->memory, message, (uint32_t)length, l4_now());
	tell_peer(port);
	return L4_PORT_OK;
}

static enum l4_port_status count(struct l4_port *port, enum l4_port_status status)
{
	if (status == L4_PORT_FULL || status == L4_PORT_TIMED_OUT)
		l4_port_count_refused(&port->memory);
	return status;
}

enum l4_port_status l4_port_send(struct l4_port *port, const void *message, size_t length)
{
	return count(port, try_to_send(port, message, length));
}

/*
 * Waits for the peer; L4_PORT_OK: something has happened. The deadline is looked at first: a peer that signals without end, and does nothing else, would otherwise
 * have this end look for ever.
 */
static enum l4_port_status wait(const struct l4_port *port, l4_word_t deadline)
{
	if (deadline != L4_SIGNALS_FOREVER && !l4_signals_have_timer())
		return L4_PORT_NO_TIMER;
	if (deadline != L4_SIGNALS_FOREVER && l4_now() >= deadline)
		return L4_PORT_TIMED_OUT;
	return l4_signals_wait(port->entry->bit, deadline) ? L4_PORT_OK : L4_PORT_TIMED_OUT;
}

enum l4_port_status l4_port_send_until(struct l4_port *port, const void *message, size_t length, l4_word_t deadline)
{
	enum l4_port_status status, waited = L4_PORT_OK;

	while ((status = try_to_send(port, message, length)) == L4_PORT_FULL && waited == L4_PORT_OK)
		waited = wait(port, deadline);
	return count(port, status == L4_PORT_FULL ? waited : status);
}

/* --- Destination --- */

static enum l4_port_status check_room(const struct l4_port *port, enum l4_port_kind kind, size_t room)
{
	if (!is(port, kind, L4_PORT_DESTINATION))
		return L4_PORT_BAD_MODE;
	return room >= port->entry->size ? L4_PORT_OK : L4_PORT_BAD_SIZE;
}

static enum l4_port_status status_of(enum l4_port_found found)
{
	return found == L4_PORT_FOUND ? L4_PORT_OK : found == L4_PORT_NOTHING ? L4_PORT_EMPTY : L4_PORT_BAD_PEER;
}

/* The source may claim any time. One that is still to come would be valid for ever. */
static void describe(const struct l4_port *port, const struct l4_port_header *header, struct l4_port_message *about)
{
	l4_word_t now = l4_now();

	about->length = header->length;
	about->number = header->number;
	about->age = header->time <= now ? now - header->time : ~0UL;
	about->is_valid = header->time <= now && about->age <= port->entry->refresh;
}

enum l4_port_status l4_port_read(struct l4_port *port, void *message, size_t room, struct l4_port_message *about)
{
	enum l4_port_status status = check_room(port, L4_PORT_SAMPLING, room);
	struct l4_port_header header;

	if (status == L4_PORT_OK)
		status = status_of(l4_port_newest(&port->memory, message, &header));
	if (status == L4_PORT_OK)
		describe(port, &header, about);
	return status;
}

enum l4_port_status l4_port_receive(struct l4_port *port, void *message, size_t room, struct l4_port_message *about)
{
	enum l4_port_status status = check_room(port, L4_PORT_QUEUING, room);
	struct l4_port_header header;
	bool may_wait;

	if (status != L4_PORT_OK)
		return status;
	status = status_of(l4_port_take(&port->memory, message, &header, &may_wait));
	if (may_wait)
		tell_peer(port);
	if (status == L4_PORT_OK)
		describe(port, &header, about);
	return status;
}

enum l4_port_status l4_port_receive_until(struct l4_port *port, void *message, size_t room, struct l4_port_message *about, l4_word_t deadline)
{
	enum l4_port_status status, waited = L4_PORT_OK;

	while ((status = l4_port_receive(port, message, room, about)) == L4_PORT_EMPTY && waited == L4_PORT_OK)
		waited = wait(port, deadline);
	return status == L4_PORT_EMPTY ? waited : status;
}

/* --- Both --- */

void l4_port_state(const struct l4_port *port, struct l4_port_state *state)
{
	bool is_source = port->entry->direction == L4_PORT_SOURCE;
	const struct l4_port_destination *destination = port->memory.destination;

	state->messages = is_source ? port->memory.number : atomic_load(&port->memory.source->written);
	state->waiting = l4_port_waiting(&port->memory, is_source);
	state->overflows = port->entry->overflow == L4_PORT_REFUSE ? atomic_load(&port->memory.source->refused) : destination ? atomic_load(&destination->lost) : 0;
}
