/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/program.h>

#include <l4/arch/stop.h>
#include <l4/startup.h>
#include <l4/stubs.h>

static l4_cap_t own_system_cap(void)
{
	return l4_bootinfo() ? L4_BOOT_SYSTEM : l4_startup_cap("system");
}

void l4_program_exit(int status)
{
	l4_cap_t monitor = l4_startup_cap("monitor");

	if (monitor) {
		struct l4_registers m = {{(l4_word_t)(int64_t)status}};

		l4_call(monitor, l4_tag(L4_MONITOR_EXIT, 1), &m);
	}
	if (own_system_cap())
		l4_system_halt(own_system_cap(), (l4_word_t)status);
	l4_arch_stop(status);
}
