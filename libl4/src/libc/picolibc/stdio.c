/* SPDX-License-Identifier: BSD-2-Clause */
/* The three standard streams: output by lines to l4_output, input from the console channel. */
#include <stdio.h>

#include <l4/console_client.h>
#include <l4/output.h>

#include "../libc_private.h"

#define LINE_SIZE 128
#define INPUT_SIZE 64

/* Both under the C library's lock. */
static struct {
	char text[LINE_SIZE];
	size_t used;
} line;

static void flush_line(void)
{
	l4_output(line.text, line.used);
	line.used = 0;
}

static int put(char c, FILE *file)
{
	(void)file;
	l4_libc_lock();
	line.text[line.used++] = c;
	if (c == '\n' || line.used == LINE_SIZE)
		flush_line();
	l4_libc_unlock();
	return (unsigned char)c;
}

static int flush(FILE *file)
{
	(void)file;
	l4_libc_lock();
	flush_line();
	l4_libc_unlock();
	return 0;
}

/* Standard input has one reader at a time: a wait for input must not hold the lock that output needs. */
static int get(FILE *file)
{
	static char text[INPUT_SIZE];
	static size_t used, filled;

	flush(file);
	if (used == filled) {
		used = 0;
		filled = l4_console() ? l4_console_read(l4_console(), text, sizeof(text)) : 0;
		if (filled == 0)
			return _FDEV_EOF;
	}
	return (unsigned char)text[used++];
}

static FILE output = FDEV_SETUP_STREAM(put, NULL, flush, _FDEV_SETUP_WRITE);
static FILE input = FDEV_SETUP_STREAM(NULL, get, NULL, _FDEV_SETUP_READ);

FILE *const stdin = &input;
FILE *const stdout = &output;
FILE *const stderr = &output;

void l4_libc_flush(void)
{
	flush(&output);
}
