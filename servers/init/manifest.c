/* SPDX-License-Identifier: BSD-2-Clause */
#include "manifest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <l4/abi/types.h>
#include <l4/crc32.h>

#define COMPATIBLE "bulkhead,manifest-1"
#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define GUEST_MEMORY_UNIT (2UL << 20)
#define DISKS_MAX ((uint64_t)SYSTEM_DISKS_MIB << 20)
#define TIME_MAX (1000000000UL * 3600) /* ns */
#define WATCHDOG_LEAST 10000000UL
#define MACHINE_WATCHDOG_LEAST 5000000000UL
#define MACHINE_WATCHDOG_MOST 600000000000UL
#define DEVICE_MAX (1UL << 20) /* bytes of registers */
#define SCHEDULE_FRAME_MAX (1000000000UL * 3600) /* ns */

static const char *const health_actions[HEALTH_ACTIONS] = HEALTH_ACTION_NAMES;
static char error[200];

/* The node that is read, and the first problem that was found in it or before. */
struct reader {
	const struct l4_fdt *fdt;
	l4_fdt_node node;
	const char *problem;
};

static __attribute__((format(printf, 2, 3))) void wrong(struct reader *reader, const char *format, ...)
{
	va_list arguments;
	if (reader->problem)
		return;
	int length = snprintf(error, sizeof(error), "manifest: node '%.31s': ", l4_fdt_name(reader->fdt, reader->node));
	va_start(arguments, format);
	vsnprintf(error + length, sizeof(error) - (size_t)length, format, arguments);
	va_end(arguments);
	reader->problem = error;
}

static bool has(const struct reader *reader, const char *name)
{
	struct l4_fdt_property property;
	return l4_fdt_property(reader->fdt, reader->node, name, &property);
}

static uint64_t number(struct reader *reader, const char *name, uint64_t least, uint64_t most)
{
	struct l4_fdt_property property;
	uint64_t value = 0;
	if (!l4_fdt_property(reader->fdt, reader->node, name, &property))
		wrong(reader, "no property '%s'", name);
	else if (!l4_fdt_number(&property, &value))
		wrong(reader, "'%s' is no number of one or two cells", name);
	else if (value < least || value > most)
		wrong(reader, "'%s' is %lu, and not between %lu and %lu", name, (unsigned long)value, (unsigned long)least, (unsigned long)most);
	else
		return value;
	return least;
}

/* log2 of a size that must be a power of two. */
static uint32_t size_bits(struct reader *reader, const char *name, unsigned int least, unsigned int most)
{
	uint64_t size = number(reader, name, 1UL << least, 1UL << most);
	if (size & (size - 1))
		wrong(reader, "'%s' is no power of two", name);
	return 63 - (uint32_t)__builtin_clzl(size);
}

static uint32_t pages(struct reader *reader, const char *name, uint64_t least)
{
	uint64_t size = number(reader, name, least * PAGE_SIZE, 1UL << 40);
	if (size % PAGE_SIZE)
		wrong(reader, "'%s' is no multiple of a page", name);
	return (uint32_t)(size / PAGE_SIZE);
}

/* Copies a string property; an absent one is empty, and an error where it is `needed`. */
static void text(struct reader *reader, const char *name, char *field, size_t size, bool needed)
{
	struct l4_fdt_property property;
	field[0] = 0;
	if (!l4_fdt_property(reader->fdt, reader->node, name, &property)) {
		if (needed)
			wrong(reader, "no property '%s'", name);
		return;
	}
	const char *value = l4_fdt_string(&property);
	if (!value || value[0] == 0 || strlen(value) >= size)
		wrong(reader, "'%s' is no string of 1 to %zu characters", name, size - 1);
	else
		memcpy(field, value, strlen(value) + 1);
}

/* `field` has SYSTEM_NAME_SIZE bytes. */
static void node_name(struct reader *reader, char *field)
{
	const char *name = l4_fdt_name(reader->fdt, reader->node);
	if (name[0] == 0 || strlen(name) >= SYSTEM_NAME_SIZE)
		wrong(reader, "its name has not 1 to %u characters", SYSTEM_NAME_SIZE - 1);
	else
		memcpy(field, name, strlen(name) + 1);
}

