/* SPDX-License-Identifier: BSD-2-Clause */
#include "line.h"

#include <stdio.h>

#define FIELDS 5

/* The numbers of a line, and how many of them must be written. */
static size_t differences(const struct l4_trace_record *record, l4_word_t difference[FIELDS])
{
	static l4_word_t last[L4_TRACE_COUNT][FIELDS];
	const l4_word_t now[FIELDS] = {record->thread, record->detail, record->word[0], record->word[1], record->word[2]};
	size_t count = 0;

	for (size_t i = 0; i < FIELDS; i++) {
		difference[i] = now[i] - last[record->kind][i];
		last[record->kind][i] = now[i];
		if (difference[i])
			count = i + 1;
	}
	return count;
}

size_t trace_line(const struct l4_trace_record *record, char line[TRACE_LINE_SIZE])
{
	static l4_word_t last_time;
	l4_word_t difference[FIELDS];
	size_t count = differences(record, difference);
	int length = snprintf(line, TRACE_LINE_SIZE, "@t %x %lx", record->kind, record->time - last_time);

	last_time = record->time;
	for (size_t i = 0; i < count; i++)
		length += snprintf(line + length, TRACE_LINE_SIZE - (size_t)length, " %lx", difference[i]);
	return (size_t)(length + snprintf(line + length, TRACE_LINE_SIZE - (size_t)length, "\n"));
}
