/* SPDX-License-Identifier: BSD-2-Clause */
/* init's reader of manifests: what is right is taken over, each thing that is wrong is told by node and property, and nothing makes it misbehave. */
#include <host_test.h>

#include <stdlib.h>
#include <string.h>

#include <l4/crc32.h>
#include <l4/fdt_writer.h>

#include "../../servers/init/manifest.h"

#define BLOB_MAX 8192
#define MIB (1UL << 20)

/* What a blob is to say instead of, or without, the right property of the node. */
struct change {
	const char *node;
	const char *property;
	const void *data;  /* null: leave the property out */
	size_t size;
};

static const struct change *change; /* null: none */

static bool is_changed(const char *node, const char *property, struct l4_fdt_writer *writer)
{
	if (!change || strcmp(change->node, node) != 0 || strcmp(change->property, property) != 0)
		return false;
	if (change->data)
		l4_fdt_put(writer, property, change->data, change->size);
	return true;
}

static void put_string(struct l4_fdt_writer *writer, const char *node, const char *property, const char *value)
{
	if (!is_changed(node, property, writer))
		l4_fdt_put_string(writer, property, value);
}

static void put_number(struct l4_fdt_writer *writer, const char *node, const char *property, uint64_t value)
{
	if (!is_changed(node, property, writer))
		l4_fdt_put_u64(writer, property, value);
}

static void put_flag(struct l4_fdt_writer *writer, const char *node, const char *property)
{
	if (!is_changed(node, property, writer))
		l4_fdt_put_flag(writer, property);
}

static void begin_partition(struct l4_fdt_writer *writer, const char *name, const char *kind)
{
	l4_fdt_begin_node(writer, name);
	put_string(writer, name, "kind", kind);
	put_string(writer, name, "program", kind);
	put_number(writer, name, "kernel-memory", 1 * MIB);
	put_number(writer, name, "memory", 2 * MIB);
	put_number(writer, name, "slots", 128);
	put_number(writer, name, "stack", 16384);
	put_number(writer, name, "heap", 0);
	put_number(writer, name, "priority", 60);
	put_number(writer, name, "budget", 200000);
	put_number(writer, name, "period", 1000000);
	put_string(writer, name, "on-fault", "restart");
	put_number(writer, name, "restart-limit", 8);
}

static void put_health(struct l4_fdt_writer *writer)
{
	put_number(writer, "echo", "restart-window", 1000000000);
	put_number(writer, "echo", "watchdog", 20000000);
	put_number(writer, "echo", "watchdog-start", 30000000);
	put_flag(writer, "echo", "escalate-halt");
	l4_fdt_begin_node(writer, change && strcmp(change->node, "rows") == 0 ? change->property : "health");
	put_string(writer, "health", "memory_fault", "stop");
	put_string(writer, "health", "deadline", "log");
	put_string(writer, "health", "watchdog", "halt");
	put_string(writer, "health", "application_error", "switch-schedule");
	put_string(writer, "health", "application_error-table", "spare");
	l4_fdt_end_node(writer);
}

static void put_partitions(struct l4_fdt_writer *writer)
{
	l4_fdt_begin_node(writer, "partitions");
	begin_partition(writer, "monitor", "monitor");
	l4_fdt_end_node(writer);
	begin_partition(writer, "console", "console");
	l4_fdt_end_node(writer);
	begin_partition(writer, "echo", "native");
	put_flag(writer, "echo", "serves");
	put_flag(writer, "echo", "timer");
	put_number(writer, "echo", "demand", 8 * MIB);
	if (!is_changed("echo", "arguments", writer))
		l4_fdt_put(writer, "arguments", "one\0two=2", 10);
	put_health(writer);
	l4_fdt_end_node(writer);
	begin_partition(writer, "guest", "guest");
	put_number(writer, "guest", "guest-memory", 64 * MIB);
	put_string(writer, "guest", "kernel", "guest.kernel");
	put_string(writer, "guest", "command-line", "guest.cmdline");
	put_string(writer, "guest", "disk", "guest.disk");
	put_number(writer, "guest", "disk-memory", 6 * MIB);
	put_flag(writer, "guest", "attached");
	l4_fdt_end_node(writer);
	l4_fdt_end_node(writer);
}

