/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/crc32.h>
#include <l4/stubs.h>

#include "picture.h"

#define RECORDS_MAX 8192
#define RUNS_MAX 4096
#define SPACES_MAX 64
#define SLOT_BYTES 64
#define HOLDER_MASK ((1UL << L4_HOLDER_SLOT_SHIFT) - 1)

/* `count` capabilities that differ by even steps alone. */
struct record {
	l4_word_t object;
	l4_word_t value;
	l4_word_t place;
	uint32_t count;
	uint16_t slot; /* of the holder's own */
	uint8_t type;
	uint8_t rights;
	uint8_t size_bits;
	uint8_t depth;
	uint8_t holder;
	int8_t object_step;
	int8_t place_step;
};

struct run {
	l4_word_t start;
	l4_word_t size;
	l4_word_t paddr;
	uint32_t rights;
	uint32_t record; /* whose space it is */
};

static struct record records[RECORDS_MAX];
static struct run runs[RUNS_MAX];
static l4_word_t spaces[SPACES_MAX]; /* whose mappings are known already: the walk meets a space once for each capability */
static size_t record_count, run_count, space_count;
static l4_cap_t inspector;

static l4_status_t next(bool first, struct record *record)
{
	l4_word_t type, rights, size_bits, depth, holder;
	l4_status_t status = l4_inspector_next(inspector, first, &type, &rights, &size_bits, &depth, &record->object, &record->value, &holder, &record->place);
	record->type = (uint8_t)type;
	record->rights = (uint8_t)rights;
	record->size_bits = (uint8_t)size_bits;
	record->depth = (uint8_t)depth;
	record->holder = (uint8_t)(holder & HOLDER_MASK);
	record->slot = (uint16_t)(holder >> L4_HOLDER_SLOT_SHIFT);
	record->count = 1;
	record->object_step = record->place_step = 0;
	return status;
}

/* How many steps of `size` lead from one number to the next: -1, 0, 1; 2 where it is something else. */
static int8_t step(l4_word_t from, l4_word_t to, l4_word_t size)
{
	return to == from ? 0 : to == from + size ? 1 : to == from - size ? -1 : 2;
}

/* Adds the capability to the last record. False where it does not continue that. */
static bool merge(const struct record *record)
{
	struct record *last = record_count ? &records[record_count - 1] : NULL;
	if (!last || last->type != record->type || last->rights != record->rights || last->size_bits != record->size_bits || last->depth != record->depth ||
	    last->value != record->value || last->holder != L4_HOLDER_CNODE || record->holder != L4_HOLDER_CNODE || record->type == L4_TYPE_VSPACE)
		return false;
	l4_word_t size = 1UL << record->size_bits, steps = last->count - 1;
	int8_t object_step = step(last->object + steps * (l4_word_t)last->object_step * size, record->object, size);
	int8_t place_step = step(last->place + steps * (l4_word_t)last->place_step * SLOT_BYTES, record->place, SLOT_BYTES);
	if (object_step == 2 || place_step == 2 || (steps && (object_step != last->object_step || place_step != last->place_step)))
		return false;
	last->object_step = object_step;
	last->place_step = place_step;
	last->count++;
	return true;
}

static void need(bool room)
{
	if (room)
		return;
	printf("this system has more capabilities or mappings than fit into the memory of the program that looks at them\n");
	exit(1);
}

static bool is_new_space(l4_word_t object)
{
	for (size_t i = 0; i < space_count; i++)
		if (spaces[i] == object)
			return false;
	need(space_count < SPACES_MAX);
	spaces[space_count++] = object;
	return true;
}

static void add_run(const struct run *run)
{
	struct run *last = run_count ? &runs[run_count - 1] : NULL;
	if (last && last->record == run->record && last->rights == run->rights && last->start + last->size == run->start && last->paddr + last->size == run->paddr) {
		last->size += run->size;
		return;
	}
	need(run_count < RUNS_MAX);
	runs[run_count++] = *run;
}

static l4_status_t collect_mappings(void)
{
	struct run run = {.record = (uint32_t)record_count - 1};
	l4_word_t rights, vaddr = 0;
	do {
		l4_status_t status = l4_inspector_mapping(inspector, vaddr, &run.start, &run.size, &run.paddr, &rights, &vaddr);
		if (status != L4_OK)
			return status;
		run.rights = (uint32_t)rights;
		if (run.size)
			add_run(&run);
	} while (vaddr);
	return L4_OK;
}

static l4_status_t collect(void)
{
	struct record record;
	record_count = run_count = space_count = 0;
	l4_status_t status = next(true, &record);
	while (status == L4_OK && record.type != L4_TYPE_NULL) {
		if (!merge(&record)) {
			need(record_count < RECORDS_MAX);
			records[record_count++] = record;
		}
		if (record.type == L4_TYPE_VSPACE && is_new_space(record.object))
			status = collect_mappings();
		if (status == L4_OK)
			status = next(false, &record);
	}
	return status;
}

/* --- Writing --- */

static uint32_t crc;

__attribute__((format(printf, 1, 2))) static void write_line(const char *format, ...)
{
	char line[200];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	crc = l4_crc32(crc, line, strlen(line));
	fputs(line, stdout);
}

static void write_record(const struct record *record)
{
	write_line("@c %x %x %x %x %lx %lx %x %x %lx %x %x %x\n", record->depth, record->type, record->rights, record->size_bits, record->object, record->value,
		   record->holder, record->slot, record->place, record->count, (unsigned int)record->object_step & 3, (unsigned int)record->place_step & 3);
}

void picture_take(l4_cap_t from)
{
	inspector = from;
	while (collect() != L4_OK)
		;
}

void picture_write(unsigned int number)
{
	size_t run = 0;
	printf("@begin %x\n", number);
	crc = 0;
	for (size_t i = 0; i < record_count; i++) {
		write_record(&records[i]);
		for (; run < run_count && runs[run].record == i; run++)
			write_line("@m %lx %lx %lx %x\n", runs[run].start, runs[run].size, runs[run].paddr, runs[run].rights);
	}
	printf("@end %x %lx %08x\n", number, record_count + run_count, crc);
}
