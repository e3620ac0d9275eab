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
	stubs.memory_base = STUB_MEMORY_BASE;
}

static void *find_in(uint8_t memory[STUB_MEMORY_SIZE], uint64_t base, uint64_t gpa, uint64_t length)
{
	uint64_t offset = gpa - base;

	if (offset > STUB_MEMORY_SIZE || length > STUB_MEMORY_SIZE - offset)
		return NULL;
	return memory + offset;
}

void *guest_memory(uint64_t gpa, uint64_t length)
{
	void *found = find_in(stubs.memory, stubs.memory_base, gpa, length);

	return found || !stubs.more_base ? found : find_in(stubs.more_memory, stubs.more_base, gpa, length);
}

void guest_set_line(unsigned int line, bool level)
{
	stubs.line[line] = level;
	stubs.line_changes++;
}

uint64_t guest_register(unsigned int number)
{
	return stubs.reg[number];
}

void guest_set_register(unsigned int number, uint64_t value)
{
	stubs.reg[number] = value;
}

bool guest_offer_register(unsigned int number, uint64_t value)
{
	if (!stubs.refuses_registers)
		stubs.reg[number] = value;
	return !stubs.refuses_registers;
}

void guest_set_timer(uint64_t deadline)
{
	stubs.timer = deadline;
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

	stubs.output_total += count;
	if (stubs.output_endless)
		return count;
	memcpy(stubs.output + stubs.output_length, data, count);
	stubs.output_length += count;
	stubs.output_room -= count;
	return count;
}

int terminal_get(void)
{
	return !stubs.input_claimed && *stubs.input ? (uint8_t)*stubs.input++ : -1;
}

size_t terminal_read(uint8_t *data, size_t length)
{
	size_t count = 0;

	while (count < length && *stubs.input)
		data[count++] = *stubs.input++;
	return count;
}

void terminal_claim(bool claimed)
{
	stubs.input_claimed = claimed;
}

void terminal_call_back_later(void)
{
	stubs.calls_back_later++;
}

bool terminal_call_back(void)
{
	stubs.calls_back++;
	return !stubs.nobody_listens;
}
