/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attached client's bytes go to the line as they come. All others' are gathered into lines, which get their name in front.
 *
 * Fairness: clients take turns. In its turn a client moves at most QUANTUM bytes or one line, and only while the line has room; so a client that floods waits for the line
 * as long as each other one has something, and back pressure meets it alone: its own ring stays full.
 */
#include <stdio.h>
#include <string.h>

#include <l4/console_client.h>
#include <l4/time.h>

#include "console.h"
#include "uart.h"

#define QUANTUM 128
#define LAST_WORDS (2 * L4_CONSOLE_RING_SIZE) /* what stands in a full ring, and what is said about the end */
#define IDLE_US 50000  /* a line of the attached client counts as a prompt when it has been quiet for so long, ... */
#define HOLD_US 500000 /* and others' lines wait no longer than this for it to end */
#define DECORATION (NAME_SIZE + 8) /* "[name] " and line ends around a line */
#define LINE_END 2     /* "\r\n", for which there is room behind each line that is not ended */

static int turn;               /* whose turn comes first */
static char partial[LINE_SIZE]; /* what the terminal's current line shows, of the attached client */
static unsigned int partial_length;
static bool at_line_start = true;
static l4_word_t last_attached; /* when the attached client last wrote */
static l4_word_t held_since;    /* since when a whole line waits, 0: none does */
static bool line_waits;         /* one may go out now but for the room; the attached client, which needs less, must not take that again and again */
static bool hurried;

static void put(char byte)
{
	uart_put(byte);
	at_line_start = byte == '\n';
}

static void put_text(const char *text, unsigned int length)
{
	for (unsigned int i = 0; i < length; i++)
		put(text[i]);
}

/* Remembers what the attached client's current line looks like. */
static void track(char byte)
{
	if (byte == '\n' || byte == '\r')
		partial_length = 0;
	else if (byte == '\b')
		partial_length -= partial_length > 0;
	else if (partial_length < sizeof(partial))
		partial[partial_length++] = byte;
}

/* Up to `count` bytes of what the client has written. Of one that writes on while the machine ends, no more than its last words. */
static uint32_t take(struct client *client, char *bytes, uint32_t count)
{
	bool signal;
	if (hurried && count > client->last_words)
		count = client->last_words;
	count = l4_ring_pop(&client->output, bytes, count, &signal);
	if (hurried)
		client->last_words -= count;
	if (signal)
		l4_signal(client->wait);
	return count;
}

/* --- The attached client --- */

static unsigned int room_for_attached(void)
{
	unsigned int room = uart_room();
	return line_waits || room < LINE_END ? 0 : (room - LINE_END) / 2; /* each byte may become two */
}

/* What it had begun to write before it was attached. */
static bool resume_line(struct client *client)
{
	if (line_waits || uart_room() < client->line.length + LINE_END)
		return false;
	put_text(client->line.text, client->line.length);
	for (unsigned int i = 0; i < client->line.length; i++)
		track(client->line.text[i]);
	line_clear(&client->line);
	return true;
}

static bool pump_attached(struct client *client)
{
	char bytes[QUANTUM];
	unsigned int room = room_for_attached();
	uint32_t count = take(client, bytes, room < QUANTUM ? room : QUANTUM);
	for (uint32_t i = 0; i < count; i++) {
		if (bytes[i] == '\n' && !client->raw)
			put('\r');
		put(bytes[i]);
		track(bytes[i]);
	}
	if (count > 0)
		last_attached = l4_now();
	return count > 0;
}

/* --- The others --- */

static void end_line(struct client *client)
{
	line_finish(&client->line);
	client->line_is_whole = true;
}

/* Fills the client's line up to its end. */
static bool gather(struct client *client)
{
	bool moved = false;
	while (!client->line_is_whole) {
		char byte;
		if (take(client, &byte, 1) == 0)
			break;
		moved = true;
		if (byte != '\n')
			line_add(&client->line, byte);
		if (byte == '\n' || line_is_full(&client->line))
			end_line(client);
	}
	return moved;
}

static l4_word_t later(l4_word_t microseconds, l4_word_t since)
{
	return since + l4_ticks_of_microseconds(microseconds);
}

