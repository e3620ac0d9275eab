/* SPDX-License-Identifier: BSD-2-Clause */
/* The console server: one thread that waits for one notification, whose bits are clients, the interrupt, the timer and the monitor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/console_client.h>
#include <l4/debug.h>
#include <l4/keep.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <servers/monitor.h>

#include "console.h"
#include "uart.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

/* What outlives a restart after a fault: what the operator has chosen. */
struct kept {
	int attached;
	int log;
};

struct console console = {.attached = NOBODY, .log = true};

/* Joins the rings where an earlier incarnation of the console has left them. It may have died before it signalled what the client waits for. */
static void add_client(const char *name)
{
	if (console.count == CONSOLE_CLIENTS_MAX)
		return;
	struct client *client = &console.client[console.count];
	l4_word_t pages = l4_startup_value("channels") + (l4_word_t)console.count * 2 * PAGE_SIZE;
	strncpy(client->name, name, sizeof(client->name) - 1);
	client->wait = l4_startup_cap("waits") + (l4_word_t)console.count;
	l4_ring_join(&client->output, (void *)pages, L4_CONSOLE_RING_SIZE, 1);
	l4_ring_rejoin_consumer(&client->output);
	l4_ring_join(&client->input, (void *)(pages + PAGE_SIZE), L4_CONSOLE_RING_SIZE, 1);
	l4_ring_rejoin_producer(&client->input);
	l4_signal(client->wait);
	console.count++;
}

static int client_named(const char *name)
{
	for (int i = 0; i < console.count; i++)
		if (strcmp(console.client[i].name, name) == 0)
			return i;
	return NOBODY;
}

/* The value of an argument KEY=VALUE, or null. */
static const char *value_of(const char *argument, const char *key)
{
	size_t length = strlen(key);
	return strncmp(argument, key, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static void read_argument(const char *argument)
{
	const char *value;
	if ((value = value_of(argument, "client")))
		add_client(value);
	else if ((value = value_of(argument, "raw")) && client_named(value) != NOBODY)
		console.client[client_named(value)].raw = true;
	else if ((value = value_of(argument, "attach")))
		console.attached = client_named(value);
	else if ((value = value_of(argument, "tty")))
		console.tty = atoi(value) != 0;
	else
		exit(1);
}

static struct kept *kept(void)
{
	return (struct kept *)l4_startup_value(L4_KEEP);
}

static bool is_warm(void)
{
	return l4_startup_value(L4_KEEP_WARM) != 0;
}

/* The last incarnation may have written anything there. */
static void recall(void)
{
	if (!is_warm())
		return;
	if (kept()->attached >= NOBODY && kept()->attached < console.count)
		console.attached = kept()->attached;
	console.log = kept()->log != 0;
}

static void remember(void)
{
	*kept() = (struct kept){console.attached, console.log};
}

static void set_timer(l4_word_t a, l4_word_t b)
{
	l4_word_t deadline = a == 0 || (b != 0 && b < a) ? b : a;
	if (deadline != 0)
		l4_timer_arm(console.timer, deadline);
}

static void resets(l4_word_t bits)
{
	for (int i = 0; i < console.count; i++)
		if (bits >> (CONSOLE_BIT_RESET + i) & 1)
			output_reset(&console.client[i]);
}

/* Tells the monitor when all is on the line; else looks again soon, for the device does not say when its last byte has left. So too while the monitor does not hear us. */
static void finish_flush(void)
{
	struct l4_registers m = {{0}};
	if (!output_is_drained() || l4_call(console.monitor, l4_tag(MONITOR_DRAINED, 0), &m).status != L4_OK)
		l4_timer_arm(console.timer, l4_now() + l4_ticks_of_microseconds(1000));
}

static void serve(void)
{
	l4_cap_t notification = l4_startup_cap("notification");
	bool flushing = false;
	l4_word_t bits = 0;
	for (;;) {
		resets(bits);
		if (bits >> CONSOLE_BIT_FLUSH & 1) {
			flushing = true;
			output_hurry();
		}
		l4_word_t input = input_pump();
		remember();
		/* A client that writes faster than the line takes must not keep the others' input and the monitor's wishes waiting. */
		bool more = output_pump();
		if (!more)
			set_timer(output_deadline(), input);
		if (bits >> CONSOLE_BIT_IRQ & 1)
			uart_ack();
		if (flushing)
			finish_flush();
		bits = more ? l4_poll(notification) : l4_wait(notification);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		read_argument(argv[i]);
	L4_ENSURE(console.count > 0 && kept());
	recall();
	console.monitor = l4_startup_cap("monitor");
	console.timer = l4_startup_cap("timer");
	L4_REQUIRE(l4_timer_bind(console.timer, l4_startup_cap("timer.notify")));
	uart_init(l4_startup_cap("uart.irq"), l4_startup_cap("irq.notify"), is_warm());
	serve();
	return 0;
}
