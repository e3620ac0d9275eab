/* SPDX-License-Identifier: BSD-2-Clause */
#include "program_report.h"

#include <l4/health.h>
#include <l4/time.h>

#include "health.h"
#include "message_text.h"
#include "say.h"

static void say_report(const struct part *part, enum health_event event, l4_word_t value)
{
	const char *name = part->description->name;
	char text[L4_HEALTH_TEXT + 1];
	message_text(text, L4_HEALTH_TEXT, L4_HEALTH_REPORT_TEXT);
	if (event == HEALTH_DEADLINE)
		say("partition '%s' has missed a deadline by %lu us: %s", name, l4_microseconds_of_ticks(value), text);
	else
		say("partition '%s' has failed, as it says: error %lu: %s", name, value, text);
}

int program_report(struct part *part, const struct l4_registers *m)
{
	enum health_event event = m->word[L4_HEALTH_REPORT_KIND] == L4_HEALTH_DEADLINE_MISSED ? HEALTH_DEADLINE : HEALTH_APPLICATION_ERROR;
	if (part_is(part, PARTITION_GUEST) || (event == HEALTH_APPLICATION_ERROR && m->word[L4_HEALTH_REPORT_KIND] != L4_HEALTH_ERROR))
		return MONITOR_REFUSED;
	if (!health_is_ignored(part, event))
		say_report(part, event, m->word[L4_HEALTH_REPORT_VALUE]);
	return health_event(part, event, false) ? MONITOR_OK : NO_ANSWER;
}
