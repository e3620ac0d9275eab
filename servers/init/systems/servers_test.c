/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of the servers: programs that flood, fault and outgrow their memory, one for each load, beside one that behaves. */
#include "parts.h"
#include "systems.h"

const struct system_description system_servers_test = {
	.name = "servers-test",
	.partition = {
		PART_MONITOR,
		PART_CONSOLE,
		PART_CONTROL(PARTITION_TESTER),
		{.name = "demo", .program = "demo", .flags = PARTITION_PAGED | PARTITION_TIMER | PARTITION_ATTACHED, .policy = POLICY_RESTART,
		 .restarts_max = 1000, WHOLE_PROCESSOR, PAGED_MEMBERS(60, 128)},
		{.name = "flooder", .program = "flooder", .load = "console", .policy = POLICY_STOP, WHOLE_PROCESSOR, NATIVE_MEMBERS(60)},
		{.name = "other", .program = "demo", .load = "other", .flags = PARTITION_PAGED | PARTITION_TIMER, .policy = POLICY_STOP,
		 WHOLE_PROCESSOR, PAGED_MEMBERS(60, 32)},
	},
};
