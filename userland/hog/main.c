/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes all the time that it gets, above the critical task's priority: only its budget limits it. After HOG_SECONDS it rests, so that a kernel
 * which does not keep budgets comes to an end too, with the critical task's deadlines missed.
 */
#include <l4/startup.h>
#include <l4/syscall.h>
#include <l4/time.h>

#define HOG_SECONDS 12

int main(void)
{
	l4_word_t end = l4_now() + HOG_SECONDS * l4_ticks_per_second();
	while (l4_now() < end)
		;
	for (;;)
		l4_wait(l4_startup_cap("console.wait"));
}
