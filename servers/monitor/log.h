/* SPDX-License-Identifier: BSD-2-Clause */
/* The last of the monitor's own words, for those that may ask for them. */
#pragma once

#include <servers/monitor_commands.h>

struct log_line {
	l4_word_t number; /* from 0 on */
	l4_word_t time;   /* ticks */
	l4_word_t size;
	char text[MONITOR_LOG_TEXT_SIZE];
};

/* Keeps a line, of which what is too long is cut off; the oldest one is forgotten. */
void log_add(const char *text, size_t size);

/* Of all lines that there ever were. */
l4_word_t log_count(void);

/* Line `number`, or the oldest one that is left where it is gone. Null where there is none yet. */
const struct log_line *log_line(l4_word_t number);