static void begin_channel(struct l4_fdt_writer *writer, const char *name, const char *kind, const char *from, const char *to)
{
	l4_fdt_begin_node(writer, name);
	put_string(writer, name, "kind", kind);
	put_string(writer, name, "from", from);
	put_string(writer, name, "to", to);
	put_number(writer, name, "badge", 2);
}

static void put_channels(struct l4_fdt_writer *writer)
{
	l4_fdt_begin_node(writer, "channels");
	begin_channel(writer, "ask", "call", "guest", "echo");
	put_number(writer, "ask", "slot", 1);
	l4_fdt_end_node(writer);
	begin_channel(writer, "data", "memory", "echo", "console");
	put_number(writer, "data", "back-badge", 4);
	put_number(writer, "data", "size", 8192);
	put_flag(writer, "data", "two-way");
	l4_fdt_end_node(writer);
	begin_channel(writer, "speed", "sampling", "echo", "console");
	put_number(writer, "speed", "size", 2000);
	put_number(writer, "speed", "refresh", 1000000);
	l4_fdt_end_node(writer);
	begin_channel(writer, "orders", "queuing", "echo", "console");
	put_number(writer, "orders", "back-badge", 8);
	put_number(writer, "orders", "size", 64);
	put_number(writer, "orders", "depth", 5);
	put_string(writer, "orders", "overflow", "refuse");
	l4_fdt_end_node(writer);
	l4_fdt_end_node(writer);
}

static void put_devices(struct l4_fdt_writer *writer)
{
	static const uint32_t registers[] = {0, 0x101000, 0, 0x2000}, ports[] = {0x70, 2};
	l4_fdt_begin_node(writer, "devices");
	l4_fdt_begin_node(writer, "rtc");
	put_string(writer, "rtc", "owner", "echo");
	if (!is_changed("rtc", "registers", writer))
		l4_fdt_put_cells(writer, "registers", registers, 4);
	put_number(writer, "rtc", "interrupt", 11);
	put_number(writer, "rtc", "badge", 8);
	put_flag(writer, "rtc", "confined");
	l4_fdt_end_node(writer);
	l4_fdt_begin_node(writer, "cmos");
	put_string(writer, "cmos", "owner", "echo");
	if (!is_changed("cmos", "ports", writer))
		l4_fdt_put_cells(writer, "ports", ports, 2);
	l4_fdt_end_node(writer);
	l4_fdt_end_node(writer);
}

static void put_window(struct l4_fdt_writer *writer, const char *name, const char *partition, uint64_t start, uint64_t length)
{
	l4_fdt_begin_node(writer, name);
	put_string(writer, name, "partition", partition);
	put_number(writer, name, "start", start);
	put_number(writer, name, "length", length);
	l4_fdt_end_node(writer);
}

static void put_schedules(struct l4_fdt_writer *writer)
{
	l4_fdt_begin_node(writer, "schedules");
	l4_fdt_begin_node(writer, "normal");
	put_number(writer, "normal", "frame", 10000000);
	put_number(writer, "normal", "pad", 20000);
	put_string(writer, "normal", "slack", "guest");
	if (!is_changed("normal", "switchers", writer))
		l4_fdt_put(writer, "switchers", "echo\0guest", 11);
	put_window(writer, "window-0", "echo", 0, 1000000);
	put_window(writer, "window-1", "monitor", 2000000, 3000000);
	l4_fdt_end_node(writer);
	l4_fdt_begin_node(writer, "spare");
	put_number(writer, "spare", "frame", 1000000);
	put_number(writer, "spare", "pad", 0);
	put_window(writer, "window-2", "monitor", 0, 1000000);
	l4_fdt_end_node(writer);
	l4_fdt_end_node(writer);
}

static void put_commands(struct l4_fdt_writer *writer)
{
	l4_fdt_begin_node(writer, "commands");
	l4_fdt_begin_node(writer, change && strcmp(change->node, "client") == 0 ? change->property : "echo");
	put_string(writer, "commands", "ps", "monitor");
	if (!is_changed("commands", "restart", writer))
		l4_fdt_put(writer, "restart", "guest\0echo", 11);
	put_string(writer, "commands", "schedule", "spare");
	l4_fdt_end_node(writer);
	l4_fdt_end_node(writer);
}

