/* SPDX-License-Identifier: BSD-2-Clause */
/* The C library's clocks: time since power-on. There is no calendar. */
#include <errno.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#include <l4/time.h>

#define MICROSECONDS 1000000UL

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	l4_word_t now = l4_microseconds_of_ticks(l4_now());

	(void)zone;
	time->tv_sec = (time_t)(now / MICROSECONDS);
	time->tv_usec = (suseconds_t)(now % MICROSECONDS);
	return 0;
}

clock_t times(struct tms *buffer)
{
	clock_t now = (clock_t)(l4_microseconds_of_ticks(l4_now()) / (MICROSECONDS / CLOCKS_PER_SEC));

	*buffer = (struct tms){.tms_utime = now};
	return now;
}
