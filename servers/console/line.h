/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of a client that does not have the terminal, as it may be shown among others'. Control characters have no business in a log: they could move the cursor, hide
 * what others say, or say it for them. ASCII's are left out, and so are those above it (C1), whether they come as bytes or as characters of UTF-8: what is no character of UTF-8 is
 * left out altogether.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define LINE_SIZE 256

struct line {
	char text[LINE_SIZE];
	unsigned int length;
	unsigned int begun; /* bytes at the end that are the beginning of a character */
	unsigned int left;  /* bytes that it lacks */
	uint8_t least;      /* the next one's least value */
};

void line_clear(struct line *line);

/* Puts a byte behind it, if it is of a text. The line has room. */
void line_add(struct line *line, char byte);

bool line_is_full(const struct line *line);

/* Nothing more will come: takes away what is no whole character. */
void line_finish(struct line *line);