static void put_files(struct l4_fdt_writer *writer)
{
	l4_fdt_begin_node(writer, "files");
	l4_fdt_begin_node_at(writer, "", 0);
	l4_fdt_put_string(writer, "member", "echo");
	l4_fdt_put_u64(writer, "size", 5);
	l4_fdt_put_u32(writer, "crc32", 0xdeadbeef);
	l4_fdt_end_node(writer);
	l4_fdt_begin_node_at(writer, "", 1);
	l4_fdt_put_u64(writer, "size", 5);
	l4_fdt_end_node(writer);
	l4_fdt_end_node(writer);
}

/* Puts the right checksum into a blob, if there is still a place for it. */
static void seal(uint8_t *blob, size_t size)
{
	struct l4_fdt fdt;
	struct l4_fdt_property property;
	if (!l4_fdt_open(&fdt, blob, size) || !l4_fdt_property(&fdt, l4_fdt_root(&fdt), "crc32", &property) || property.size != 4)
		return;
	uint8_t *at = blob + (property.data - blob);
	memset(at, 0, 4);
	uint32_t crc = l4_crc32(0, blob, size);
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(crc >> (24 - 8 * i));
}

static size_t make(uint8_t blob[BLOB_MAX], const struct change *wanted)
{
	struct l4_fdt_writer writer;
	change = wanted;
	l4_fdt_start(&writer, blob, BLOB_MAX);
	l4_fdt_begin_node(&writer, "");
	put_string(&writer, "", "compatible", "bulkhead,manifest-1");
	put_string(&writer, "", "model", "test");
	put_string(&writer, "", "architecture", "pdp11");
	put_number(&writer, "", "watchdog", 5000000000);
	l4_fdt_put_u32(&writer, "crc32", 0);
	put_files(&writer);
	put_partitions(&writer);
	put_channels(&writer);
	put_devices(&writer);
	put_schedules(&writer);
	put_commands(&writer);
	l4_fdt_end_node(&writer);
	size_t size = l4_fdt_finish(&writer);
	EXPECT_TRUE(size > 0);
	seal(blob, size);
	return size;
}

/* Reads from memory of exactly `size` bytes, so that the sanitizer sees each step outside. */
static const char *read_exact(struct manifest *manifest, const uint8_t *blob, size_t size)
{
	static uint8_t *exact;
	free(exact);
	exact = malloc(size ? size : 1);
	memcpy(exact, blob, size);
	return manifest_read(manifest, exact, size, "pdp11");
}

