/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixture.h"

#include <l4/startup.h>
#include <l4/time.h>

#include <target.h>

#include "watchdog.h"
#include "worker.h"

struct fixture fixture;

static l4_cap_t first_slot, next_slot, sleep_timer, sleep_notification;

static const struct l4_startup_untyped *largest(enum l4_memory kind)
{
	const struct l4_startup *block = l4_startup();
	const struct l4_startup_untyped *best = NULL;

	for (uint32_t i = 0; i < block->untyped_count; i++) {
		const struct l4_startup_untyped *untyped = &block->untyped[i];

		if (untyped->kind == kind && (!best || untyped->size_bits > best->size_bits))
			best = untyped;
	}
	L4_ENSURE(best);
	return best;
}

/* Slots that are used for the whole run come first. */
static l4_cap_t split_off(enum l4_memory kind, l4_word_t size_bits)
{
	l4_cap_t slot = next_slot++;

	L4_REQUIRE(l4_untyped_retype(largest(kind)->slot, L4_TYPE_UNTYPED, size_bits, L4_SLOT_CNODE, slot, 1));
	return slot;
}

/* What sleep_microseconds uses lives as long as the suite. */
static void make_sleep_timer(void)
{
	l4_cap_t memory = split_off(L4_MEMORY_OBJECT, 12);

	sleep_timer = next_slot++;
	sleep_notification = next_slot++;
	L4_REQUIRE(l4_untyped_retype(memory, L4_TYPE_TIMER, 0, L4_SLOT_CNODE, sleep_timer, 1));
	L4_REQUIRE(l4_untyped_retype(memory, L4_TYPE_NOTIFICATION, 0, L4_SLOT_CNODE, sleep_notification, 1));
	L4_REQUIRE(l4_timer_bind(sleep_timer, sleep_notification));
}

__attribute__((constructor)) static void fixture_init(void)
{
	fixture.domain = l4_startup_cap("domain");
	fixture.system = l4_startup_cap("system");
	fixture.irq_control = l4_startup_cap("irq_control");
	fixture.inspector = l4_startup_cap("inspector");
	fixture.schedule_control = l4_startup_cap("schedule_control");
	fixture.trace = l4_startup_cap("trace");
	fixture.levels = l4_startup_value("page_levels");
	fixture.space_end = process_end(fixture.levels);
	fixture.irq_lines = l4_startup_value("irq_lines");
	fixture.has_vcpu = l4_startup_value("has_vcpu");
	next_slot = l4_startup()->free_slot;
	fixture.object_memory = split_off(L4_MEMORY_OBJECT, OBJECT_BITS);
	fixture.user_memory = split_off(L4_MEMORY_USER, USER_BITS);
	l4_cap_t watchdog_memory = split_off(L4_MEMORY_OBJECT, WATCHDOG_BITS);
	watchdog_start(watchdog_memory, next_slot);
	next_slot += WATCHDOG_SLOTS;
	make_sleep_timer();
	first_slot = next_slot;
	L4_REQUIRE(l4_thread_set_priority(L4_SLOT_THREAD, fixture.domain, MAIN_PRIORITY));
}

void l4_test_setup(void)
{
	watchdog_feed();
	workers_forget();
	EXPECT_EQ(0, used_of(fixture.object_memory));
	EXPECT_EQ(0, used_of(fixture.user_memory));
}

void l4_test_teardown(void)
{
	L4_REQUIRE(l4_thread_set_priority(L4_SLOT_THREAD, fixture.domain, 255));
	revoke_cap(fixture.object_memory);
	revoke_cap(fixture.user_memory);
	for (; next_slot > first_slot; next_slot--)
		delete_cap(next_slot - 1);
	L4_REQUIRE(l4_thread_set_priority(L4_SLOT_THREAD, fixture.domain, MAIN_PRIORITY));
	EXPECT_EQ(0, used_of(fixture.object_memory));
	EXPECT_EQ(0, used_of(fixture.user_memory));
	check_kernel();
}

void check_kernel(void)
{
	l4_status_t status = l4_system_check(fixture.system, NULL);

	if (status != L4_UNSUPPORTED) /* a release kernel's answer */
		EXPECT_OK(status);
}

l4_cap_t new_slots(l4_word_t count)
{
	l4_cap_t first = next_slot;

	next_slot += count;
	EXPECT_TRUE(next_slot < l4_startup()->slot_count - 1);
	return first;
}

l4_cap_t new_slot(void)
{
	return new_slots(1);
}

l4_cap_t new_sized(l4_word_t type, l4_word_t size_bits)
{
	l4_cap_t slot = new_slot();

	EXPECT_OK(l4_untyped_retype(type == L4_TYPE_FRAME ? fixture.user_memory : fixture.object_memory, type, size_bits, L4_SLOT_CNODE, slot, 1));
	return slot;
}

l4_cap_t new_object(l4_word_t type)
{
	return new_sized(type, 0);
}

