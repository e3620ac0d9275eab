/* SPDX-License-Identifier: BSD-2-Clause */
#include "tables.h"

#include <l4/time.h>

l4_cap_t new_schedule(l4_word_t pad_microseconds, l4_cap_t slack)
{
	l4_cap_t schedule = new_sized(L4_TYPE_SCHEDULE, 10);

	EXPECT_OK(l4_schedule_configure(schedule, l4_ticks_of_microseconds(pad_microseconds), slack));
	return schedule;
}

void set_window(l4_cap_t schedule, l4_word_t index, l4_cap_t domain)
{
	EXPECT_OK(l4_schedule_set(schedule, index, l4_ticks_of_microseconds(WINDOW_MICROSECONDS), domain));
}

l4_word_t window_start(void)
{
	l4_word_t start;

	EXPECT_OK(l4_schedule_control_info(fixture.schedule_control, NULL, &start, NULL, NULL, NULL, NULL));
	return start;
}

l4_word_t frames(void)
{
	l4_word_t frames;

	EXPECT_OK(l4_schedule_control_info(fixture.schedule_control, NULL, NULL, &frames, NULL, NULL, NULL));
	return frames;
}

void follow(l4_cap_t schedule)
{
	EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, schedule));
	l4_word_t now = frames();
	EXPECT_EVENTUALLY(frames() > now + 1);
}

l4_cap_t shared_with(l4_cap_t domain)
{
	l4_cap_t schedule = new_schedule(0, 0);

	set_window(schedule, 0, fixture.domain);
	set_window(schedule, 1, domain);
	return schedule;
}