TEST(MANIFEST0001, "a manifest becomes the description that it says")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	struct manifest manifest;
	size_t size = make(blob, NULL);

	EXPECT_TRUE(read_exact(&manifest, blob, size) == NULL);
	const struct system_description *system = &manifest.system;
	const struct partition *echo = &system->partition[2], *guest = &system->partition[3];
	EXPECT_STRING("test", system->name);
	EXPECT_EQ(5000000000, system->watchdog);
	EXPECT_EQ(PARTITION_MONITOR, system->partition[SYSTEM_MONITOR].flags);
	EXPECT_EQ(PARTITION_CONSOLE, system->partition[SYSTEM_CONSOLE].flags);
	EXPECT_STRING("echo", echo->name);
	EXPECT_STRING("one two=2", echo->arguments);
	EXPECT_EQ(PARTITION_SERVES | PARTITION_TIMER | PARTITION_PAGED, echo->flags);
	EXPECT_EQ(20, echo->object_bits);
	EXPECT_EQ(21, echo->user_bits);
	EXPECT_EQ(7, echo->slots_bits);
	EXPECT_EQ(4, echo->stack_pages);
	EXPECT_EQ(2048, echo->quota_pages);
	EXPECT_EQ(200000, echo->budget);
	EXPECT_EQ(HEALTH_RESTART, echo->health.otherwise);
	EXPECT_EQ(HEALTH_STOP, echo->health.action[HEALTH_MEMORY_FAULT]);
	EXPECT_EQ(HEALTH_RESTART, echo->health.action[HEALTH_ILLEGAL_INSTRUCTION]);
	EXPECT_EQ(HEALTH_LOG, echo->health.action[HEALTH_DEADLINE]);
	EXPECT_EQ(HEALTH_HALT, echo->health.action[HEALTH_WATCHDOG]);
	EXPECT_EQ(HEALTH_SWITCH_SCHEDULE, echo->health.action[HEALTH_APPLICATION_ERROR]);
	EXPECT_EQ(1, echo->health.schedule[HEALTH_APPLICATION_ERROR]);
	EXPECT_TRUE(echo->health.hears_overruns);
	EXPECT_EQ(8, echo->health.restarts_max);
	EXPECT_EQ(1000000000, echo->health.restart_window);
	EXPECT_EQ(HEALTH_HALT, echo->health.escalation);
	EXPECT_EQ(20000000, echo->health.watchdog);
	EXPECT_EQ(30000000, echo->health.watchdog_start);
	EXPECT_EQ(HEALTH_IGNORE, guest->health.action[HEALTH_DEADLINE]);
	EXPECT_EQ(HEALTH_RESTART, guest->health.action[HEALTH_GUEST_PANIC]);
	EXPECT_TRUE(!guest->health.hears_overruns);
	EXPECT_EQ(HEALTH_STOP, guest->health.escalation);
	EXPECT_EQ(0, guest->health.restart_window);
	EXPECT_EQ(0, guest->health.watchdog);
	EXPECT_EQ(64 * MIB, guest->guest_memory);
	EXPECT_STRING("guest.kernel", guest->kernel);
	EXPECT_STRING("", guest->initrd);
	EXPECT_STRING("guest.disk", guest->disk);
	EXPECT_EQ(6 * MIB, guest->disk_memory);
	EXPECT_STRING("", echo->disk);
	EXPECT_EQ(4, system->channel_count);
	EXPECT_EQ(CHANNEL_CALL, system->channel[0].kind);
	EXPECT_EQ(3, system->channel[0].from);
	EXPECT_EQ(2, system->channel[0].to);
	EXPECT_EQ(1, system->channel[0].slot);
	EXPECT_EQ(CHANNEL_MEMORY, system->channel[1].kind);
	EXPECT_EQ(2, system->channel[1].pages);
	EXPECT_EQ(1, system->channel[1].two_way);
	EXPECT_EQ(4, system->channel[1].back_badge);
	EXPECT_EQ(CHANNEL_SAMPLING, system->channel[2].kind);
	EXPECT_EQ(2000, system->channel[2].size);
	EXPECT_EQ(1000000, system->channel[2].refresh);
	EXPECT_EQ(2, system->channel[2].pages);
	EXPECT_EQ(0, system->channel[2].back_pages);
	EXPECT_EQ(0, system->channel[2].back_badge);
	EXPECT_EQ(CHANNEL_QUEUING, system->channel[3].kind);
	EXPECT_EQ(5, system->channel[3].depth);
	EXPECT_EQ(L4_PORT_REFUSE, system->channel[3].overflow);
	EXPECT_EQ(1, system->channel[3].pages);
	EXPECT_EQ(1, system->channel[3].back_pages);
	EXPECT_EQ(8, system->channel[3].back_badge);
	EXPECT_EQ(2, system->device_count);
	EXPECT_EQ(2, system->device[0].owner);
	EXPECT_EQ(0x101000, system->device[0].registers);
	EXPECT_EQ(2, system->device[0].pages);
	EXPECT_EQ(0, system->device[0].ports);
	EXPECT_TRUE(system->device[0].has_interrupt);
	EXPECT_EQ(11, system->device[0].interrupt);
	EXPECT_EQ(8, system->device[0].badge);
	EXPECT_EQ(0x70, system->device[1].first_port);
	EXPECT_EQ(2, system->device[1].ports);
	EXPECT_TRUE(!system->device[1].has_interrupt);
	EXPECT_EQ(1, system->device[0].is_confined);
	EXPECT_EQ(0, system->device[1].is_confined);
	const struct schedule *normal = &system->schedule[0], *spare = &system->schedule[1];
	EXPECT_EQ(2, system->schedule_count);
	EXPECT_STRING("normal", normal->name);
	EXPECT_EQ(10000000, normal->frame);
	EXPECT_EQ(20000, normal->pad);
	EXPECT_EQ(3, normal->slack);
	EXPECT_EQ(1 << 2 | 1 << 3, normal->switchers);
	EXPECT_EQ(0, normal->first_window);
	EXPECT_EQ(2, normal->window_count);
	EXPECT_EQ(SYSTEM_NOBODY, spare->slack);
	EXPECT_EQ(0, spare->switchers);
	EXPECT_EQ(2, spare->first_window);
	EXPECT_EQ(1, spare->window_count);
	EXPECT_EQ(3, system->window_count);
	EXPECT_EQ(2, system->window[0].partition);
	EXPECT_EQ(SYSTEM_MONITOR, system->window[1].partition);
	EXPECT_EQ(2000000, system->window[1].start);
	EXPECT_EQ(3000000, system->window[1].length);
	EXPECT_EQ(1 << 1, echo->commands[MONITOR_COMMAND_SCHEDULE]);
	EXPECT_EQ(0, echo->commands[MONITOR_COMMAND_SCHED]);
	EXPECT_EQ(1, echo->commands[MONITOR_COMMAND_PS]);
	EXPECT_EQ(1 << 2 | 1 << 3, echo->commands[MONITOR_COMMAND_RESTART]);
	EXPECT_EQ(0, echo->commands[MONITOR_COMMAND_STOP]);
	EXPECT_EQ(0, guest->commands[MONITOR_COMMAND_PS]);
}

