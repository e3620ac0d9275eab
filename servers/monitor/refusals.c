/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusals.h"

#include <stdio.h>

#include <l4/debug.h>

#include "say.h"

#define TEXT_SIZE 160

/* What rights are good for on an endpoint or notification, which is what descriptions give. */
static const char *may(l4_word_t rights)
{
	switch (rights & (L4_READ | L4_WRITE)) {
	case L4_READ: return "only receive by it (read), and not send (write)";
	case L4_WRITE: return "only send by it (write), and not receive (read)";
	default: return "receive and send by it, and not hand it on (grant)";
	}
}

static const char *hint(l4_status_t status, const char *name, l4_cap_t cap)
{
	if (status == L4_NO_RIGHT)
		return "the other end of a channel has the other right; its `kind`, `from` and `to` say who has which";
	if (status == L4_INVALID_CAP && !name)
		return cap ? "slots are found by the names in <system/PARTITION.h>" : "0 is what a name that was not given stands for";
	return status == L4_PEER_GONE ? "the partition that serves it has failed or is restarted; a caller may try again" : NULL;
}

void refusal_report(const struct part *part, const struct l4_registers *m)
{
	l4_status_t status = (l4_status_t)m->word[L4_MONITOR_EXIT_STATUS];
	l4_cap_t cap = m->word[L4_MONITOR_EXIT_CAP];
	l4_word_t rights = 0;
	const char *name = process_cap_at(&part->program, cap, &rights), *owner = part->description->name;
	char text[TEXT_SIZE];
	if (!name)
		snprintf(text, sizeof(text), "used capability %lu, which the description does not give", cap);
	else if (status == L4_NO_RIGHT)
		snprintf(text, sizeof(text), "used '%s' without the right to that: it may %s", name, may(rights));
	else
		snprintf(text, sizeof(text), "used '%s' in vain", name);
	say("partition '%s': the program %s (pc %#lx, %s)", owner, text, m->word[L4_MONITOR_EXIT_PC], l4_error_name(status));
	const char *help = hint(status, name, cap);
	if (help)
		say("partition '%s': hint: %s", owner, help);
}
