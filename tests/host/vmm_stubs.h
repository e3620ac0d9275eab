/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in for the guest and its terminal, so that the VMM's devices and firmware run on the build machine. */
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUB_MEMORY_BASE 0x80000000UL
#define STUB_MEMORY_SIZE 8192
#define STUB_TERMINAL_SIZE 64
#define STUB_LINES 256
#define STUB_REGISTERS 256

enum stub_end { STUB_RUNNING, STUB_OFF, STUB_REBOOT, STUB_FAILED };

struct stubs {
	uint8_t memory[STUB_MEMORY_SIZE];
	uint64_t memory_base; /* STUB_MEMORY_BASE, until a test says otherwise */
	_Alignas(8) uint8_t more_memory[STUB_MEMORY_SIZE];
	uint64_t more_base;   /* 0: nowhere */
	uint64_t reg[STUB_REGISTERS];
	bool refuses_registers; /* offered values */
	bool line[STUB_LINES];
	unsigned int line_changes;
	uint64_t timer;
	char output[STUB_TERMINAL_SIZE];
	size_t output_length;
	size_t output_room; /* bytes that the terminal still takes */
	bool output_endless; /* it takes all, a little at a time, and only counts */
	size_t output_total;
	const char *input;  /* what comes from the terminal; ends with 0 */
	bool input_claimed; /* by the virtio console */
	bool nobody_listens; /* the terminal never comes back */
	unsigned int calls_back;
	unsigned int calls_back_later;
	enum stub_end end;
	jmp_buf ended;      /* taken by the guest's ends */
};

extern struct stubs stubs;

/* A fresh guest with a terminal that has room. */
void stubs_reset(void);
