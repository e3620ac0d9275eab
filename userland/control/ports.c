/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

#include <stdio.h>
#include <stdlib.h>

#include <l4/port.h>

#define STATE_PERIODS 250 /* between two messages of `state` */
#define TEXT 192 /* the longest of its messages, whatever the numbers */

static struct end {
	bool is_open;
	struct l4_port port;
} state, target, journal;

static void open(struct end *end, const char *name)
{
	end->is_open = l4_port_open(&end->port, name);
}

void ports_open(void)
{
	open(&state, "state");
	open(&target, "target");
	open(&journal, "journal");
}

static void show(const struct jitter *jitter, const struct plant *plant)
{
	char text[TEXT];
	int length = snprintf(text, sizeof(text), "position %ld, target %ld; %lu periods, at most %lu ns late, missed %lu\n", plant->position, plant->target, jitter->periods,
			      jitter->worst, jitter->missed);
	l4_port_write(&state.port, text, (size_t)length);
}

static void record(const char *said, int64_t aim)
{
	char text[TEXT];
	if (journal.is_open)
		l4_port_send(&journal.port, text, (size_t)snprintf(text, sizeof(text), "%s %ld", said, aim));
}

/* A number in text, as people type it. Whatever else comes is told and not followed. */
static void listen(struct plant *plant)
{
	char text[TEXT], *end;
	struct l4_port_message about;
	if (l4_port_receive(&target.port, text, sizeof(text) - 1, &about) != L4_PORT_OK)
		return;
	text[about.length] = '\0';
	long aim = strtol(text, &end, 10);
	bool good = end != text && (*end == '\n' || !*end) && plant_aim(plant, aim);
	record(good ? "the new target is" : "no target of mine, which remains", good ? aim : plant->target);
}

void ports_step(const struct jitter *jitter, struct plant *plant)
{
	if (target.is_open)
		listen(plant);
	if (state.is_open && jitter->periods % STATE_PERIODS == 0)
		show(jitter, plant);
}