TEST(MANIFEST0002, "the members that the bundle must have are listed, and a damaged entry is told")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	struct manifest manifest;
	struct manifest_file file;
	l4_fdt_node cursor = L4_FDT_NONE;
	size_t size = make(blob, NULL);

	EXPECT_TRUE(read_exact(&manifest, blob, size) == NULL);
	EXPECT_TRUE(manifest_next_file(&manifest, &cursor, &file));
	EXPECT_STRING("echo", file.name);
	EXPECT_EQ(5, file.size);
	EXPECT_EQ(0xdeadbeef, file.crc32);
	EXPECT_TRUE(manifest_next_file(&manifest, &cursor, &file));
	EXPECT_TRUE(file.name == NULL);
	EXPECT_TRUE(!manifest_next_file(&manifest, &cursor, &file));
}

TEST(MANIFEST0003, "each property that is missing or wrong is told by node and name")
{
	static const uint8_t three[8] = {0, 0, 0, 0, 0, 0, 0, 3}, huge[8] = {255, 255, 255, 255, 255, 255, 255, 255}, odd[8] = {0, 0, 0, 0, 0, 0x30, 0, 1};
	static const uint8_t zero[8] = {0}, many[8] = {0, 0, 0, 0, 0, 0, 0, 65};
	static const struct {
		struct change change;
		const char *problem;
	} cases[] = {
		{{"echo", "kind", NULL, 0}, "node 'echo': 'kind' is ''"},
		{{"echo", "kind", "guestling", 10}, "node 'echo': 'kind' is 'guestling'"},
		{{"echo", "kind", "monitor", 8}, "node 'partitions': the first partition must be the monitor"},
		{{"monitor", "kind", "native", 7}, "node 'partitions': the first partition must be the monitor"},
		{{"echo", "program", NULL, 0}, "node 'echo': no property 'program'"},
		{{"echo", "program", "echo", 4}, "node 'echo': 'program' is no string"},
		{{"echo", "program", "a-name-that-is-too-long-for-it", 31}, "node 'echo': 'program' is no string"},
		{{"echo", "arguments", "open", 4}, "node 'echo': 'arguments' are no strings"},
		{{"echo", "kernel-memory", NULL, 0}, "node 'echo': no property 'kernel-memory'"},
		{{"echo", "kernel-memory", odd, 8}, "node 'echo': 'kernel-memory' is no power of two"},
		{{"echo", "memory", three, 8}, "node 'echo': 'memory' is 3, and not between"},
		{{"echo", "memory", three, 7}, "node 'echo': 'memory' is no number"},
		{{"echo", "slots", huge, 8}, "node 'echo': 'slots' is"},
		{{"echo", "stack", zero, 8}, "node 'echo': 'stack' is 0"},
		{{"echo", "heap", three, 8}, "node 'echo': 'heap' is no multiple"},
		{{"echo", "demand", zero, 8}, "node 'echo': 'demand' is 0"},
		{{"echo", "priority", zero, 8}, "node 'echo': 'priority' is 0"},
		{{"echo", "priority", huge, 8}, "node 'echo': 'priority' is"},
		{{"echo", "budget", huge, 8}, "node 'echo': 'budget' is"},
		{{"echo", "period", zero, 8}, "node 'echo': 'period' is 0"},
		{{"echo", "on-fault", "explode", 8}, "node 'echo': 'on-fault' is 'explode'"},
		{{"echo", "on-fault", "log", 4}, "node 'echo': 'on-fault' is 'log', which is no action for all events"},
		{{"echo", "restart-limit", NULL, 0}, "node 'echo': no property 'restart-limit'"},
		{{"echo", "restart-limit", many, 8}, "node 'echo': 'restart-limit' is 65, and not between 0 and 64"},
		{{"echo", "restart-window", three, 8}, "node 'echo': 'restart-window' is 3"},
		{{"echo", "watchdog", three, 8}, "node 'echo': 'watchdog' is 3, and not between 10000000"},
		{{"echo", "watchdog-start", three, 8}, "node 'echo': 'watchdog-start' is 3, and not between 20000000"},
		{{"echo", "watchdog-start", NULL, 0}, "node 'echo': no property 'watchdog-start'"},
		{{"rows", "illness", NULL, 0}, "node 'illness': a partition has no such node"},
		{{"health", "memory_fault", "ignore", 7}, "node 'health': 'memory_fault' is 'ignore', and nothing could go on"},
		{{"health", "application_error-table", NULL, 0}, "node 'health': no property 'application_error-table'"},
		{{"health", "application_error-table", "none", 5}, "node 'health': 'application_error-table' names 'none', which is no schedule table"},
		{{"echo", "on-fault", "switch-schedule", 16}, "node 'echo': 'on-fault' is 'switch-schedule', which is no action for all events"},
		{{"health", "deadline", "explode", 8}, "node 'health': 'deadline' is 'explode'"},
		{{"health", "watchdog", "", 0}, "node 'health': 'watchdog' is ''"},
		{{"guest", "kernel", NULL, 0}, "node 'guest': no property 'kernel'"},
		{{"guest", "guest-memory", odd, 8}, "node 'guest': 'guest-memory' is no multiple of 2 MiB"},
		{{"guest", "disk", NULL, 0}, "node 'guest': 'disk-memory' without a 'disk'"},
		{{"guest", "disk-memory", odd, 8}, "node 'guest': 'disk-memory' is no multiple of 2 MiB"},
		{{"guest", "disk-memory", zero, 8}, "node 'guest': 'disk-memory' is 0, and not between"},
		{{"guest", "disk-memory", huge, 8}, "node 'guest': 'disk-memory' is"},
		{{"ask", "kind", "shout", 6}, "node 'ask': 'kind' is 'shout'"},
		{{"ask", "kind", "memory", 7}, "node 'ask': no property 'back-badge'"},
		{{"ask", "from", "nobody", 7}, "node 'ask': 'from' names no partition"},
		{{"ask", "to", "guest", 6}, "node 'ask': such a channel cannot lead"},
		{{"ask", "to", "monitor", 8}, "node 'ask': 'monitor' serves no calls"},
		{{"ask", "slot", NULL, 0}, "node 'ask': no slot"},
		{{"ask", "badge", zero, 8}, "node 'ask': 'badge' is 0"},
		{{"data", "from", "guest", 6}, "node 'data': such a channel cannot lead"},
		{{"data", "size", three, 8}, "node 'data': 'size' is 3"},
		{{"speed", "size", zero, 8}, "node 'speed': 'size' is 0"},
		{{"speed", "size", huge, 8}, "node 'speed': 'size' is"},
		{{"speed", "refresh", NULL, 0}, "node 'speed': no property 'refresh'"},
		{{"orders", "depth", huge, 8}, "node 'orders': 'depth' is"},
		{{"orders", "overflow", "explode", 8}, "node 'orders': 'overflow' is 'explode'"},
		{{"orders", "back-badge", NULL, 0}, "node 'orders': no property 'back-badge'"},
		{{"rtc", "owner", "guest", 6}, "node 'rtc': 'guest' is no native partition"},
		{{"rtc", "owner", "nobody", 7}, "node 'rtc': 'owner' names no partition"},
		{{"rtc", "registers", NULL, 0}, "node 'rtc': not either 'registers' or 'ports'"},
		{{"rtc", "registers", three, 8}, "node 'rtc': 'registers' has too few cells"},
		{{"rtc", "registers", "\0\0\0\0\0\x10\x10\1\0\0\0\0\0\0\x10", 16}, "node 'rtc': 'registers' are not whole pages"},
		{{"rtc", "badge", NULL, 0}, "node 'rtc': no property 'badge'"},
		{{"cmos", "ports", huge, 8}, "node 'cmos': 'ports' are not between"},
		{{"client", "guest", NULL, 0}, "node 'guest': its name is that of no native partition"},
		{{"client", "nobody", NULL, 0}, "node 'nobody': its name is that of no native partition"},
		{{"commands", "ps", "monitor", 7}, "node 'echo': 'ps' is no list of strings"},
		{{"commands", "ps", "", 0}, "node 'echo': 'ps' is no list of strings"},
		{{"commands", "restart", "guest\0nobody", 13}, "node 'echo': 'restart' names 'nobody', which is no partition"},
		{{"commands", "restart", "", 1}, "node 'echo': 'restart' names '', which is no partition"},
		{{"commands", "schedule", "guest", 6}, "node 'echo': 'schedule' names 'guest', which is no schedule table"},
		{{"normal", "frame", NULL, 0}, "node 'normal': no property 'frame'"},
		{{"normal", "frame", zero, 8}, "node 'normal': 'frame' is 0"},
		{{"normal", "pad", huge, 8}, "node 'normal': 'pad' is"},
		{{"normal", "slack", "nobody", 7}, "node 'normal': 'slack' names no partition"},
		{{"normal", "switchers", "nobody", 7}, "node 'normal': 'switchers' names 'nobody', which is no partition"},
		{{"window-0", "partition", "nobody", 7}, "node 'window-0': 'partition' names no partition"},
		{{"window-0", "partition", NULL, 0}, "node 'window-0': no property 'partition'"},
		{{"window-0", "length", zero, 8}, "node 'window-0': 'length' is 0"},
		{{"window-0", "length", huge, 8}, "node 'window-0': 'length' is"},
		{{"window-0", "start", huge, 8}, "node 'window-0': 'start' is"},
		{{"window-1", "start", three, 8}, "node 'window-1': 'start' is 3, and not between 1000000 and 10000000"},
		{{"window-1", "length", NULL, 0}, "node 'window-1': no property 'length'"},
		{{"window-1", "partition", "guest", 6}, "node 'normal': the monitor has no window"},
		{{"window-2", "partition", "echo", 5}, "node 'spare': the monitor has no window"},
		{{"", "compatible", "bulkhead,manifest-2", 20}, "it is of version 'bulkhead,manifest-2'"},
		{{"", "model", NULL, 0}, "no property 'model'"},
		{{"", "watchdog", three, 8}, "node '': 'watchdog' is 3, and not between 5000000000 and 600000000000"},
		{{"", "architecture", "vax", 4}, "it was made for architecture 'vax', and this is pdp11"},
	};
	_Alignas(8) uint8_t blob[BLOB_MAX];
	struct manifest manifest;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size = make(blob, &cases[i].change);
		const char *problem = read_exact(&manifest, blob, size);
		if (!problem || !strstr(problem, cases[i].problem))
			host_test_fail(__FILE__, __LINE__, "case %zu: expected %s, got %s", i, cases[i].problem, problem ? problem : "nothing wrong");
	}
}