/* A list of strings becomes one string with spaces between them. `arguments` has SYSTEM_ARGUMENTS_SIZE bytes. */
static void read_arguments(struct reader *reader, char *arguments)
{
	struct l4_fdt_property property;
	arguments[0] = 0;
	if (!l4_fdt_property(reader->fdt, reader->node, "arguments", &property) || property.size == 0)
		return;
	if (property.size > SYSTEM_ARGUMENTS_SIZE || property.data[property.size - 1] != 0) {
		wrong(reader, "'arguments' are no strings of at most %u bytes together", SYSTEM_ARGUMENTS_SIZE);
		return;
	}
	memcpy(arguments, property.data, property.size);
	for (uint32_t i = 0; i + 1 < property.size; i++)
		if (arguments[i] == 0)
			arguments[i] = ' ';
}

/* The place in `words` of a string property. */
static uint32_t word_of(struct reader *reader, const char *name, const char *const *words, uint32_t count)
{
	const char *value = l4_fdt_string_of(reader->fdt, reader->node, name, "");
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	wrong(reader, "'%s' is '%.20s', which this version does not know", name, value);
	return 0;
}

#define WORD_OF(reader, name, words) word_of(reader, name, words, sizeof(words) / sizeof((words)[0]))

static uint32_t read_flags(struct reader *reader)
{
	static const char *const kinds[] = {"native", "monitor", "console", "guest"};
	static const uint32_t kind_flags[] = {0, PARTITION_MONITOR, PARTITION_CONSOLE, PARTITION_GUEST};
	static const struct {
		const char *name;
		uint32_t flag;
	} flags[] = {
		{"demand", PARTITION_PAGED}, {"test-control", PARTITION_TESTER}, {"attached", PARTITION_ATTACHED}, {"serves", PARTITION_SERVES},
		{"timer", PARTITION_TIMER}, {"untyped", PARTITION_OBJECTS}, {"silent", PARTITION_SILENT}, {"inspect", PARTITION_INSPECTS},
		{"trace", PARTITION_TRACES}, {"confined", PARTITION_CONFINED},
	};
	uint32_t result = kind_flags[WORD_OF(reader, "kind", kinds)];
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (has(reader, flags[i].name))
			result |= flags[i].flag;
	return result;
}

static void read_disk(struct reader *reader, struct partition *partition)
{
	text(reader, "disk", partition->disk, sizeof(partition->disk), false);
	if (!has(reader, "disk-memory"))
		return;
	partition->disk_memory = number(reader, "disk-memory", GUEST_MEMORY_UNIT, DISKS_MAX);
	if (partition->disk_memory % GUEST_MEMORY_UNIT)
		wrong(reader, "'disk-memory' is no multiple of 2 MiB");
	if (!partition->disk[0])
		wrong(reader, "'disk-memory' without a 'disk'");
}

static void read_guest(struct reader *reader, struct partition *partition)
{
	text(reader, "kernel", partition->kernel, sizeof(partition->kernel), true);
	text(reader, "initrd", partition->initrd, sizeof(partition->initrd), false);
	text(reader, "command-line", partition->command_line, sizeof(partition->command_line), false);
	partition->guest_memory = number(reader, "guest-memory", GUEST_MEMORY_UNIT, 1UL << 37);
	if (partition->guest_memory % GUEST_MEMORY_UNIT)
		wrong(reader, "'guest-memory' is no multiple of 2 MiB");
	read_disk(reader, partition);
}

