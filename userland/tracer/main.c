/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For `./bulkhead trace` (tools/launcher/trace.py): lets the kernel trace for a while, then writes to its console what all objects are (inspector/picture.h) and what the kernel has
 * recorded. Arguments: milliseconds to wait, milliseconds to trace. Numbers are hexadecimal:
 *
 *   @trace TICKS_PER_SECOND WRITTEN CAPACITY
 *        records that the kernel has written, and how many the ring holds: the newest
 *   @t ...
 *        a record (line.h)
 *   @traced LINES CRC
 *        the number of records, and the CRC-32, in eight digits, of their lines with their ends
 *
 * Nothing is written while the kernel traces, so that this program's own work is no part of what it shows.
 */
#include <stdio.h>
#include <stdlib.h>

#include <l4/crc32.h>
#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <l4/trace.h>

#include "../inspector/picture.h"
#include "line.h"

static l4_cap_t tracer;

static void sleep_milliseconds(l4_word_t milliseconds)
{
	if (!milliseconds)
		return;
	L4_REQUIRE(l4_timer_arm(l4_startup_cap("timer"), l4_now() + l4_ticks_of_microseconds(1000 * milliseconds)));
	l4_wait(l4_startup_cap("notification"));
}

static uint32_t write_record(const struct l4_trace_record *record, uint32_t crc)
{
	char line[TRACE_LINE_SIZE];
	size_t length = trace_line(record, line);

	fputs(line, stdout);
	return l4_crc32(crc, line, length);
}

static void write_records(l4_word_t written, l4_word_t capacity)
{
	struct l4_trace_record record[L4_TRACE_READ_MAX];
	l4_word_t position = 0, count, lines = 0;
	uint32_t crc = 0;

	printf("@trace %lx %lx %lx\n", l4_ticks_per_second(), written, capacity);
	for (;;) {
		L4_REQUIRE(l4_trace_read(tracer, position, record, &count, &position));
		if (!count)
			break;
		for (l4_word_t i = 0; i < count; i++)
			crc = write_record(&record[i], crc);
		position += count;
		lines += count;
	}
	printf("@traced %lx %08x\n", lines, crc);
}

static int refuse(const char *why)
{
	printf("tracer: %s\n", why);
	return 1;
}

int main(int count, char **arguments)
{
	l4_word_t written, capacity;

	tracer = l4_startup_cap("trace");
	if (!tracer)
		return refuse("this kernel traces nothing, or the description does not say trace = true");
	if (!l4_startup_cap("inspector") || !l4_startup_cap("timer"))
		return refuse("the description does not say inspect = true and timer = true");
	if (count != 3)
		return refuse("two arguments are needed: milliseconds to wait, milliseconds to trace");
	L4_REQUIRE(l4_timer_bind(l4_startup_cap("timer"), l4_startup_cap("timer.notify")));
	sleep_milliseconds(strtoul(arguments[1], NULL, 10));
	L4_REQUIRE(l4_trace_start(tracer, &capacity));
	sleep_milliseconds(strtoul(arguments[2], NULL, 10));
	L4_REQUIRE(l4_trace_stop(tracer, &written));
	picture_take(l4_startup_cap("inspector"));
	picture_write(0);
	write_records(written, capacity);
	return 0;
}
