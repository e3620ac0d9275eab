/* SPDX-License-Identifier: BSD-2-Clause */
#include "line.h"

#define DELETE 0x7f
#define CONTINUATION 0x80
#define CONTINUATION_MAX 0xbf

static void put(struct line *line, uint8_t byte)
{
	line->text[line->length++] = (char)byte;
}

static bool continues(const struct line *line, uint8_t byte)
{
	return line->left > 0 && byte >= line->least && byte <= CONTINUATION_MAX;
}

static void go_on(struct line *line, uint8_t byte)
{
	put(line, byte);
	line->least = CONTINUATION;
	line->begun = --line->left > 0 ? line->begun + 1 : 0;
}

/* Bytes behind the first one of a character; 0: it begins none. */
static unsigned int length_behind(uint8_t first)
{
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

/* Below it are C1's characters, and longer ways to write those that have a shorter one. */
static uint8_t least_behind(uint8_t first)
{
	return first == 0xc2 || first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : CONTINUATION;
}

static void begin(struct line *line, uint8_t first)
{
	line->left = length_behind(first);
	if (!line->left)
		return;
	line->least = least_behind(first);
	line->begun = 1;
	put(line, first);
}

void line_clear(struct line *line)
{
	line->length = line->begun = line->left = 0;
}

void line_add(struct line *line, char byte)
{
	uint8_t value = (uint8_t)byte;
	if (continues(line, value)) {
		go_on(line, value);
		return;
	}
	line_finish(line);
	if (value >= CONTINUATION)
		begin(line, value);
	else if ((value >= ' ' && value != DELETE) || value == '\t')
		put(line, value);
}

bool line_is_full(const struct line *line)
{
	return line->length == LINE_SIZE;
}

void line_finish(struct line *line)
{
	line->length -= line->begun;
	line->begun = line->left = 0;
}