static void read_memory(struct reader *reader, struct partition *partition)
{
	partition->object_bits = size_bits(reader, "kernel-memory", 16, 30);
	partition->user_bits = size_bits(reader, "memory", 16, 37);
	partition->slots_bits = size_bits(reader, "slots", 5, 16);
	partition->stack_pages = pages(reader, "stack", 1);
	partition->heap_pages = pages(reader, "heap", 0);
	partition->quota_pages = partition->flags & PARTITION_PAGED ? pages(reader, "demand", 1) : 0;
	partition->keep_pages = has(reader, "keep") ? pages(reader, "keep", 1) : 0;
}

static void read_time(struct reader *reader, struct partition *partition)
{
	partition->priority = (uint32_t)number(reader, "priority", 1, 255);
	partition->period = number(reader, "period", 1000, TIME_MAX);
	partition->budget = number(reader, "budget", 1000, partition->period);
}

/* What is said for all events, of which using up a budget is none unless it has a row. */
static void read_on_fault(struct reader *reader, struct health_table *health)
{
	health->otherwise = (uint8_t)WORD_OF(reader, "on-fault", health_actions);
	if (health_goes_on(health->otherwise) || health->otherwise == HEALTH_SWITCH_SCHEDULE)
		wrong(reader, "'on-fault' is '%s', which is no action for all events", health_actions[health->otherwise]);
	memset(health->action, health->otherwise, sizeof(health->action));
	health->action[HEALTH_DEADLINE] = HEALTH_IGNORE;
}

static void read_row(struct reader *reader, enum health_event event, const char *name, struct health_table *health)
{
	health->action[event] = (uint8_t)WORD_OF(reader, name, health_actions);
	if (health_is_final(event) && health_goes_on(health->action[event]))
		wrong(reader, "'%s' is '%s', and nothing could go on", name, health_actions[health->action[event]]);
	if (event == HEALTH_DEADLINE)
		health->hears_overruns = true;
}

/* The node `health` in the partition's. */
static void read_rows(struct reader *reader, struct health_table *health)
{
	static const char *const events[] = HEALTH_EVENT_NAMES;
	l4_fdt_node partition = reader->node;
	for (l4_fdt_node node = l4_fdt_child(reader->fdt, partition); node != L4_FDT_NONE && !reader->problem; node = l4_fdt_sibling(reader->fdt, node)) {
		reader->node = node;
		if (strcmp(l4_fdt_name(reader->fdt, node), "health") != 0)
			wrong(reader, "a partition has no such node");
		for (uint32_t event = 0; event < HEALTH_EVENTS; event++)
			if (has(reader, events[event]))
				read_row(reader, event, events[event], health);
	}
	if (!reader->problem)
		reader->node = partition;
}

static bool restarts(const struct health_table *health)
{
	for (uint32_t event = 0; event < HEALTH_EVENTS; event++)
		if (health_restarts(health->action[event]))
			return true;
	return health_restarts(health->otherwise);
}

static void read_health(struct reader *reader, struct partition *partition)
{
	struct health_table *health = &partition->health;
	read_on_fault(reader, health);
	read_rows(reader, health);
	health->escalation = has(reader, "escalate-halt") ? HEALTH_HALT : HEALTH_STOP;
	health->restart_window = has(reader, "restart-window") ? number(reader, "restart-window", 1000000, TIME_MAX) : 0;
	if (restarts(health))
		health->restarts_max = (uint32_t)number(reader, "restart-limit", 0, health->restart_window ? HEALTH_WINDOW_RESTARTS_MAX : UINT32_MAX);
	health->watchdog = has(reader, "watchdog") ? number(reader, "watchdog", WATCHDOG_LEAST, TIME_MAX) : 0;
	health->watchdog_start = health->watchdog ? number(reader, "watchdog-start", health->watchdog, TIME_MAX) : 0;
}

static void read_partition(struct reader *reader, struct partition *partition)
{
	node_name(reader, partition->name);
	partition->flags = read_flags(reader);
	text(reader, "program", partition->program, sizeof(partition->program), true);
	read_arguments(reader, partition->arguments);
	read_memory(reader, partition);
	read_time(reader, partition);
	read_health(reader, partition);
	if (partition->flags & PARTITION_GUEST)
		read_guest(reader, partition);
}

