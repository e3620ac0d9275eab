/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/program.h>

#include <l4/arch/stop.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>

#define TRY_SECONDS 10
#define ABNORMAL 128 /* from here on: L4_EXIT_FAILED, signals */

static l4_cap_t own_system_cap(void)
{
	return l4_bootinfo() ? L4_BOOT_SYSTEM : l4_startup_cap("system");
}

/*
 * A program that has used up its share of the monitor's time has no capability to it for a while (docs/servers.md, "Who pays"), at most 50 of the monitor's
 * periods. One that has thrown it away itself is not to wait for ever.
 */
static void tell_monitor(l4_cap_t monitor, const struct l4_registers *words)
{
	l4_word_t deadline = l4_now() + TRY_SECONDS * l4_ticks_per_second();
	struct l4_registers m = *words;

	while (l4_call(monitor, l4_tag(L4_MONITOR_EXIT, L4_MONITOR_EXIT_LENGTH), &m).status == L4_INVALID_CAP && l4_now() < deadline) {
		l4_yield();
		m = *words;
	}
}

__attribute__((noreturn)) static void end(int status, struct l4_registers m)
{
	l4_cap_t monitor = l4_startup_cap("monitor");

	m.word[0] = (l4_word_t)(int64_t)status;
	if (monitor)
		tell_monitor(monitor, &m);
	if (own_system_cap())
		l4_system_halt(own_system_cap(), (l4_word_t)(status >= ABNORMAL ? L4_EXIT_SYSTEM_FAILED : status));
	l4_arch_stop(status);
}

void l4_program_exit(int status)
{
	end(status, (struct l4_registers){{0}});
}

void l4_program_exit_refused(l4_status_t status, l4_cap_t cap, l4_word_t pc)
{
	struct l4_registers m = {{0, (l4_word_t)status, cap, pc}};

	end(L4_EXIT_FAILED, m);
}
