/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a domain. In cleared memory it begins as it should be: nobody ready, nothing armed. */
#include <kernel/sched.h>

#define TIMERS_A_PIECE 16

/* Whoever held it has let go before the last capability went. What is left are timers that its threads have armed, which stay disarmed. */
bool domain_destroy_piece(struct domain *domain)
{
	for (unsigned n = 0; n < TIMERS_A_PIECE && domain->timers.first; n++)
		time_queue_remove(&domain->timers, domain->timers.first);
	return !domain->timers.first;
}
