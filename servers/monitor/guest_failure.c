/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest_failure.h"

#include <string.h>

#include "message_text.h"
#include "say.h"

#define TEXT_SIZE ((MONITOR_GUEST_STATE_LENGTH - MONITOR_GUEST_STATE_TEXT) * sizeof(l4_word_t))

void guest_failure_report(const struct part *part, const struct l4_registers *m)
{
	const char *name = part->description->name;
	char text[TEXT_SIZE + 1];
	message_text(text, TEXT_SIZE, MONITOR_GUEST_STATE_TEXT);
	if (m->word[MONITOR_GUEST_STATE_PC])
		say("guest '%s' has failed: %s (pc %#lx, detail %#lx)", name, text, m->word[MONITOR_GUEST_STATE_PC], m->word[MONITOR_GUEST_STATE_DETAIL]);
	else
		say("guest '%s' has failed: %s (%#lx)", name, text, m->word[MONITOR_GUEST_STATE_DETAIL]);
	size_t length = strlen(text);
	if (length < TEXT_SIZE && text[length + 1])
		say("guest '%s': hint: %s", name, text + length + 1);
}
