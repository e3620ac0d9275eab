/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include <string.h>

#include <l4/time.h>

#define LINES 32

static struct log_line lines[LINES];
static l4_word_t count; /* of all lines that there ever were */

void log_add(const char *text, size_t size)
{
	struct log_line *line = &lines[count % LINES];
	*line = (struct log_line){.number = count, .time = l4_now(), .size = size < sizeof(line->text) ? size : sizeof(line->text)};
	memcpy(line->text, text, line->size);
	count++;
}

l4_word_t log_count(void)
{
	return count;
}

const struct log_line *log_line(l4_word_t number)
{
	l4_word_t oldest = count < LINES ? 0 : count - LINES;
	if (number >= count)
		return NULL;
	return &lines[(number < oldest ? oldest : number) % LINES];
}
