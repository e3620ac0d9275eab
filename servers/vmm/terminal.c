/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output goes into the console's ring at once, but the server is told only at the end of a line, when much has gathered, or after
 * DELAY_US: a guest prints byte by byte, and waking the server for each would cost more than the printing.
 */
#include "terminal.h"

#include <l4/console_client.h>
#include <l4/stubs.h>
#include <l4/time.h>

#include "terminal_start.h"

#define DELAY_US 2000
#define GATHER_MAX 256

static struct {
	struct l4_console *console; /* null: the guest talks to nobody */
	struct l4_ring *input;      /* what terminal_get() reads; null: nothing, or it is claimed */
	l4_cap_t timer;
	l4_word_t delay; /* ticks */
	l4_word_t wake;  /* when the timer makes the next terminal event, at the latest; 0: nobody has asked for one since the last */
	unsigned int gathered; /* bytes since the server was told; the timer runs while it is not 0 */
} terminal;

void terminal_start(struct l4_console *console, l4_cap_t timer)
{
	terminal.console = console;
	terminal_claim(false);
	terminal.timer = timer;
	terminal.delay = l4_ticks_of_microseconds(DELAY_US);
}

/* One timer for all that ask: whoever can wait longer does not put off what somebody else waits for. False: nobody is there to send an event. */
static bool wake_by(l4_word_t deadline)
{
	if (terminal.wake && terminal.wake <= deadline)
		return true;
	if (l4_timer_arm(terminal.timer, deadline) != L4_OK)
		return false;
	terminal.wake = deadline;
	return true;
}

static void tell_server(void)
{
	terminal.gathered = 0;
	l4_signal(terminal.console->server);
}

static void flush(void)
{
	if (terminal.gathered)
		tell_server();
}

void terminal_event(void)
{
	terminal.wake = 0;
	flush();
}

static void written(size_t count, bool end_of_line)
{
	if (!terminal.gathered)
		wake_by(l4_now() + terminal.delay);
	terminal.gathered += count;
	if (end_of_line || terminal.gathered >= GATHER_MAX)
		tell_server();
}

bool terminal_put(uint8_t byte)
{
	if (!terminal.console)
		return true;
	if (!l4_ring_push_renewing(&terminal.console->output, &byte, 1, NULL)) {
		flush();
		return false;
	}
	written(1, byte == '\n');
	return true;
}

size_t terminal_write(const uint8_t *data, size_t length)
{
	if (!terminal.console)
		return length;
	uint32_t room = length < L4_CONSOLE_RING_SIZE ? length : L4_CONSOLE_RING_SIZE;
	uint32_t count = room ? l4_ring_push_renewing(&terminal.console->output, data, room, NULL) : 0;
	if (count)
		written(count, data[count - 1] == '\n');
	else
		flush();
	return count;
}

static struct l4_ring *input_ring(void)
{
	return terminal.console && terminal.console->input.shared ? &terminal.console->input : NULL;
}

void terminal_claim(bool claimed)
{
	terminal.input = claimed ? NULL : input_ring();
}

/* The server waits for room where the ring was full. */
static uint32_t pop(struct l4_ring *ring, uint8_t *data, uint32_t length)
{
	bool was_full = false;
	uint32_t count = l4_ring_pop_renewing(ring, data, length, &was_full);
	if (was_full)
		l4_signal(terminal.console->server);
	return count;
}

int terminal_get(void)
{
	uint8_t byte;
	return terminal.input && pop(terminal.input, &byte, 1) ? byte : -1;
}

size_t terminal_read(uint8_t *data, size_t length)
{
	struct l4_ring *ring = input_ring();
	return ring && length ? pop(ring, data, length < L4_CONSOLE_RING_SIZE ? length : L4_CONSOLE_RING_SIZE) : 0;
}

void terminal_call_back_later(void)
{
	wake_by(l4_now() + terminal.delay);
}

bool terminal_call_back(void)
{
	return terminal.console && wake_by(l4_now());
}
