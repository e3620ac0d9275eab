/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Partitions that several systems have. Priorities: the critical task above all, then the monitor, then the console, then the rest. The servers' budgets bound
 * what a client can make them do at others' cost.
 */
#pragma once

#include <servers/system.h>

#define MILLISECOND 1000

/* Time that only the priority limits. */
#define WHOLE_PROCESSOR .budget_us = 10 * MILLISECOND, .period_us = 10 * MILLISECOND

#define PART_MONITOR \
	{.name = "monitor", .program = "monitor", .options = "stop operator", .flags = PARTITION_MONITOR, .policy = POLICY_HALT, .priority = 200, \
	 .budget_us = 5 * MILLISECOND, .period_us = 10 * MILLISECOND, .object_bits = 22, .user_bits = 22, .slots_bits = 14, .stack_pages = 8, .heap_pages = 64}

#define PART_CONSOLE \
	{.name = "console", .program = "console", .options = "tty", .flags = PARTITION_CONSOLE | PARTITION_TIMER | PARTITION_SILENT, .policy = POLICY_RESTART, \
	 .restarts_max = 8, .priority = 150, .budget_us = 4 * MILLISECOND, .period_us = 10 * MILLISECOND, \
	 .object_bits = 18, .user_bits = 19, .slots_bits = 7, .stack_pages = 4, .heap_pages = 8}

/* The native critical partition: 1 kHz, at most 200 us in each millisecond. */
#define PART_CONTROL(more) \
	{.name = "control", .program = "control", .options = "periods report limit", .flags = PARTITION_TIMER | (more), .policy = POLICY_HALT, .priority = 250, \
	 .budget_us = 200, .period_us = 1 * MILLISECOND, .object_bits = 18, .user_bits = 19, .slots_bits = 7, .stack_pages = 4, .heap_pages = 8}

/* Members of a guest's partition but its name, links and load. */
#define GUEST_MEMBERS \
	.program = "vmm", .policy = POLICY_STOP, .priority = 50, WHOLE_PROCESSOR, .object_bits = 20, .user_bits = 21, .slots_bits = 11, \
	.stack_pages = 8, .heap_pages = 64, .guest_memory = 256UL << 20

/* Members of a small native program. */
#define NATIVE_MEMBERS(prio) \
	.priority = (prio), .object_bits = 18, .user_bits = 19, .slots_bits = 7, .stack_pages = 4, .heap_pages = 8

/* Members of one that gets its memory on demand. */
#define PAGED_MEMBERS(prio, quota) \
	.priority = (prio), .object_bits = 20, .user_bits = 21, .slots_bits = 7, .stack_pages = 16, .heap_pages = 4096, .quota_pages = (quota)
