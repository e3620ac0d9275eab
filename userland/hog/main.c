/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes all the time that it gets, above the critical task's priority: only its budget limits it. Where it has run without a gap for too long, the
 * kernel keeps no budgets; then it rests, so that the machine comes to an end, with the critical task's deadlines missed.
 */
#include <l4/output.h>
#include <l4/startup.h>
#include <l4/syscall.h>
#include <l4/time.h>

#define GAP_US 1000
#define RUN_MAX_US 200000

int main(void)
{
	l4_word_t start = l4_now(), last = start;
	while (last - start < l4_ticks_of_microseconds(RUN_MAX_US)) {
		l4_word_t now = l4_now();
		if (now - last > l4_ticks_of_microseconds(GAP_US))
			start = now;
		last = now;
	}
	l4_output_string("hog: nothing has stopped me\n");
	for (;;)
		l4_wait(l4_startup_cap("console.wait"));
}
