/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor holds the memory of all partitions, builds them, hears of their faults and ends, and rebuilds them. It is the one program
 * that can reach everything, so it does little: it serves no partition's daily work.
 */
#include <string.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <servers/layout.h>

#include "build.h"
#include "channels.h"
#include "faults.h"
#include "lifecycle.h"
#include "say.h"

struct monitor monitor;

static uint64_t own_bitmap[L4_SLOTS_WORDS(MONITOR_OWN_SLOTS)];
static uint16_t own_owner[MONITOR_OWN_SLOTS];

struct part *part_with(uint32_t flag)
{
	for (unsigned int i = 0; i < monitor.count; i++)
		if (part_is(&monitor.part[i], flag))
			return &monitor.part[i];
	return NULL;
}

/* init calls when all is handed over. It gets no answer: it is destroyed, and what it was made of. */
static void destroy_init(void)
{
	const struct manifest *manifest = monitor.manifest;
	struct l4_result result;
	do {
		struct l4_registers m;
		result = l4_recv(manifest->endpoint, &m);
	} while (result.status != L4_OK || l4_tag_label(result.tag) != MANIFEST_COMPLETE);
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, manifest->init_thread));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, manifest->init_cnode));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, manifest->init_vspace));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, manifest->init_sched_context));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, manifest->init_memory));
}

/* Of its own memory only what is left: init made the monitor of the rest. */
static void init_pool(void)
{
	const struct manifest *manifest = monitor.manifest;
	l4_slots_init(&monitor.slots, L4_SLOT_CNODE, manifest->free_slot, MONITOR_OWN_SLOTS, own_bitmap);
	l4_objects_init(&monitor.objects, &monitor.slots, own_owner);
	L4_ENSURE(l4_objects_add(&monitor.objects, manifest->memory[0].object));
	L4_ENSURE(l4_objects_add(&monitor.objects, manifest->memory[0].user));
	monitor.window.own = l4_space_of(L4_SLOT_VSPACE, &monitor.objects);
	monitor.window.vaddr = l4_startup_value("window");
}

static void init_timer(void)
{
	l4_cap_t notify = l4_slots_alloc(&monitor.slots);
	L4_REQUIRE(l4_object_new(&monitor.objects, L4_TYPE_NOTIFICATION, &monitor.notification));
	L4_REQUIRE(l4_object_new(&monitor.objects, L4_TYPE_TIMER, &monitor.timer));
	L4_REQUIRE(l4_cnode_mint(L4_SLOT_CNODE, notify, L4_SLOT_CNODE, monitor.notification, L4_WRITE, 1));
	L4_REQUIRE(l4_timer_bind(monitor.timer, notify));
	L4_REQUIRE(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_NOTIFICATION, monitor.notification));
}

static void init_parts(void)
{
	const struct system_description *system = &monitor.manifest->system;
	while (monitor.count < SYSTEM_PARTITIONS_MAX && partition_is_used(&system->partition[monitor.count])) {
		part_init(&monitor.part[monitor.count], monitor.count);
		monitor.count++;
	}
	for (unsigned int i = 0; i < monitor.count; i++)
		if (part_is(&monitor.part[i], PARTITION_SERVES))
			L4_REQUIRE(l4_object_new(&monitor.objects, L4_TYPE_ENDPOINT, &monitor.part[i].endpoint));
	L4_ENSURE(channels_make());
}

static void read_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "stop=", 5) == 0)
			monitor.stoppable = argv[i] + 5;
		else if (strcmp(argv[i], "operator=1") == 0)
			monitor.has_operator = true;
	}
}

/*
 * --- Messages. Each handler tells whether the caller is answered, and with what label. A caller that is not answered belongs to a partition that was taken down:
 * otherwise it would hold the monitor's reply object.
 */

enum { NO_ANSWER = -1 };

static int guest_state(struct part *part, const struct l4_registers *m)
{
	char text[(MONITOR_GUEST_STATE_LENGTH - MONITOR_GUEST_STATE_TEXT) * sizeof(l4_word_t) + 1] = "";
	const char *name = part->description->name;
	memcpy(text, &m->word[MONITOR_GUEST_STATE_TEXT], sizeof(text) - 1);
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	switch (m->word[MONITOR_GUEST_STATE_KIND]) {
	case MONITOR_GUEST_RUNNING:
		return MONITOR_OK;
	case MONITOR_GUEST_OFF:
		say("guest '%s' has powered off", name);
		lifecycle_ended(part);
		return NO_ANSWER;
	case MONITOR_GUEST_REBOOT:
		say("guest '%s' reboots", name);
		lifecycle_rebuild(part);
		return NO_ANSWER;
	case MONITOR_GUEST_FAILED:
		say("guest '%s' has failed: %s (%#lx)", name, text, m->word[MONITOR_GUEST_STATE_DETAIL]);
		lifecycle_failed(part);
		return NO_ANSWER;
	default:
		return MONITOR_REFUSED;
	}
}