/* The partition of that name; SYSTEM_PARTITIONS_MAX where there is none. */
static uint32_t partition_named(const struct system_description *system, const char *name)
{
	uint32_t i = 0;
	while (i < SYSTEM_PARTITIONS_MAX && strcmp(system->partition[i].name, name) != 0)
		i++;
	return name[0] ? i : SYSTEM_PARTITIONS_MAX;
}

static void check_roles(struct reader *reader, const struct system_description *system)
{
	for (uint32_t i = 0; i < SYSTEM_PARTITIONS_MAX; i++) {
		const struct partition *partition = &system->partition[i];
		if (!(partition->flags & PARTITION_MONITOR) != (i != SYSTEM_MONITOR) || !(partition->flags & PARTITION_CONSOLE) != (i != SYSTEM_CONSOLE))
			wrong(reader, "the first partition must be the monitor, the second the console, and no other");
		if (partition_is_used(partition) && partition_named(system, partition->name) != i)
			wrong(reader, "two partitions have the name '%s'", partition->name);
	}
}

static void check_disks(struct reader *reader, const struct system_description *system)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < SYSTEM_PARTITIONS_MAX; i++)
		sum += system->partition[i].disk_memory;
	if (sum > DISKS_MAX)
		wrong(reader, "more than %u MiB of 'disk-memory' together", SYSTEM_DISKS_MIB);
}

static void read_partitions(struct reader *reader, struct system_description *system)
{
	l4_fdt_node parent = reader->node;
	uint32_t count = 0;
	for (l4_fdt_node node = l4_fdt_child(reader->fdt, parent); node != L4_FDT_NONE && !reader->problem; node = l4_fdt_sibling(reader->fdt, node)) {
		reader->node = node;
		if (count >= SYSTEM_PARTITIONS_MAX)
			wrong(reader, "more than %u partitions", SYSTEM_PARTITIONS_MAX);
		else
			read_partition(reader, &system->partition[count++]);
	}
	if (reader->problem)
		return;
	reader->node = parent;
	check_roles(reader, system);
	check_disks(reader, system);
}

static uint32_t read_end(struct reader *reader, const struct system_description *system, const char *name)
{
	char partition[SYSTEM_NAME_SIZE];
	text(reader, name, partition, sizeof(partition), true);
	uint32_t index = partition_named(system, partition);
	if (index >= SYSTEM_PARTITIONS_MAX)
		wrong(reader, "'%s' names no partition", name);
	return index;
}

static void check_channel(struct reader *reader, const struct system_description *system, const struct channel *channel)
{
	const struct partition *from = &system->partition[channel->from], *to = &system->partition[channel->to];
	bool from_guest = from->flags & PARTITION_GUEST;
	bool needs_natives = !channel_is_port(channel) && (to->flags & PARTITION_GUEST || (from_guest && channel->pages > 0));
	if (from == to || needs_natives)
		wrong(reader, "such a channel cannot lead from '%s' to '%s'", from->name, to->name);
	if (channel->kind == CHANNEL_CALL && !(to->flags & PARTITION_SERVES))
		wrong(reader, "'%s' serves no calls", to->name);
	if (from_guest && !channel_is_port(channel) && channel->slot == 0)
		wrong(reader, "no slot of the guest's own");
}

static void read_port(struct reader *reader, struct channel *channel)
{
	static const char *const overflows[] = {[L4_PORT_REFUSE] = "refuse", [L4_PORT_OLDEST] = "oldest"};
	bool queues = channel->kind == CHANNEL_QUEUING;
	channel->size = (uint32_t)number(reader, "size", 1, L4_PORT_SIZE_MAX);
	channel->refresh = queues ? 0 : number(reader, "refresh", 1, INT64_MAX);
	channel->depth = queues ? (uint32_t)number(reader, "depth", 1, L4_PORT_DEPTH_MAX) : L4_PORT_SAMPLING_DEPTH;
	channel->overflow = queues ? WORD_OF(reader, "overflow", overflows) : L4_PORT_OLDEST;
	channel->back_badge = channel->overflow == L4_PORT_REFUSE ? number(reader, "back-badge", 1, UINT64_MAX) : 0;
	channel->pages = (uint32_t)((l4_port_source_bytes(channel->size, channel->depth) + PAGE_SIZE - 1) / PAGE_SIZE);
	channel->back_pages = queues;
}

