/* SPDX-License-Identifier: BSD-2-Clause */
#include "overruns.h"

#include <l4/abi/fault.h>
#include <l4/debug.h>
#include <l4/stubs.h>

#include "health.h"
#include "say.h"

bool overruns_are_heard(const struct part *part)
{
	const struct partition *description = part->description;
	return description->health.hears_overruns && description->budget < description->period;
}

/* The pager runs on the program's time, which may end there, too. */
static void bind(struct part *part, l4_cap_t handler)
{
	if (!overruns_are_heard(part))
		return;
	process_check(&part->program, l4_thread_bind(part->program.thread, L4_BIND_TIMEOUT_HANDLER, handler), "the end of its budget cannot be told");
	if (part_is(part, PARTITION_PAGED))
		process_check(&part->program, l4_thread_bind(part->pager.thread, L4_BIND_TIMEOUT_HANDLER, handler), "the end of its budget cannot be told");
}

void overruns_hear(struct part *part)
{
	bind(part, part->overrun_cap);
}

void overruns_ignore(struct part *part)
{
	bind(part, 0);
}

bool overrun(struct part *part, const struct l4_registers *m)
{
	const struct partition *description = part->description;
	if (!health_is_ignored(part, HEALTH_DEADLINE))
		say("partition '%s' has used up its budget, %lu us in %lu us (pc %#lx)", description->name, (unsigned long)(description->budget / 1000),
		    (unsigned long)(description->period / 1000), m->word[L4_TIMEOUT_PC]);
	return health_event(part, HEALTH_DEADLINE, false);
}
