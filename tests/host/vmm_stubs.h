/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in for the guest and its terminal, so that the VMM's devices and firmware run on the build machine. */
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUB_MEMORY_BASE 0x80000000UL
#define STUB_MEMORY_SIZE 4096
#define STUB_TERMINAL_SIZE 64
#define STUB_LINES 16

enum stub_end { STUB_RUNNING, STUB_OFF, STUB_REBOOT, STUB_FAILED };

struct stubs {
	uint8_t memory[STUB_MEMORY_SIZE];
	bool line[STUB_LINES];
	unsigned int line_changes;
	uint64_t timer;
	unsigned int instruction_fences;
	unsigned int translation_fences;
	char output[STUB_TERMINAL_SIZE];
	size_t output_length;
	size_t output_room; /* bytes that the terminal still takes */
	const char *input;  /* what comes from the terminal; ends with 0 */
	enum stub_end end;
	jmp_buf ended;      /* taken by the guest's ends */
};

extern struct stubs stubs;

/* A fresh guest with a terminal that has room. */
void stubs_reset(void);