static void read_channel(struct reader *reader, const struct system_description *system, struct channel *channel)
{
	static const char *const kinds[] = {[CHANNEL_CALL] = "call", [CHANNEL_SIGNAL] = "signal", [CHANNEL_MEMORY] = "memory",
					    [CHANNEL_SAMPLING] = "sampling", [CHANNEL_QUEUING] = "queuing"};
	node_name(reader, channel->name);
	channel->kind = WORD_OF(reader, "kind", kinds);
	channel->from = read_end(reader, system, "from");
	channel->to = read_end(reader, system, "to");
	channel->badge = number(reader, "badge", 1, UINT64_MAX);
	channel->slot = has(reader, "slot") ? (uint32_t)number(reader, "slot", 1, 15) : 0;
	if (channel->kind == CHANNEL_MEMORY) {
		channel->back_badge = number(reader, "back-badge", 1, UINT64_MAX);
		channel->pages = pages(reader, "size", 1);
		channel->two_way = has(reader, "two-way");
	}
	if (channel_is_port(channel))
		read_port(reader, channel);
	if (!reader->problem)
		check_channel(reader, system, channel);
}

static void read_channels(struct reader *reader, struct system_description *system)
{
	for (l4_fdt_node node = l4_fdt_child(reader->fdt, reader->node); node != L4_FDT_NONE && !reader->problem; node = l4_fdt_sibling(reader->fdt, node)) {
		reader->node = node;
		if (system->channel_count >= SYSTEM_CHANNELS_MAX)
			wrong(reader, "more than %u channels", SYSTEM_CHANNELS_MAX);
		else
			read_channel(reader, system, &system->channel[system->channel_count++]);
	}
}

/* Cell `index` of a property of several. */
static uint32_t cell(struct reader *reader, const char *name, uint32_t index)
{
	struct l4_fdt_property property;
	uint32_t value = 0;
	if (!l4_fdt_property(reader->fdt, reader->node, name, &property) || !l4_fdt_cell(&property, index, &value))
		wrong(reader, "'%s' has too few cells", name);
	return value;
}

static void read_registers(struct reader *reader, struct device *device)
{
	device->registers = (uint64_t)cell(reader, "registers", 0) << 32 | cell(reader, "registers", 1);
	uint64_t size = (uint64_t)cell(reader, "registers", 2) << 32 | cell(reader, "registers", 3);
	if (device->registers % PAGE_SIZE || size % PAGE_SIZE || size == 0 || size > DEVICE_MAX || device->registers + size < size)
		wrong(reader, "'registers' are not whole pages, 1 to %lu", DEVICE_MAX / PAGE_SIZE);
	else
		device->pages = (uint32_t)(size / PAGE_SIZE);
}

static void read_ports(struct reader *reader, struct device *device)
{
	device->first_port = cell(reader, "ports", 0);
	device->ports = cell(reader, "ports", 1);
	if (device->first_port > 0xffff || device->ports == 0 || device->ports > 0x10000 - device->first_port)
		wrong(reader, "'ports' are not between 0 and 0xffff");
}

static void read_device(struct reader *reader, const struct system_description *system, struct device *device)
{
	node_name(reader, device->name);
	device->owner = read_end(reader, system, "owner");
	if (has(reader, "registers"))
		read_registers(reader, device);
	if (has(reader, "ports"))
		read_ports(reader, device);
	if ((device->pages == 0) == (device->ports == 0))
		wrong(reader, "not either 'registers' or 'ports'");
	device->has_interrupt = has(reader, "interrupt");
	if (device->has_interrupt) {
		device->interrupt = (uint32_t)number(reader, "interrupt", 0, UINT32_MAX);
		device->badge = number(reader, "badge", 1, UINT64_MAX);
		device->is_confined = has(reader, "confined");
	}
	if (!reader->problem && system->partition[device->owner].flags & (PARTITION_GUEST | PARTITION_MONITOR | PARTITION_CONSOLE))
		wrong(reader, "'%s' is no native partition", system->partition[device->owner].name);
}

