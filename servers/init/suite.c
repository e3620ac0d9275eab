/* SPDX-License-Identifier: BSD-2-Clause */
#include "suite.h"

#include <string.h>

#include <l4/stubs.h>

#include "init.h"
#include "successor.h"

static struct partition suite = {
	.name = "suite", .priority = 200, .budget = 10000000, .period = 10000000, .object_bits = 22, .user_bits = 23,
	.slots_bits = 14, .stack_pages = 32, .heap_pages = 256,
};

static void give_machine(void)
{
	l4_word_t first = successor_move_untypeds();
	for (l4_word_t i = 0; i < init.bootinfo->untyped_count; i++)
		l4_startup_add_untyped(&successor.startup, first + i, &init.bootinfo->untyped[i]);
	process_tell(&successor, "irq_control", successor_move(L4_BOOT_IRQ_CONTROL));
	if (init_holds(L4_BOOT_IO_PORT_CONTROL))
		process_tell(&successor, "io_port_control", successor_move(L4_BOOT_IO_PORT_CONTROL));
	process_tell(&successor, "inspector", successor_move(L4_BOOT_INSPECTOR));
	if (init_holds(L4_BOOT_TRACE))
		process_tell(&successor, "trace", successor_move(L4_BOOT_TRACE));
	process_tell(&successor, "schedule_control", successor_move(L4_BOOT_SCHEDULE_CONTROL));
	process_tell(&successor, "domain", successor_move_later(L4_BOOT_DOMAIN));
	process_tell(&successor, "system", successor_move_later(L4_BOOT_SYSTEM));
}

void suite_start(void)
{
	const struct partition *wanted = &init.manifest.system.partition[0];
	l4_cap_t object_memory = 0, user_memory = 0;
	memcpy(suite.program, wanted->program, sizeof(suite.program));
	memcpy(suite.arguments, wanted->arguments, sizeof(suite.arguments));
	init_require(l4_objects_alloc(&init.machine, L4_TYPE_UNTYPED, suite.object_bits, L4_MEMORY_OBJECT, &object_memory), "no memory for the suite");
	init_require(l4_objects_alloc(&init.machine, L4_TYPE_UNTYPED, suite.user_bits, L4_MEMORY_USER, &user_memory), "no memory for the suite");
	successor_create(&suite, object_memory, user_memory);
	init_require(l4_thread_set_fpu(successor.thread, 1), "the suite's floating-point unit");
	process_tell(&successor, "sched_context", process_give(&successor, NULL, successor.sched_context, L4_ALL_RIGHTS, 0));
	process_tell(&successor, "page_levels", init.bootinfo->page_levels);
	process_tell(&successor, "has_vcpu", init.bootinfo->has_vcpu);
	process_tell(&successor, "irq_lines", init.bootinfo->irq_lines);
	process_tell(&successor, "first_message_line", init.bootinfo->first_message_line);
	process_tell(&successor, "own_memory", successor_move_later(object_memory));
	process_tell(&successor, "own_frames", successor_move_later(user_memory));
	give_machine();
	successor_reserve_rest();
	successor_start();
	for (;;)
		l4_thread_suspend(L4_BOOT_THREAD);
}
