/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/console_client.h>

#include <l4/startup.h>

/* The channel outlives the program: one that is started anew goes on where its forerunner stopped. */
bool l4_console_open(struct l4_console *console)
{
	l4_word_t output = l4_startup_value(L4_CONSOLE_OUTPUT);
	l4_word_t input = l4_startup_value(L4_CONSOLE_INPUT);

	console->server = l4_startup_cap(L4_CONSOLE_SERVER);
	console->wait = l4_startup_cap(L4_CONSOLE_WAIT);
	if (!output || !console->server || !console->wait)
		return false;
	l4_ring_join(&console->output, (void *)output, L4_CONSOLE_RING_SIZE, 1);
	l4_ring_rejoin_producer(&console->output);
	console->input.shared = NULL;
	if (input) {
		l4_ring_join(&console->input, (void *)input, L4_CONSOLE_RING_SIZE, 1);
		l4_ring_rejoin_consumer(&console->input);
	}
	return true;
}

void l4_console_write(struct l4_console *console, const char *text, size_t length)
{
	while (length > 0) {
		uint32_t piece = length < L4_CONSOLE_RING_SIZE ? (uint32_t)length : L4_CONSOLE_RING_SIZE;
		bool signal;
		uint32_t written = l4_ring_push_renewing(&console->output, text, piece, &signal);

		if (signal)
			l4_signal(console->server);
		if (written == 0)
			l4_wait(console->wait);
		text += written;
		length -= written;
	}
}

size_t l4_console_poll(struct l4_console *console, char *text, size_t length)
{
	uint32_t piece = length < L4_CONSOLE_RING_SIZE ? (uint32_t)length : L4_CONSOLE_RING_SIZE;
	bool signal;
	uint32_t got;

	if (!console->input.shared)
		return 0;
	got = l4_ring_pop_renewing(&console->input, text, piece, &signal);
	if (signal)
		l4_signal(console->server);
	return got;
}

size_t l4_console_read(struct l4_console *console, char *text, size_t length)
{
	size_t got = 0;

	if (!console->input.shared || length == 0)
		return 0;
	while ((got = l4_console_poll(console, text, length)) == 0)
		l4_wait(console->wait);
	return got;
}

struct l4_console *l4_console(void)
{
	static struct l4_console console;
	static enum { UNTRIED, OPEN, NONE } state;

	if (state == UNTRIED)
		state = l4_console_open(&console) ? OPEN : NONE;
	return state == OPEN ? &console : NULL;
}