static void read_devices(struct reader *reader, struct system_description *system)
{
	for (l4_fdt_node node = l4_fdt_child(reader->fdt, reader->node); node != L4_FDT_NONE && !reader->problem; node = l4_fdt_sibling(reader->fdt, node)) {
		reader->node = node;
		if (system->device_count >= SYSTEM_DEVICES_MAX)
			wrong(reader, "more than %u devices", SYSTEM_DEVICES_MAX);
		else
			read_device(reader, system, &system->device[system->device_count++]);
	}
}

/* Gives the place of a name in a table, SYSTEM_NOBODY where it is not there. */
typedef uint32_t (*find_name)(const struct system_description *system, const char *name);

static uint32_t find_partition(const struct system_description *system, const char *name)
{
	uint32_t index = partition_named(system, name);
	return index < SYSTEM_PARTITIONS_MAX ? index : SYSTEM_NOBODY;
}

static uint32_t find_schedule(const struct system_description *system, const char *name)
{
	for (uint32_t i = 0; i < system->schedule_count; i++)
		if (strcmp(system->schedule[i].name, name) == 0)
			return i;
	return SYSTEM_NOBODY;
}

static bool find(struct reader *reader, const char *path)
{
	l4_fdt_node node = l4_fdt_find(reader->fdt, path);
	if (node != L4_FDT_NONE)
		reader->node = node;
	return node != L4_FDT_NONE;
}

/* Of rows that have a schedule table followed its name, for which tables must have been read. */
static void read_health_schedules(struct reader *reader, const struct system_description *system, struct partition *partition)
{
	static const char *const events[] = HEALTH_EVENT_NAMES;
	char path[SYSTEM_NAME_SIZE + 32], property[32], table[SYSTEM_NAME_SIZE];
	snprintf(path, sizeof(path), "/partitions/%s/health", partition->name);
	for (uint32_t event = 0; event < HEALTH_EVENTS; event++) {
		if (partition->health.action[event] != HEALTH_SWITCH_SCHEDULE || !find(reader, path))
			continue;
		snprintf(property, sizeof(property), "%s-table", events[event]);
		text(reader, property, table, sizeof(table), true);
		uint32_t index = find_schedule(system, table);
		if (index == SYSTEM_NOBODY)
			wrong(reader, "'%s' names '%.20s', which is no schedule table", property, table);
		partition->health.schedule[event] = (uint8_t)index;
	}
}

/* A list of names, as bits of their places; absent: none of them. */
static uint32_t read_names(struct reader *reader, const struct system_description *system, const char *name, find_name place, const char *what)
{
	struct l4_fdt_property property;
	uint32_t bits = 0;
	if (!l4_fdt_property(reader->fdt, reader->node, name, &property))
		return 0;
	if (property.size == 0 || property.data[property.size - 1] != 0) {
		wrong(reader, "'%s' is no list of strings", name);
		return 0;
	}
	const char *text = (const char *)property.data;
	for (uint32_t at = 0; at < property.size; at += (uint32_t)strlen(text + at) + 1) {
		uint32_t index = place(system, text + at);
		if (index == SYSTEM_NOBODY)
			wrong(reader, "'%s' names '%.20s', which is no %s", name, text + at, what);
		else
			bits |= 1U << index;
	}
	return bits;
}

static uint32_t read_partition_list(struct reader *reader, const struct system_description *system, const char *name)
{
	return read_names(reader, system, name, find_partition, "partition");
}

