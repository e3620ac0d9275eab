/* SPDX-License-Identifier: BSD-2-Clause */
#include "vmm_stubs.h"

#include <guest.h>
#include <terminal.h>

#include <string.h>

struct stubs stubs;

void stubs_reset(void)
{
	memset(&stubs, 0, sizeof(stubs));
	stubs.output_room = STUB_TERMINAL_SIZE;
	stubs.input = "";
	stubs.timer = UINT64_MAX;
}

void *guest_memory(uint64_t gpa, uint64_t length)
{
	uint64_t offset = gpa - STUB_MEMORY_BASE;

	if (offset > STUB_MEMORY_SIZE || length > STUB_MEMORY_SIZE - offset)
		return NULL;
	return stubs.memory + offset;
}

void guest_set_line(unsigned int line, bool level)
{
	stubs.line[line] = level;
	stubs.line_changes++;
}

void guest_set_timer(uint64_t deadline)
{
	stubs.timer = deadline;
}

void guest_fence_instructions(void)
{
	stubs.instruction_fences++;
}

void guest_fence_translations(void)
{
	stubs.translation_fences++;
}

static __attribute__((noreturn)) void end(enum stub_end how)
{
	stubs.end = how;
	longjmp(stubs.ended, 1);
}

void guest_off(uint64_t reason)
{
	(void)reason;
	end(STUB_OFF);
}

void guest_reboot(uint64_t reason)
{
	(void)reason;
	end(STUB_REBOOT);
}

void guest_failed(const char *text, uint64_t detail)
{
	(void)text;
	(void)detail;
	end(STUB_FAILED);
}

bool terminal_put(uint8_t byte)
{
	return terminal_write(&byte, 1) == 1;
}

size_t terminal_write(const uint8_t *data, size_t length)
{
	size_t count = length < stubs.output_room ? length : stubs.output_room;

	memcpy(stubs.output + stubs.output_length, data, count);
	stubs.output_length += count;
	stubs.output_room -= count;
	return count;
}

int terminal_get(void)
{
	return *stubs.input ? (uint8_t)*stubs.input++ : -1;
}
