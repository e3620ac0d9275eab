/* SPDX-License-Identifier: BSD-2-Clause */
#include "resolve.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define GUEST_MEMORY_UNIT (2UL << 20)
#define GUEST_MEMORY_MAX (1UL << 37)

static char error[256];

struct partition *system_partition(struct system_description *system, const char *name)
{
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX && partition_is_used(&system->partition[i]); i++)
		if (strcmp(system->partition[i].name, name) == 0)
			return &system->partition[i];
	return NULL;
}

/* Copies those partitions that take part under `load` (null: none chosen). Tells whether any was chosen by it. */
static bool select_partitions(struct system_description *system, const struct system_description *table, const char *load)
{
	bool chosen = false;
	size_t count = 0;
	memset(system, 0, sizeof(*system));
	memcpy(system->name, table->name, sizeof(system->name));
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX && partition_is_used(&table->partition[i]); i++) {
		const struct partition *partition = &table->partition[i];
		if (partition->load[0] != 0 && (!load || strcmp(partition->load, load) != 0))
			continue;
		chosen |= partition->load[0] != 0;
		system->partition[count++] = *partition;
	}
	return chosen;
}

/* A number of bytes: digits, and perhaps K, M or G. 0 where it is none, or too big. */
static uint64_t parse_bytes(const char *text)
{
	uint64_t value = 0;
	for (; isdigit((unsigned char)*text) && value < GUEST_MEMORY_MAX; text++)
		value = value * 10 + (uint64_t)(*text - '0');
	const char *suffix = *text ? strchr("KMG", toupper((unsigned char)*text)) : NULL;
	if (suffix) {
		value <<= 10 * (suffix - "KMG" + 1);
		text++;
	}
	return *text == 0 && value <= GUEST_MEMORY_MAX ? value : 0;
}

static const char *set_guest_memory(struct partition *partition, const struct config_line *line)
{
	uint64_t bytes = parse_bytes(line->value);
	if (bytes == 0 || bytes % GUEST_MEMORY_UNIT != 0) {
		snprintf(error, sizeof(error), "config, line %u: %s=%s: guest memory is a multiple of 2M, for example 256M", line->number, line->key,
			 line->value);
		return error;
	}
	partition->guest_memory = bytes;
	return NULL;
}

/* Is the word one of those in a list that single spaces separate? */
static bool is_listed(const char *list, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = list; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == 0) && length > 0)
			return true;
	return false;
}

static const char *add_argument(struct partition *partition, const struct config_line *line, const char *option)
{
	size_t used = strlen(partition->arguments);
	size_t room = sizeof(partition->arguments) - used;
	int length = snprintf(partition->arguments + used, room, "%s%s=%s", used ? " " : "", option, line->value);
	if (strchr(line->value, ' ') || length < 0 || (size_t)length >= room) {
		snprintf(error, sizeof(error), "config, line %u: the value has a space or is too long", line->number);
		return error;
	}
	return NULL;
}

static const char *apply(struct system_description *system, const struct config_line *line)
{
	if (strcmp(line->key, "system") == 0 || strcmp(line->key, "load") == 0)
		return NULL;
	char name[CONFIG_KEY_SIZE];
	memcpy(name, line->key, sizeof(name));
	char *dot = strchr(name, '.');
	if (dot)
		*dot = 0;
	struct partition *partition = dot ? system_partition(system, name) : NULL;
	if (!partition) {
		snprintf(error, sizeof(error), "config, line %u: unknown key '%s': system '%s' has no partition of that name", line->number, line->key,
			 system->name);
		return error;
	}
	if (partition->flags & PARTITION_GUEST && strcmp(dot + 1, "memory") == 0)
		return set_guest_memory(partition, line);
	if (!is_listed(partition->options, dot + 1)) {
		snprintf(error, sizeof(error), "config, line %u: unknown key '%s': partition '%s' of system '%s' has no setting of that name", line->number,
			 line->key, partition->name, system->name);
		return error;
	}
	return add_argument(partition, line, dot + 1);
}

/* Each link must lead to a partition that takes part and serves. */
static const char *check_links(struct system_description *system, const struct partition *partition)
{
	for (size_t i = 0; i < SYSTEM_LINKS_MAX && partition->link[i].name[0]; i++) {
		const struct partition *target = system_partition(system, partition->link[i].target);
		if (target && target->flags & PARTITION_SERVES)
			continue;
		snprintf(error, sizeof(error), "system '%s': partition '%s' is linked to '%s', which is no partition that serves", system->name,
			 partition->name, partition->link[i].target);
		return error;
	}
	return NULL;
}

const char *system_resolve(struct system_description *system, const struct system_description *table, const struct config *config)
{
	const char *load = config_value(config, "load");
	if (!select_partitions(system, table, load) && load) {
		snprintf(error, sizeof(error), "config: system '%s' has no load '%s'", table->name, load);
		return error;
	}
	const char *problem = NULL;
	for (unsigned int i = 0; i < config->count && !problem; i++)
		problem = apply(system, &config->line[i]);
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX && !problem; i++)
		problem = check_links(system, &system->partition[i]);
	return problem;
}