/* The window begins where the last one of its table ends, or later. */
static void read_window(struct reader *reader, const struct system_description *system, const struct schedule *schedule, struct schedule_window *window)
{
	const struct schedule_window *last = schedule->window_count ? window - 1 : NULL;
	uint64_t after = last ? last->start + last->length : 0;
	window->partition = read_end(reader, system, "partition");
	window->start = number(reader, "start", after, schedule->frame);
	window->length = number(reader, "length", 1, schedule->frame - window->start);
}

static void read_windows(struct reader *reader, struct system_description *system, struct schedule *schedule)
{
	bool has_monitor = false;
	schedule->first_window = system->window_count;
	for (l4_fdt_node node = l4_fdt_child(reader->fdt, reader->node); node != L4_FDT_NONE && !reader->problem; node = l4_fdt_sibling(reader->fdt, node)) {
		l4_fdt_node table = reader->node;
		if (system->window_count >= SYSTEM_WINDOWS_MAX) {
			wrong(reader, "more than %u windows in all tables", SYSTEM_WINDOWS_MAX);
			return;
		}
		struct schedule_window *window = &system->window[system->window_count++];
		reader->node = node;
		read_window(reader, system, schedule, window);
		reader->node = table;
		schedule->window_count++;
		has_monitor |= window->partition == SYSTEM_MONITOR;
	}
	if (!has_monitor)
		wrong(reader, "the monitor has no window");
}

static void read_schedule(struct reader *reader, struct system_description *system, struct schedule *schedule)
{
	node_name(reader, schedule->name);
	schedule->frame = number(reader, "frame", 1000, SCHEDULE_FRAME_MAX);
	schedule->pad = number(reader, "pad", 0, schedule->frame);
	schedule->slack = has(reader, "slack") ? read_end(reader, system, "slack") : SYSTEM_NOBODY;
	schedule->switchers = read_partition_list(reader, system, "switchers");
	if (!reader->problem)
		read_windows(reader, system, schedule);
}

static void read_schedules(struct reader *reader, struct system_description *system)
{
	for (l4_fdt_node node = l4_fdt_child(reader->fdt, reader->node); node != L4_FDT_NONE && !reader->problem; node = l4_fdt_sibling(reader->fdt, node)) {
		reader->node = node;
		if (system->schedule_count >= SYSTEM_SCHEDULES_MAX)
			wrong(reader, "more than %u schedule tables", SYSTEM_SCHEDULES_MAX);
		else
			read_schedule(reader, system, &system->schedule[system->schedule_count++]);
	}
}

/* The node's name is that of the partition that asks. */
static void read_commands(struct reader *reader, struct system_description *system)
{
	static const char *const names[MONITOR_COMMANDS] = MONITOR_COMMAND_NAMES;
	uint32_t client = partition_named(system, l4_fdt_name(reader->fdt, reader->node));
	if (client == SYSTEM_PARTITIONS_MAX || system->partition[client].flags & (PARTITION_GUEST | PARTITION_MONITOR | PARTITION_CONSOLE)) {
		wrong(reader, "its name is that of no native partition");
		return;
	}
	for (uint32_t i = 0; i < MONITOR_COMMANDS; i++)
		system->partition[client].commands[i] = i == MONITOR_COMMAND_SCHEDULE ? read_names(reader, system, names[i], find_schedule, "schedule table")
										      : read_partition_list(reader, system, names[i]);
}

static void read_all_commands(struct reader *reader, struct system_description *system)
{
	for (l4_fdt_node node = l4_fdt_child(reader->fdt, reader->node); node != L4_FDT_NONE && !reader->problem; node = l4_fdt_sibling(reader->fdt, node)) {
		reader->node = node;
		read_commands(reader, system);
	}
}

