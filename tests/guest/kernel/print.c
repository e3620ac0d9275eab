/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>

#include "kernel.h"

#define LINE_SIZE 256

static struct {
	char text[LINE_SIZE];
	size_t length;
} line;

static void flush(void)
{
	for (size_t done = 0; done < line.length;)
		done += console_write(line.text + done, line.length - done);
	line.length = 0;
}

static void put(char c)
{
	line.text[line.length++] = c;
	if (c == '\n' || line.length == LINE_SIZE)
		flush();
}

static void put_string(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_number(uint64_t value, unsigned int base)
{
	char digits[20];
	unsigned int count = 0;
	do
		digits[count++] = "0123456789abcdef"[value % base];
	while (value /= base);
	while (count)
		put(digits[--count]);
}

static void put_signed(int64_t value)
{
	if (value < 0)
		put('-');
	put_number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

void print(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	for (const char *p = format; *p; p++) {
		if (*p != '%') {
			put(*p);
			continue;
		}
		while (*++p == 'l')
			;
		switch (*p) {
		case 's': put_string(va_arg(arguments, const char *)); break;
		case 'd': put_signed(va_arg(arguments, int64_t)); break;
		case 'u': put_number(va_arg(arguments, uint64_t), 10); break;
		case 'x': put_number(va_arg(arguments, uint64_t), 16); break;
		default: put(*p); break;
		}
	}
	va_end(arguments);
}

void *memset(void *at, int value, size_t size)
{
	char *bytes = at;
	while (size--)
		*bytes++ = value;
	return at;
}

void *memcpy(void *to, const void *from, size_t size)
{
	char *out = to;
	const char *in = from;
	while (size--)
		*out++ = *in++;
	return to;
}

size_t strlen(const char *text)
{
	size_t length = 0;
	while (text[length])
		length++;
	return length;
}
