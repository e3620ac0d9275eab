/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is typed goes to the attached client. Where its ring is full the bytes are held in the device, so that the other end of the line waits (a script
 * that is piped in loses nothing); but not for long, because the attach key must always work: then they are lost.
 *
 * The attach key is Ctrl-]. The byte behind it chooses.
 */
#include <ctype.h>
#include <stdio.h>

#include <l4/time.h>
#include <servers/monitor.h>

#include "console.h"
#include "uart.h"

#define ATTACH_KEY 0x1d
#define HOLD_US 1000000

static bool after_key;
static int held = -1;         /* a byte that found no room */
static l4_word_t hold_until;
static bool losing;           /* the client has not read for too long */

/* True where the byte is done with. */
static bool deliver(char byte)
{
	struct client *client = console.attached == NOBODY ? NULL : &console.client[console.attached];
	bool signal = false;
	if (!client || client->input.broken)
		return true;
	bool pushed = l4_ring_push(&client->input, &byte, 1, &signal) == 1;
	if (signal)
		l4_signal(client->wait);
	if (pushed)
		losing = false;
	else if (losing)
		client->lost++;
	return pushed || losing;
}

static void say_client(int number)
{
	char text[64];
	snprintf(text, sizeof(text), "  %d  %s%s\r\n", number, console.client[number].name, number == console.attached ? " (now)" : "");
	output_text(text);
}

static void menu(void)
{
	output_text("\r\nCtrl-] and then, to attach the terminal to a partition:\r\n");
	for (int i = 0; i < console.count; i++)
		say_client(i);
	output_text("  n  nobody, only the log\r\n"
		    "or:\r\n"
		    "  l  show or hide the other partitions' lines\r\n"
		    "  r  restart the attached partition\r\n"
		    "  q  end the machine\r\n"
		    "  ]  type Ctrl-] itself\r\n");
}

static void attach(int number)
{
	char text[64];
	output_attach(number);
	snprintf(text, sizeof(text), "[console] attached to %s; Ctrl-] ? for help\r\n", number == NOBODY ? "nobody" : console.client[number].name);
	output_text(text);
}

static void ask_monitor(enum monitor_request request)
{
	struct l4_registers m = {{request, (l4_word_t)console.attached}};
	struct l4_result answer = l4_call(console.monitor, l4_tag(MONITOR_OPERATOR, 2), &m);
	if (answer.status != L4_OK || l4_tag_label(answer.tag) != MONITOR_OK)
		output_text("\r\n[console] refused\r\n");
}

static void toggle_log(void)
{
	console.log = !console.log;
	output_text(console.log ? "\r\n[console] other partitions' lines are shown\r\n" : "\r\n[console] other partitions' lines are hidden\r\n");
}

static void choose(char key)
{
	if (isdigit((unsigned char)key) && key - '0' < console.count)
		attach(key - '0');
	else if (key == 'n')
		attach(NOBODY);
	else if (key == 'l')
		toggle_log();
	else if (key == 'r')
		ask_monitor(MONITOR_REQUEST_RESTART);
	else if (key == 'q')
		ask_monitor(MONITOR_REQUEST_POWER_OFF);
	else if (key == ']' || key == ATTACH_KEY)
		deliver(ATTACH_KEY);
	else
		menu();
}

/* One byte from the line. False where it must be held. */
static bool take(char byte)
{
	if (after_key) {
		after_key = false;
		choose(byte);
		return true;
	}
	if (byte == ATTACH_KEY) {
		after_key = true;
		return true;
	}
	return deliver(byte);
}

static void start_holding(int byte)
{
	held = byte;
	hold_until = l4_now() + l4_ticks_of_microseconds(HOLD_US);
	uart_receive(false);
}

/* Tries the held byte again. True where nothing is held any more. */
static bool retry(void)
{
	if (held < 0)
		return true;
	losing |= l4_now() >= hold_until;
	if (!deliver((char)held))
		return false;
	held = -1;
	uart_receive(true);
	return true;
}

l4_word_t input_pump(void)
{
	int byte;
	while (retry() && (byte = uart_get()) >= 0)
		if (!take((char)byte))
			start_holding(byte);
	return held < 0 ? 0 : hold_until;
}
