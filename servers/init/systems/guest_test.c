/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of the hypervisor: as `linux`, and slot 1 of the guest's own cnode leads to the native program `echo`. */
#include "parts.h"
#include "systems.h"

const struct system_description system_guest_test = {
	.name = "guest-test",
	.partition = {
		PART_MONITOR,
		PART_CONSOLE,
		PART_CONTROL(0),
		{.name = "guest", .flags = PARTITION_GUEST | PARTITION_ATTACHED, GUEST_MEMBERS,
		 .link = {{.name = "guest_slot1", .target = "echo", .badge = 1}}},
		{.name = "echo", .program = "echo", .flags = PARTITION_SERVES | PARTITION_TESTER, .policy = POLICY_STOP, WHOLE_PROCESSOR,
		 NATIVE_MEMBERS(70)},
	},
};