static struct part *part_of_client(l4_word_t number)
{
	for (unsigned int i = 0; i < monitor.count; i++)
		if (monitor.part[i].channel.exists && monitor.part[i].channel.number == number)
			return &monitor.part[i];
	return NULL;
}

static int operator_request(const struct l4_registers *m)
{
	struct part *part = part_of_client(m->word[1]);
	if (m->word[0] == MONITOR_REQUEST_POWER_OFF) {
		say("the operator ends the machine");
		lifecycle_end_machine(lifecycle_guest_has_failed() ? MONITOR_EXIT_GUEST_FAILED : MONITOR_EXIT_SUCCESS);
		return MONITOR_OK;
	}
	if (m->word[0] != MONITOR_REQUEST_RESTART || !part || part_is(part, PARTITION_MONITOR))
		return MONITOR_REFUSED;
	say("the operator restarts partition '%s'", part->description->name);
	lifecycle_rebuild(part);
	return MONITOR_OK;
}

static int stop_partition(void)
{
	for (unsigned int i = 0; i < monitor.count && monitor.stoppable; i++) {
		struct part *part = &monitor.part[i];
		if (strcmp(part->description->name, monitor.stoppable) != 0 && strcmp(part->description->program, monitor.stoppable) != 0)
			continue;
		say("the program of partition '%s' is suspended for a test", part->description->name);
		return part->state == PART_RUNNING && l4_thread_suspend(part->program.thread) == L4_OK ? MONITOR_OK : MONITOR_REFUSED;
	}
	return MONITOR_REFUSED;
}

static int program_message(struct part *part, l4_word_t label, const struct l4_registers *m)
{
	bool console = part_is(part, PARTITION_CONSOLE), tester = part_is(part, PARTITION_TESTER);
	if (label == MONITOR_EXIT) {
		fault_exit(part, m->word[0]);
		return NO_ANSWER;
	}
	if (label == MONITOR_GUEST_STATE && part_is(part, PARTITION_GUEST))
		return guest_state(part, m);
	if (label == MONITOR_OPERATOR && console)
		return operator_request(m);
	if (label == MONITOR_DRAINED && console) {
		lifecycle_drained();
		return MONITOR_OK;
	}
	if (label == MONITOR_STOP_PARTITION && tester)
		return stop_partition();
	if (label == MONITOR_END_TEST && tester) {
		lifecycle_end_machine(m->word[0]);
		lifecycle_ended(part);
		return NO_ANSWER;
	}
	return MONITOR_REFUSED;
}

static int pager_message(struct part *part, l4_word_t label, const struct l4_registers *m)
{
	if (label == MONITOR_EXIT)
		fault_exit(part, m->word[0]);
	else if (label == MONITOR_CLIENT_FAULT)
		fault_report(part, "program", m->word);
	else
		return MONITOR_REFUSED;
	return NO_ANSWER;
}

static int kernel_message(struct part *part, const char *who, l4_word_t label, const struct l4_registers *m)
{
	l4_word_t words[MONITOR_FAULT_LENGTH];
	fault_from_kernel(part, label, m->word, words);
	fault_report(part, who, words);
	return NO_ANSWER;
}

static int message(l4_word_t badge, l4_word_t label, const struct l4_registers *m)
{
	if (badge == 0 || (badge - 1) / ROLES >= monitor.count)
		return MONITOR_REFUSED;
	struct part *part = &monitor.part[(badge - 1) / ROLES];
	switch ((badge - 1) % ROLES) {
	case ROLE_PROGRAM_FAULT:
		return kernel_message(part, "program", label, m);
	case ROLE_PAGER_FAULT:
		return kernel_message(part, "pager", label, m);
	case ROLE_PROGRAM:
		return program_message(part, label, m);
	default:
		return pager_message(part, label, m);
	}
}

static void serve(void)
{
	struct l4_registers m = {{0}};
	struct l4_result result = l4_recv(monitor.manifest->endpoint, &m);
	for (;;) {
		int answer = NO_ANSWER;
		if (result.status == L4_OK && result.tag & L4_TAG_NOTIFICATION)
			lifecycle_drained();
		else if (result.status == L4_OK)
			answer = message(result.badge, l4_tag_label(result.tag), &m);
		memset(&m, 0, sizeof(m));
		if (answer == NO_ANSWER)
			result = l4_recv(monitor.manifest->endpoint, &m);
		else
			result = l4_reply_recv(monitor.manifest->endpoint, l4_tag((l4_word_t)answer, 0), &m);
	}
}

int main(int argc, char **argv)
{
	l4_cap_t reply = 0;
	monitor.manifest = (const struct manifest *)l4_startup_value("manifest");
	init_pool();
	L4_REQUIRE(l4_object_new(&monitor.objects, L4_TYPE_REPLY, &reply));
	L4_REQUIRE(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, reply));
	destroy_init();
	init_timer();
	init_parts();
	read_arguments(argc, argv);
	lifecycle_start();
	serve();
	return 0;
}