TEST(MANIFEST0004, "every cut and every changed byte is found")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	struct manifest manifest;
	size_t size = make(blob, NULL);

	for (size_t cut = 0; cut < size; cut++)
		EXPECT_TRUE(read_exact(&manifest, blob, cut) != NULL);
	for (size_t at = 0; at < size; at++) {
		uint8_t flip = (uint8_t)(1U << host_random() % 8);
		blob[at] ^= flip;
		EXPECT_TRUE(read_exact(&manifest, blob, size) != NULL);
		blob[at] ^= flip;
	}
	EXPECT_TRUE(read_exact(&manifest, blob, size) == NULL);
}

TEST(MANIFEST0005, "damage under a right checksum is refused or read, and nothing outside is touched")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	_Alignas(8) uint8_t damaged[BLOB_MAX];
	struct manifest manifest;
	struct manifest_file file;
	size_t size = make(blob, NULL);

	for (int round = 0; round < 20000; round++) {
		memcpy(damaged, blob, size);
		for (unsigned int i = 0; i <= host_random() % 4; i++)
			damaged[host_random() % size] = (uint8_t)host_random();
		seal(damaged, size);
		l4_fdt_node cursor = L4_FDT_NONE;
		if (!read_exact(&manifest, damaged, size))
			for (int i = 0; i < 10 && manifest_next_file(&manifest, &cursor, &file); i++)
				EXPECT_TRUE(!file.name || strlen(file.name) < size);
	}
}