static void read_system(struct reader *reader, struct manifest *manifest)
{
	struct partition *first = &manifest->system.partition[0];
	text(reader, "model", manifest->system.name, sizeof(manifest->system.name), true);
	manifest->is_whole_machine = has(reader, "whole-machine");
	if (manifest->is_whole_machine) {
		text(reader, "whole-machine", first->program, sizeof(first->program), true);
		read_arguments(reader, first->arguments);
		return;
	}
	if (has(reader, "watchdog"))
		manifest->system.watchdog = number(reader, "watchdog", MACHINE_WATCHDOG_LEAST, MACHINE_WATCHDOG_MOST);
	if (find(reader, "/partitions"))
		read_partitions(reader, &manifest->system);
	else
		wrong(reader, "no partitions");
	if (!reader->problem && find(reader, "/channels"))
		read_channels(reader, &manifest->system);
	if (!reader->problem && find(reader, "/devices"))
		read_devices(reader, &manifest->system);
	if (!reader->problem && find(reader, "/schedules"))
		read_schedules(reader, &manifest->system);
	for (uint32_t i = 0; i < SYSTEM_PARTITIONS_MAX && !reader->problem; i++)
		read_health_schedules(reader, &manifest->system, &manifest->system.partition[i]);
	if (!reader->problem && find(reader, "/commands"))
		read_all_commands(reader, &manifest->system);
}

/* The checksum is over the whole blob, with its own bytes taken as zero. */
static bool is_intact(const struct l4_fdt *fdt, const uint8_t *blob, size_t size)
{
	static const uint8_t zeros[4];
	struct l4_fdt_property property;
	uint32_t told = 0;
	if (!l4_fdt_property(fdt, l4_fdt_root(fdt), "crc32", &property) || property.size != sizeof(zeros) || !l4_fdt_cell(&property, 0, &told))
		return false;
	size_t at = (size_t)(property.data - blob);
	uint32_t crc = l4_crc32(0, blob, at);
	crc = l4_crc32(crc, zeros, sizeof(zeros));
	return l4_crc32(crc, blob + at + sizeof(zeros), size - at - sizeof(zeros)) == told;
}

const char *manifest_read(struct manifest *manifest, const void *blob, size_t size, const char *architecture)
{
	memset(manifest, 0, sizeof(*manifest));
	if (!l4_fdt_open(&manifest->fdt, blob, size) || l4_fdt_total_size(blob) != size)
		return "manifest: this is no flattened device tree, or it is cut off";
	struct reader reader = {.fdt = &manifest->fdt, .node = l4_fdt_root(&manifest->fdt)};
	const char *version = l4_fdt_string_of(reader.fdt, reader.node, "compatible", "");
	if (strcmp(version, COMPATIBLE) != 0) {
		wrong(&reader, "it is of version '%.32s'; this init reads '%s'", version, COMPATIBLE);
		return reader.problem;
	}
	if (!is_intact(&manifest->fdt, blob, size))
		return "manifest: it is damaged: its checksum is wrong";
	const char *made_for = l4_fdt_string_of(reader.fdt, reader.node, "architecture", "");
	if (strcmp(made_for, architecture) != 0)
		wrong(&reader, "it was made for architecture '%.16s', and this is %s", made_for, architecture);
	else
		read_system(&reader, manifest);
	return reader.problem;
}

bool manifest_next_file(const struct manifest *manifest, l4_fdt_node *cursor, struct manifest_file *file)
{
	const struct l4_fdt *fdt = &manifest->fdt;
	l4_fdt_node parent = l4_fdt_find(fdt, "/files");
	struct l4_fdt_property property;
	uint64_t crc = 0;
	*file = (struct manifest_file){0};
	*cursor = parent == L4_FDT_NONE ? L4_FDT_NONE : *cursor == L4_FDT_NONE ? l4_fdt_child(fdt, parent) : l4_fdt_sibling(fdt, *cursor);
	if (*cursor == L4_FDT_NONE)
		return false;
	if (l4_fdt_property(fdt, *cursor, "size", &property) && l4_fdt_number(&property, &file->size) &&
	    l4_fdt_property(fdt, *cursor, "crc32", &property) && l4_fdt_number(&property, &crc) && l4_fdt_property(fdt, *cursor, "member", &property))
		file->name = l4_fdt_string(&property);
	file->crc32 = (uint32_t)crc;
	return true;
}
