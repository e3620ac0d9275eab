/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest operating system beside a native critical program, and a playground to break. */
#include "parts.h"
#include "systems.h"

const struct system_description system_linux = {
	.name = "linux",
	.partition = {
		PART_MONITOR,
		PART_CONSOLE,
		PART_CONTROL(0),
		{.name = "guest", .flags = PARTITION_GUEST | PARTITION_ATTACHED, GUEST_MEMBERS},
		{.name = "demo", .program = "demo", .flags = PARTITION_PAGED | PARTITION_TIMER, .policy = POLICY_RESTART, .restarts_max = 1000,
		 .budget_us = 2 * MILLISECOND, .period_us = 10 * MILLISECOND, PAGED_MEMBERS(60, 128)},
	},
};