/* The time from which on a line may go out though the attached client is amid one of its own. */
static l4_word_t leave_time(void)
{
	l4_word_t idle = later(IDLE_US, last_attached), hold = later(HOLD_US, held_since);
	return idle < hold ? idle : hold;
}

static bool may_interrupt(void)
{
	if (at_line_start || hurried || console.attached == NOBODY)
		return true;
	if (held_since == 0)
		held_since = l4_now();
	return l4_now() >= leave_time();
}

static void redraw(void)
{
	if (console.tty)
		put_text(partial, partial_length);
}

/* The line is out, or not wanted: nothing waits for its sake. */
static void forget_line(struct client *client)
{
	line_clear(&client->line);
	client->line_is_whole = false;
	line_waits = false;
	held_since = 0;
}

/* Puts one whole line out. False where it has to wait. */
static bool put_line(struct client *client)
{
	char prefix[NAME_SIZE + 4];
	if (!may_interrupt())
		return false;
	line_waits = uart_room() < client->line.length + DECORATION + sizeof(partial);
	if (line_waits)
		return false;
	bool amid = !at_line_start;
	if (amid)
		put_text("\r\n", 2);
	put_text(prefix, (unsigned int)snprintf(prefix, sizeof(prefix), "[%s] ", client->name));
	put_text(client->line.text, client->line.length);
	put_text("\r\n", 2);
	forget_line(client);
	if (amid)
		redraw();
	return true;
}

static bool pump_other(struct client *client)
{
	bool moved = gather(client);
	if (!client->line_is_whole)
		return moved;
	if (console.log)
		return put_line(client);
	forget_line(client);
	return true;
}

static void tell_broken(struct client *client)
{
	if (client->told_broken || !client->output.broken)
		return;
	client->told_broken = true;
	line_clear(&client->line);
	for (const char *text = "(broke its console channel; unheard until it starts anew)"; *text; text++)
		line_add(&client->line, *text);
	end_line(client);
}

static bool pump_client(int number)
{
	struct client *client = &console.client[number];
	tell_broken(client);
	/* A line gathered before the client was attached comes first. */
	if (number == console.attached && !client->line_is_whole)
		return client->line.length > 0 ? resume_line(client) : pump_attached(client);
	return pump_other(client);
}

static bool has_output(void)
{
	for (int i = 0; i < console.count; i++) {
		struct client *client = &console.client[i];
		bool is_heard = !client->output.broken && (!hurried || client->last_words > 0);
		if (client->line_is_whole || (is_heard && l4_ring_filled(&client->output) > 0))
			return true;
	}
	return false;
}

bool output_pump(void)
{
	bool moved = false;
	for (int i = 0; i < console.count; i++)
		moved |= pump_client((turn + i) % console.count);
	turn = (turn + 1) % console.count;
	unsigned int room = uart_room();
	uart_push();
	/* The line may have taken all at once, and with nothing left for it to take, it tells of room no more. */
	return moved || (uart_room() > room && has_output());
}

l4_word_t output_deadline(void)
{
	return held_since && !line_waits ? leave_time() : 0;
}

bool output_is_drained(void)
{
	return !has_output() && uart_is_idle();
}

void output_text(const char *text)
{
	unsigned int length = (unsigned int)strlen(text);
	if (uart_room() >= length)
		put_text(text, length);
}

/* A line that will not be finished counts as one. */
static void finish_line(struct client *client)
{
	if (client->line.length > 0)
		end_line(client);
}

void output_hurry(void)
{
	hurried = true;
	for (int i = 0; i < console.count; i++) {
		console.client[i].last_words = LAST_WORDS;
		finish_line(&console.client[i]);
	}
}

/* Leaves the line that the attached client has begun. */
static void break_line(void)
{
	partial_length = 0;
	if (!at_line_start)
		put_text("\r\n", 2);
}

void output_reset(struct client *client)
{
	finish_line(client);
	if (console.attached == client - console.client)
		break_line();
	l4_ring_renew_consumer(&client->output);
	l4_ring_renew_producer(&client->input);
	client->told_broken = false;
}

void output_attach(int number)
{
	break_line();
	console.attached = number;
}
