/* SPDX-License-Identifier: BSD-2-Clause */
#include "systems.h"

#include <string.h>

static const struct system_description *const systems[] = {&system_linux, &system_guest_test, &system_jitter, &system_servers_test};

const struct system_description *system_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		if (strcmp(systems[i]->name, name) == 0)
			return systems[i];
	return NULL;
}
