/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/schedule.h>

#include <string.h>

#include <l4/startup.h>
#include <l4/stubs.h>

l4_status_t l4_schedule_follow(const char *table)
{
	char name[L4_STARTUP_NAME_SIZE];
	size_t length = strlen(table);

	if (length + sizeof(L4_SCHEDULE_TABLE) > sizeof(name))
		return L4_INVALID_CAP;
	memcpy(name, table, length);
	memcpy(name + length, L4_SCHEDULE_TABLE, sizeof(L4_SCHEDULE_TABLE));
	return l4_schedule_control_switch(l4_startup_cap(L4_SCHEDULE_CONTROL), l4_startup_cap(name));
}
