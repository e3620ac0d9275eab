/* SPDX-License-Identifier: BSD-2-Clause */
/* The test kernel's own runtime. It runs as a guest of Bulkhead, and natively where there is firmware to run it, which must make no difference. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <machine.h>

/* --- The machine, as its description tells --- */
struct platform {
	uint64_t memory_base, memory_size;
	uint64_t timebase;          /* ticks of now() per second */
	char arguments[1024];
	bool is_bulkhead;           /* else: any other machine, whose firmware may be older */
};
extern struct platform platform;

void platform_set_arguments(const char *text);

/* The value of `name=value` among the arguments; null where there is none. Ends with a space or 0. */
const char *platform_argument(const char *name);
bool platform_argument_is(const char *name, const char *value);
bool text_begins(const char *text, const char *prefix);

/* --- Output: %d %u %x (64-bit), %s %c --- */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- What the command line chooses --- */
/* Runs the tests, or what else is asked for, and ends the machine. */
__attribute__((noreturn)) void kernel_run(void);
void bench_run(void);
__attribute__((noreturn)) void hostile_run(void);
uint64_t random_word(void);
/* Has a mode still time? */
bool time_is_left(void);

/* A guest that does harm, or a figure that the bench tells. */
struct action {
	const char *name;
	void (*run)(void);
};

/* --- The architecture's part: arch/ISA/ (machine.h has now() and wait_for_interrupt()) --- */

/* Takes as many bytes as it has room for. */
size_t console_write(const char *text, size_t length);

__attribute__((noreturn)) void machine_off(void);
__attribute__((noreturn)) void machine_failed(void);
__attribute__((noreturn)) void machine_reboot(bool warm);

/* 0 when function(a, b) returned, 1 when an exception ended it, which is in trap_record then. */
int trap_try(void (*function)(uint64_t a, uint64_t b), uint64_t a, uint64_t b);

/* Puts the state that tests share as it is for the first of them: before a test, and after it. */
void test_prepare(void);
void test_clean(void);

/* A hypercall to a slot of the guest's cnode. */
struct slot_result {
	int64_t error;
	uint64_t value;
};
struct slot_result slot_call(uint64_t slot, uint64_t operation, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
/* Does a call of slot 1 leave the registers that carry no result as they were? */
bool slot_registers_survive(void);

/* The cheapest call that the VMM answers; a call with arguments that mean nothing. */
void firmware_nothing(void);
void firmware_wild(void);
/* An address where nothing can be executed. */
uint64_t wild_address(void);
/* The guest's own timer is due then, by its own clock. */
void timer_set(uint64_t deadline);

/* More than what every architecture has; the last has no name. */
extern const struct action arch_modes[];
extern const struct action arch_figures[];
/* A count of instructions, where the machine lets itself be asked; bench_run() asks first. */
uint64_t instruction_count(void);
