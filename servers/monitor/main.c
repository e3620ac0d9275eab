/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor holds the memory of all partitions, builds them, hears of their faults and ends, and rebuilds them. It is the one program
 * that can reach everything, so it does little: it serves no partition's daily work.
 */
#include <string.h>

#include <l4/abi/fault.h>
#include <l4/debug.h>
#include <l4/health.h>
#include <l4/ipc.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <servers/layout.h>

#include "alarm.h"
#include "allowance.h"
#include "build.h"
#include "channels.h"
#include "commands.h"
#include "console_channels.h"
#include "disks.h"
#include "faults.h"
#include "guest_failure.h"
#include "health.h"
#include "keep.h"
#include "lifecycle.h"
#include "machine_watchdog.h"
#include "overruns.h"
#include "program_report.h"
#include "refusals.h"
#include "say.h"
#include "schedules.h"
#include "watchdog.h"

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
	const struct handover *handover = monitor.handover;
	struct l4_result result;
	do {
		struct l4_registers m;
		result = l4_recv(handover->endpoint, &m);
	} while (result.status != L4_OK || l4_tag_label(result.tag) != HANDOVER_COMPLETE);
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, handover->init_thread));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, handover->init_cnode));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, handover->init_vspace));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, handover->init_sched_context));
	L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, handover->init_memory));
}

/* Of its own memory only what is left: init made the monitor of the rest. */
static void init_pool(void)
{
	const struct handover *handover = monitor.handover;
	l4_slots_init(&monitor.slots, L4_SLOT_CNODE, handover->free_slot, MONITOR_OWN_SLOTS, own_bitmap);
	l4_objects_init(&monitor.objects, &monitor.slots, own_owner);
	L4_ENSURE(l4_objects_add(&monitor.objects, handover->memory[0].object));
	L4_ENSURE(l4_objects_add(&monitor.objects, handover->memory[0].user));
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
	const struct system_description *system = &monitor.handover->system;
	while (monitor.count < SYSTEM_PARTITIONS_MAX && partition_is_used(&system->partition[monitor.count])) {
		part_init(&monitor.part[monitor.count], monitor.count);
		monitor.count++;
	}
	L4_REQUIRE(schedules_make());
	L4_REQUIRE(channels_make());
	L4_ENSURE(console_channels_make());
	L4_REQUIRE(disks_make());
	L4_REQUIRE(watchdogs_make());
	L4_REQUIRE(keep_make());
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

static int guest_state(struct part *part, const struct l4_registers *m)
{
	const char *name = part->description->name;
	switch (m->word[MONITOR_GUEST_STATE_KIND]) {
	case MONITOR_GUEST_RUNNING:
		part->has_disk_content = true;
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
		guest_failure_report(part, m);
		health_event(part, HEALTH_GUEST_PANIC, true);
		return NO_ANSWER;
	default:
		return MONITOR_REFUSED;
	}
}

static struct part *part_of_client(l4_word_t number)
{
	for (unsigned int i = 0; i < monitor.count; i++)
		if (monitor.part[i].console.exists && monitor.part[i].console.number == number)
			return &monitor.part[i];
	return NULL;
}

static int operator_request(const struct l4_registers *m)
{
	struct part *part = part_of_client(m->word[1]);
	if (m->word[0] == MONITOR_REQUEST_POWER_OFF) {
		say("the operator ends the machine");
		lifecycle_end_machine(lifecycle_client_has_failed() ? MONITOR_EXIT_GUEST_FAILED : MONITOR_EXIT_SUCCESS);
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

static int program_message(struct part *part, l4_word_t label, const struct l4_registers *m, struct answer *answer)
{
	bool console = part_is(part, PARTITION_CONSOLE), tester = part_is(part, PARTITION_TESTER);
	if (label == MONITOR_EXIT) {
		if (m->word[L4_MONITOR_EXIT_STATUS] && !health_is_ignored(part, HEALTH_APPLICATION_ERROR))
			refusal_report(part, m);
		fault_exit(part, m->word[0]);
		return NO_ANSWER;
	}
	if (label == L4_HEALTH_REPORT)
		return program_report(part, m);
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
	return command(part, label, m, answer);
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
	if (label == L4_FAULT_TIMEOUT) {
		allowance_begin(part);
		return overrun(part, m) ? MONITOR_OK : NO_ANSWER;
	}
	fault_from_kernel(part, label, m->word, words);
	fault_report(part, who, words);
	return NO_ANSWER;
}

static int message(l4_word_t badge, l4_word_t label, const struct l4_registers *m, struct answer *answer)
{
	if (badge == 0 || (badge - 1) / ROLES >= monitor.count)
		return MONITOR_REFUSED;
	struct part *part = &monitor.part[(badge - 1) / ROLES];
	if ((badge - 1) % ROLES == ROLE_PROGRAM)
		allowance_begin(part);
	switch ((badge - 1) % ROLES) {
	case ROLE_PROGRAM_FAULT:
		return kernel_message(part, "program", label, m);
	case ROLE_PAGER_FAULT:
		return kernel_message(part, "pager", label, m);
	case ROLE_PROGRAM:
		return program_message(part, label, m, answer);
	default:
		return pager_message(part, label, m);
	}
}

/*
 * Answers, and waits for the next message, whose words replace those in `m`. Who is to have NO_ANSWER is gone, and hears nothing; a caller in the name of somebody
 * who is gone has to be answered, or he would hold the reply object for good.
 */
static struct l4_result next_message(int label, const struct answer *answer, struct l4_registers *m)
{
	memcpy(m->word, answer->word, sizeof(m->word));
	if (label == NO_ANSWER)
		label = MONITOR_REFUSED;
	for (l4_word_t i = L4_MESSAGE_REGISTERS; i < answer->length; i++)
		l4_ipc_buffer->message[i] = answer->word[i];
	return l4_reply_recv(monitor.handover->endpoint, l4_tag((l4_word_t)label, answer->length), m);
}

/* Words that a message does not have are 0, as in registers, and not those of another one. */
static void clear_buffer_behind(l4_word_t length)
{
	for (l4_word_t i = length; i < L4_MESSAGE_WORDS; i++)
		l4_ipc_buffer->message[i] = 0;
}

static void serve(void)
{
	struct l4_registers m = {{0}};
	static struct answer answer;
	int label = NO_ANSWER;
	for (;;) {
		struct l4_result result = next_message(label, &answer, &m);
		memset(&answer, 0, sizeof(answer));
		label = NO_ANSWER;
		allowance_begin(NULL);
		clear_buffer_behind(result.status == L4_OK ? l4_tag_length(result.tag) : 0);
		if (result.status == L4_OK && result.tag & L4_TAG_NOTIFICATION)
			alarm_rings();
		else if (result.status == L4_OK)
			label = message(result.badge, l4_tag_label(result.tag), &m, &answer);
		alarm_set();
	}
}

int main(int argc, char **argv)
{
	l4_cap_t reply = 0;
	monitor.handover = (const struct handover *)l4_startup_value("handover");
	init_pool();
	L4_REQUIRE(l4_object_new(&monitor.objects, L4_TYPE_REPLY, &reply));
	L4_REQUIRE(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, reply));
	destroy_init();
	init_timer();
	init_parts();
	read_arguments(argc, argv);
	machine_watchdog_begin();
	lifecycle_start();
	alarm_set();
	serve();
	return 0;
}
