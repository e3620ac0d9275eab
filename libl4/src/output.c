/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/output.h>

#include <string.h>

#include <l4/console_client.h>
#include <l4/stubs.h>

#include "libc/libc_private.h"

#define PRINT_BYTES 48 /* of one l4_system_print */

static l4_cap_t system_cap;

void l4_output_use_system(l4_cap_t system)
{
	system_cap = system;
}

static void print_piece(const char *text, size_t length)
{
	l4_word_t word[PRINT_BYTES / sizeof(l4_word_t)] = {0};

	memcpy(word, text, length);
	l4_system_print(system_cap, length, word[0], word[1], word[2], word[3], word[4], word[5]);
}

static void print(const char *text, size_t length)
{
	while (length > 0) {
		size_t piece = length < PRINT_BYTES ? length : PRINT_BYTES;

		print_piece(text, piece);
		text += piece;
		length -= piece;
	}
}

void l4_output(const char *text, size_t length)
{
	struct l4_console *console = l4_console();

	l4_libc_lock();
	if (console)
		l4_console_write(console, text, length);
	else if (system_cap)
		print(text, length);
	l4_libc_unlock();
}

void l4_output_string(const char *text)
{
	l4_output(text, strlen(text));
}

static void output_number(l4_word_t value, unsigned int base)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	l4_output(text + at, sizeof(text) - at);
}

void l4_output_decimal(l4_word_t value)
{
	output_number(value, 10);
}

void l4_output_hex(l4_word_t value)
{
	l4_output_string("0x");
	output_number(value, 16);
}
