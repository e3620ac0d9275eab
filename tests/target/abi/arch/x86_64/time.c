/* SPDX-License-Identifier: BSD-2-Clause */
/* What is particular to the timers of PCs. */
#include "../../fixture.h"

#include <l4/time.h>

/* The local APIC's timer counts 32 bits at up to 1 GHz: 4.3 seconds. */
#define FAR_MICROSECONDS 4500000

TEST(XTM0001, "a deadline that is farther away than the local APIC's timer can count comes, and not early")
{
	l4_word_t start = l4_now();

	sleep_microseconds(FAR_MICROSECONDS);
	EXPECT_TRUE(l4_now() - start >= l4_ticks_of_microseconds(FAR_MICROSECONDS));
}
