/* SPDX-License-Identifier: BSD-2-Clause */
/* Has to do with all of them, each round, and tells how it went. Its deadlines are its own, whatever the others do. */
#include <stdio.h>
#include <string.h>

#include <l4/debug.h>
#include <system/judge.h>

#include "record.h"

#define PERIOD_MS 5
#define PATIENCE_MS 1
#define GUARD 64

static struct {
	uint64_t rounds, valid, stale, orders, refused, letters, odd;
} seen;

static struct l4_port level, noise, letters, spam, orders, feed;

/* A message as the peer wants it, with something behind it that must stay. */
static struct {
	uint8_t message[SYSTEM_CHANNEL_SPAM_SIZE];
	uint8_t guard[GUARD];
} box;

static void close_box(void)
{
	memset(&box, 0x5a, sizeof(box));
}

static void check_box(enum l4_port_status status, uint32_t length, uint32_t size)
{
	L4_ENSURE(status == L4_PORT_OK || status == L4_PORT_EMPTY || status == L4_PORT_TIMED_OUT || status == L4_PORT_BAD_PEER);
	L4_ENSURE(status != L4_PORT_OK || (length > 0 && length <= size));
	for (size_t i = size; i < sizeof(box); i++)
		L4_ENSURE(((const uint8_t *)&box)[i] == 0x5a);
}

static void look_at_level(void)
{
	struct l4_port_message about;
	struct record record;
	enum l4_port_status status = l4_port_read(&level, &record, sizeof(record), &about);
	if (status == L4_PORT_EMPTY && seen.valid + seen.stale == 0)
		return;
	L4_ENSURE(status == L4_PORT_OK && record_is_whole(&record, about.length) && record.number == about.number);
	if (about.is_valid)
		seen.valid++;
	else
		seen.stale++;
}

static void give_order(void)
{
	struct record record = record_of(next_number(&orders));
	enum l4_port_status status = l4_port_send(&orders, &record, sizeof(record));
	L4_ENSURE(status == L4_PORT_OK || status == L4_PORT_FULL);
	if (status == L4_PORT_OK)
		seen.orders++;
	else
		seen.refused++;
}

static void look_at_noise(void)
{
	struct l4_port_message about = {0};
	close_box();
	enum l4_port_status status = l4_port_read(&noise, box.message, SYSTEM_CHANNEL_NOISE_SIZE, &about);
	check_box(status, about.length, SYSTEM_CHANNEL_NOISE_SIZE);
}

static void look_at_spam(void)
{
	struct l4_port_message about = {0};
	close_box();
	enum l4_port_status status = l4_port_receive_until(&spam, box.message, SYSTEM_CHANNEL_SPAM_SIZE, &about, in_milliseconds(PATIENCE_MS));
	check_box(status, about.length, SYSTEM_CHANNEL_SPAM_SIZE);
}

/* An honest one is told of: so is the port between the attacks. */
static void look_at_letters(void)
{
	struct l4_port_message about = {0};
	struct record record;
	enum l4_port_status status;
	do {
		close_box();
		status = l4_port_receive(&letters, box.message, SYSTEM_CHANNEL_LETTERS_SIZE, &about);
		check_box(status, about.length, SYSTEM_CHANNEL_LETTERS_SIZE);
		memcpy(&record, box.message, sizeof(record));
		if (status == L4_PORT_OK && record_is_whole(&record, about.length))
			seen.letters++;
		else if (status != L4_PORT_EMPTY)
			seen.odd++;
	} while (status == L4_PORT_OK);
}

static void feed_vandal(void)
{
	struct record record = record_of(seen.rounds);
	enum l4_port_status status = l4_port_send_until(&feed, &record, sizeof(record), in_milliseconds(PATIENCE_MS));
	L4_ENSURE(status == L4_PORT_OK || status == L4_PORT_TIMED_OUT || status == L4_PORT_BAD_PEER);
}

int main(void)
{
	L4_ENSURE(l4_port_open(&level, SYSTEM_CHANNEL_LEVEL) && l4_port_open(&noise, SYSTEM_CHANNEL_NOISE) && l4_port_open(&letters, SYSTEM_CHANNEL_LETTERS));
	L4_ENSURE(l4_port_open(&spam, SYSTEM_CHANNEL_SPAM) && l4_port_open(&orders, SYSTEM_CHANNEL_ORDERS) && l4_port_open(&feed, SYSTEM_CHANNEL_FEED));
	L4_ENSURE(!l4_port_open(&feed, "events"));
	L4_ENSURE(l4_port_open(&feed, SYSTEM_CHANNEL_FEED));
	for (;;) {
		look_at_level();
		give_order();
		look_at_noise();
		look_at_spam();
		look_at_letters();
		feed_vandal();
		l4_signals_wait(0, in_milliseconds(PERIOD_MS));
		if (++seen.rounds % 50 == 0)
			printf("%lu rounds: level %lu valid, %lu stale; orders %lu, %lu refused; letters %lu, %lu odd\n", seen.rounds, seen.valid,
			       seen.stale, seen.orders, seen.refused, seen.letters, seen.odd);
	}
}
