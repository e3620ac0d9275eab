/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>

#include <l4/health.h>
#include <l4/startup.h>
#include <servers/health.h>

static l4_word_t numbered(const char *name, unsigned int number)
{
	char full[L4_STARTUP_NAME_SIZE];
	snprintf(full, sizeof(full), "%s%u", name, number);
	return l4_startup_value(full);
}

static struct config_file file(const char *data, const char *size)
{
	struct config_file found = {(const uint8_t *)l4_startup_value(data), l4_startup_value(size)};
	return found.data && found.size ? found : (struct config_file){0};
}

void config_read(struct config *config)
{
	*config = (struct config){
		.domain = l4_startup_cap(VMM_DOMAIN),
		.monitor = l4_startup_cap(VMM_MONITOR),
		.alive = l4_startup_cap(L4_HEALTH_WATCHDOG),
		.memory_size = l4_startup_value(VMM_MEMORY_SIZE),
		.priority = l4_startup_value(VMM_PRIORITY),
		.budget = l4_startup_value(VMM_BUDGET),
		.period = l4_startup_value(VMM_PERIOD),
		.page_levels = l4_startup_value(VMM_PAGE_LEVELS),
		.features = l4_startup_value(VMM_FEATURES),
		.kernel = file(VMM_KERNEL, VMM_KERNEL_SIZE),
		.initrd = file(VMM_INITRD, VMM_INITRD_SIZE),
		.command_line = file(VMM_CMDLINE, VMM_CMDLINE_SIZE),
		.disk = file(VMM_DISK, VMM_DISK_SIZE),
		.disk_copy = (uint8_t *)l4_startup_value(VMM_DISK_COPY),
		.disk_kept = l4_startup_value(VMM_DISK_KEPT),
	};
	for (unsigned int i = 0; i < VMM_SEED_WORDS; i++)
		config->seed[i] = numbered(VMM_SEED, i);
	for (unsigned int i = 1; i < VMM_GUEST_SLOTS; i++)
		config->guest_slot[i] = numbered(VMM_GUEST_SLOT, i);
	if (config->alive)
		config->guest_slot[HEALTH_GUEST_SLOT] = config->alive;
}
