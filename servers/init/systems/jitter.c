/* SPDX-License-Identifier: BSD-2-Clause */
/* The critical task under one load, which the config names. The task ends the machine after the periods that the config asks for. */
#include "parts.h"
#include "systems.h"

const struct system_description system_jitter = {
	.name = "jitter",
	.partition = {
		PART_MONITOR,
		PART_CONSOLE,
		PART_CONTROL(PARTITION_TESTER),
		/* Interrupts off in a loop, or hypercalls without end, or page faults of its own: the guest's command line says which. */
		{.name = "guest", .load = "guest", .flags = PARTITION_GUEST | PARTITION_ATTACHED, GUEST_MEMBERS},
		{.name = "storm", .program = "storm", .load = "pagefaults", .flags = PARTITION_PAGED, .policy = POLICY_HALT, WHOLE_PROCESSOR,
		 PAGED_MEMBERS(60, 256)},
		{.name = "flooder", .program = "flooder", .load = "console", .policy = POLICY_HALT, WHOLE_PROCESSOR, NATIVE_MEMBERS(60)},
		{.name = "revoker", .program = "revoker", .load = "revoke", .flags = PARTITION_OBJECTS, .policy = POLICY_HALT, .priority = 60,
		 WHOLE_PROCESSOR, .object_bits = 24, .user_bits = 19, .slots_bits = 7, .stack_pages = 4, .heap_pages = 8},
		/*
		 * Above the critical task: nothing but its own small budget keeps it from taking the whole processor. Its period is no multiple of the
		 * task's, so that sooner or later it runs just when the task wants to wake.
		 */
		{.name = "hog", .program = "hog", .load = "hog", .policy = POLICY_HALT, .budget_us = 100, .period_us = 9300,
		 NATIVE_MEMBERS(255)},
	},
};