l4_cap_t new_frame(void)
{
	return new_sized(L4_TYPE_FRAME, L4_PAGE_BITS);
}

l4_cap_t new_cnode(l4_word_t slots)
{
	l4_word_t bits = 7;

	while ((1UL << bits) / 64 < slots)
		bits++;
	return new_sized(L4_TYPE_CNODE, bits);
}

l4_cap_t new_time(l4_word_t budget, l4_word_t period)
{
	l4_cap_t time = new_object(L4_TYPE_SCHED_CONTEXT);

	EXPECT_OK(l4_sched_context_configure(time, fixture.domain, budget, period));
	return time;
}

l4_cap_t copy_cap(l4_cap_t cap, l4_word_t rights)
{
	l4_cap_t slot = new_slot();

	EXPECT_OK(l4_cnode_copy(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, cap, rights));
	return slot;
}

l4_cap_t mint_cap(l4_cap_t cap, l4_word_t rights, l4_word_t badge)
{
	l4_cap_t slot = new_slot();

	EXPECT_OK(l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, cap, rights, badge));
	return slot;
}

l4_status_t try_copy(l4_cap_t cap, l4_cap_t to)
{
	return l4_cnode_copy(L4_SLOT_CNODE, to, L4_SLOT_CNODE, cap, L4_ALL_RIGHTS);
}

l4_cap_t deepest_copy(l4_cap_t cap)
{
	for (int i = 0; i <= L4_DERIVATION_DEPTH_MAX; i++) {
		l4_cap_t next = new_slot();
		l4_status_t status = try_copy(cap, next);

		if (status == L4_TOO_DEEP)
			return cap;
		EXPECT_OK(status);
		cap = next;
	}
	l4_test_fail(__FILE__, __LINE__, "there is no longest chain");
}

void stand_at(l4_word_t type)
{
	l4_word_t found = L4_TYPE_NULL;

	EXPECT_OK(l4_inspector_next(fixture.inspector, 1, &found, NULL, NULL, NULL, NULL, NULL, NULL, NULL));
	while (found != type && found != L4_TYPE_NULL)
		EXPECT_OK(l4_inspector_next(fixture.inspector, 0, &found, NULL, NULL, NULL, NULL, NULL, NULL, NULL));
	EXPECT_EQ(type, found);
}

void delete_cap(l4_cap_t cap)
{
	EXPECT_OK(l4_cnode_delete(L4_SLOT_CNODE, cap));
}

void revoke_cap(l4_cap_t cap)
{
	EXPECT_OK(l4_cnode_revoke(L4_SLOT_CNODE, cap));
}

l4_word_t type_of(l4_cap_t slot)
{
	l4_word_t type;

	EXPECT_OK(l4_cnode_identify(L4_SLOT_CNODE, slot, &type, NULL, NULL, NULL, NULL));
	return type;
}

l4_word_t rights_of(l4_cap_t slot)
{
	l4_word_t rights;

	EXPECT_OK(l4_cnode_identify(L4_SLOT_CNODE, slot, NULL, &rights, NULL, NULL, NULL));
	return rights;
}

l4_word_t badge_of(l4_cap_t slot)
{
	l4_word_t badge;

	EXPECT_OK(l4_cnode_identify(L4_SLOT_CNODE, slot, NULL, NULL, &badge, NULL, NULL));
	return badge;
}

bool is_empty(l4_cap_t slot)
{
	return type_of(slot) == L4_TYPE_NULL;
}

l4_word_t used_of(l4_cap_t untyped)
{
	l4_word_t used;

	EXPECT_OK(l4_untyped_info(untyped, NULL, &used, NULL));
	return used;
}

void make_tables(l4_cap_t vspace, l4_word_t vaddr)
{
	l4_status_t status;

	do {
		status = l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), vspace, vaddr);
	} while (status == L4_OK);
	EXPECT_STATUS(L4_OCCUPIED, status);
}

void map_frame(l4_cap_t vspace, l4_cap_t frame, l4_word_t vaddr, l4_word_t rights)
{
	l4_status_t status = l4_frame_map(frame, vspace, vaddr, rights, NULL);

	if (status == L4_MISSING_TABLE) {
		make_tables(vspace, vaddr);
		status = l4_frame_map(frame, vspace, vaddr, rights, NULL);
	}
	EXPECT_OK(status);
}

l4_cap_t alarm_in(l4_cap_t notification, l4_word_t microseconds)
{
	l4_cap_t timer = new_object(L4_TYPE_TIMER);

	EXPECT_OK(l4_timer_bind(timer, notification));
	EXPECT_OK(l4_timer_arm(timer, l4_now() + l4_ticks_of_microseconds(microseconds)));
	return timer;
}

void sleep_microseconds(l4_word_t microseconds)
{
	EXPECT_OK(l4_timer_arm(sleep_timer, l4_now() + l4_ticks_of_microseconds(microseconds)));
	EXPECT_EQ(1, l4_wait(sleep_notification));
}
