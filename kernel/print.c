/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/print.h>

void print_text(const char *text)
{
	while (*text)
		arch_putchar(*text++);
}

void print_hex(word_t value)
{
	print_text("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		arch_putchar("0123456789abcdef"[value >> shift & 15]);
}

void print_decimal(word_t value)
{
	char digits[20];
	unsigned count = 0;
	do {
		digits[count++] = '0' + value % 10;
		value /= 10;
	} while (value);
	while (count)
		arch_putchar(digits[--count]);
}

void panic(const char *what, word_t value)
{
	print_text("\nkernel panic: ");
	print_text(what);
	print_text(" (");
	print_hex(value);
	print_text(")\n");
	arch_halt(STATUS_SYSTEM_FAILURE);
}
