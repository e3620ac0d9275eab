/* SPDX-License-Identifier: BSD-2-Clause */
#include "firmware.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/print.h>
#include <map.h>

#define WINDOW_PAGES 512
#define PADDR_BITS 40

uint8_t firmware[FIRMWARE_SIZE];

static void *mapped;
static jmp_buf panic_end;
static const char *panic_text;

void firmware_clear(void)
{
	memset(firmware, 0, sizeof(firmware));
}

void firmware_put(uint64_t paddr, const void *bytes, size_t size)
{
	memcpy(firmware + paddr, bytes, size);
}

void firmware_sum(uint64_t start, size_t size, uint64_t checksum)
{
	uint8_t sum = 0;

	firmware[checksum] = 0;
	for (size_t i = 0; i < size; i++)
		sum += firmware[start + i];
	firmware[checksum] = (uint8_t)-sum;
}

const char *firmware_panic_of(void (*what)(void))
{
	panic_text = NULL;
	if (setjmp(panic_end) == 0)
		what();
	return panic_text;
}

/* The copy is as aligned as the original. Where there is no memory, all bits read as set. */
const void *map_firmware(paddr_t base, size_t size)
{
	uint64_t limit = 1UL << PADDR_BITS;

	map_firmware_end();
	if (size == 0 || base >= limit || size > limit - base || (base % PAGE_SIZE + size + PAGE_SIZE - 1) / PAGE_SIZE > WINDOW_PAGES)
		return NULL;
	size_t offset = base % 16;
	uint8_t *copy = malloc(offset + size);
	mapped = copy;
	for (size_t i = 0; i < size; i++)
		copy[offset + i] = base + i < FIRMWARE_SIZE ? firmware[base + i] : 0xff;
	return copy + offset;
}

void map_firmware_end(void)
{
	free(mapped);
	mapped = NULL;
}

NORETURN void panic(const char *what, word_t value)
{
	(void)value;
	panic_text = what;
	longjmp(panic_end, 1);
}

void print_text(const char *text)
{
	(void)text;
}

void print_hex(word_t value)
{
	(void)value;
}
