/* SPDX-License-Identifier: BSD-2-Clause */
/* The C half of program start: finds out what the program was given, then runs constructors, main and exit. */
#include <stdlib.h>

#include <l4/console_client.h>
#include <l4/heap.h>
#include <l4/ipc.h>
#include <l4/output.h>
#include <l4/startup.h>
#include <l4/threads.h>
#include <l4/tls.h>

#include "startup_private.h"

_Static_assert(L4_SYS_YIELD == 5, "entry.S has this number");

extern void (*__preinit_array_start[])(void), (*__preinit_array_end[])(void);
extern void (*__init_array_start[])(void), (*__init_array_end[])(void);
extern char __l4_first_tls[];

int main(int argc, char **argv);
__attribute__((noreturn)) void l4_start(const void *block);

static void run_all(void (**from)(void), void (**to)(void))
{
	for (; from < to; from++)
		(*from)();
}

static void start_first_program(const struct l4_bootinfo *info)
{
	l4_ipc_buffer = (volatile struct l4_ipc_buffer *)info->ipc_buffer;
	l4_thread_self = L4_BOOT_THREAD;
	l4_output_use_system(L4_BOOT_SYSTEM);
}

static void start_program(const struct l4_startup *block)
{
	l4_ipc_buffer = (volatile struct l4_ipc_buffer *)block->ipc_buffer;
	l4_thread_self = l4_startup_cap("thread");
	l4_output_use_system(l4_startup_cap("system"));
	l4_heap_set((void *)block->heap_start, block->heap_end - block->heap_start);
	l4_console(); /* opened before there is a second thread */
}

/* Called by entry.S. */
void l4_start(const void *block)
{
	static char *argv[L4_STARTUP_ARGUMENTS + 1];
	int argc;

	l4_tls_init(__l4_first_tls);
	l4_startup_adopt(block);
	if (l4_bootinfo())
		start_first_program(l4_bootinfo());
	else
		start_program(l4_startup());
	argc = l4_startup_arguments(argv);
	run_all(__preinit_array_start, __preinit_array_end);
	run_all(__init_array_start, __init_array_end);
	exit(main(argc, argv));
}