TEST(MANIFEST0006, "one program may get the whole machine, with its arguments")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	struct l4_fdt_writer writer;
	struct manifest manifest;

	l4_fdt_start(&writer, blob, sizeof(blob));
	l4_fdt_begin_node(&writer, "");
	l4_fdt_put_string(&writer, "compatible", "bulkhead,manifest-1");
	l4_fdt_put_string(&writer, "model", "suite");
	l4_fdt_put_string(&writer, "architecture", "pdp11");
	l4_fdt_put_u32(&writer, "crc32", 0);
	l4_fdt_put_string(&writer, "whole-machine", "suite");
	l4_fdt_put(&writer, "arguments", "VC0001\0IPC0002", 15);
	l4_fdt_end_node(&writer);
	size_t size = l4_fdt_finish(&writer);
	seal(blob, size);
	EXPECT_TRUE(read_exact(&manifest, blob, size) == NULL);
	EXPECT_TRUE(manifest.is_whole_machine);
	EXPECT_STRING("suite", manifest.system.partition[0].program);
	EXPECT_STRING("VC0001 IPC0002", manifest.system.partition[0].arguments);
}

TEST(CRC0001, "the checksum is the one that everybody has, at any alignment and in any pieces")
{
	static const char digits[] = "123456789";
	uint8_t data[64];

	EXPECT_EQ(0xcbf43926, l4_crc32(0, digits, 9));
	EXPECT_EQ(0, l4_crc32(0, digits, 0));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)host_random();
	uint32_t whole = l4_crc32(0, data, sizeof(data));
	for (size_t split = 0; split <= sizeof(data); split++)
		EXPECT_EQ(whole, l4_crc32(l4_crc32(0, data, split), data + split, sizeof(data) - split));
}

TEST(MANIFEST0007, "a node whose name is longer than any message is told of, and nothing is overwritten")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	char name[1000];
	struct l4_fdt_writer writer;
	struct manifest manifest;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	l4_fdt_start(&writer, blob, sizeof(blob));
	l4_fdt_begin_node(&writer, "");
	l4_fdt_put_string(&writer, "compatible", "bulkhead,manifest-1");
	l4_fdt_put_string(&writer, "model", "test");
	l4_fdt_put_string(&writer, "architecture", "pdp11");
	l4_fdt_put_u32(&writer, "crc32", 0);
	l4_fdt_begin_node(&writer, "partitions");
	l4_fdt_begin_node(&writer, name);
	l4_fdt_end_node(&writer);
	l4_fdt_end_node(&writer);
	l4_fdt_end_node(&writer);
	size_t size = l4_fdt_finish(&writer);
	seal(blob, size);
	const char *problem = read_exact(&manifest, blob, size);
	EXPECT_TRUE(problem && strstr(problem, "its name has not 1 to 15 characters"));
}
