/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests that do harm, as the argument mode=NAME says. Those that end by themselves power off (nothing must have come of it);
 * the others go on for ever, or for the seconds that seconds=N says.
 */
#include <userland/echo.h>

#include "kernel.h"

#define ECHO_SLOT 1
#define WATCHDOG_SLOT 15

static uint64_t random_state = 0x9e3779b97f4a7c15;

uint64_t random_word(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = platform_argument(name);
	uint64_t value = 0;
	for (; text && *text >= '0' && *text <= '9'; text++)
		value = value * 10 + *text - '0';
	return text ? value : otherwise;
}

static uint64_t end_time;

bool time_is_left(void)
{
	return now() < end_time;
}

/* An endless loop with interrupts off. */
static void spin(void)
{
	while (time_is_left())
		;
}

/* Its timer is due at each moment of a frame of 200 us, one after the other, also while others run. */
static void timer_sweep(void)
{
	uint64_t step = platform.timebase / 5000 + platform.timebase / 10000000;
	for (uint64_t at = now() + step; time_is_left(); at += step) {
		timer_set(at);
		while (now() < at)
			;
	}
}

/* No harm at all: for those who need a guest that is there, and that leaves its time to others. */
static void idle(void)
{
	for (;;)
		wait_for_interrupt();
}

static void hypercall_flood(void)
{
	while (time_is_left())
		firmware_nothing();
}

static void console_flood(void)
{
	while (time_is_left())
		print("a guest that does nothing but talk, line after line after line after line\n");
}

static void wild_call(uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	firmware_wild();
}

/* Calls with arguments that mean nothing; without those that would end the machine. Other firmware faults on some. */
static void wild_calls(void)
{
	for (uint64_t left = number("count", 20000); left; left--)
		trap_try(wild_call, 0, 0);
	test_prepare();
	print("wild calls survived\n");
}

static void jump(uint64_t address, uint64_t unused)
{
	(void)unused;
	((void (*)(void))address)();
}

static void wild_jumps(void)
{
	for (uint64_t left = number("count", 20000); left; left--)
		trap_try(jump, wild_address(), 0);
	print("wild jumps survived\n");
}

#define CALLS_WITHOUT_VMM 1000

/* Calls the native program in slot 1 when there is no VMM any more. As no console is left, the program tells the result: it ends the machine. */
static void without_vmm(void)
{
	uint64_t good = 0;
	print("stopping the VMM\n");
	if (slot_call(ECHO_SLOT, ECHO_STOP_VMM, 0, 0, 0, 0).error == 0) {
		for (uint64_t i = 0; i < CALLS_WITHOUT_VMM; i++) {
			struct slot_result r = slot_call(ECHO_SLOT, ECHO_ADD_ONE, i, 0, 0, 0);
			good += r.error == 0 && r.value == i + 1;
		}
	}
	slot_call(ECHO_SLOT, ECHO_END_TEST, good == CALLS_WITHOUT_VMM ? 0 : 10, 0, 0, 0);
	idle();
}

static void warm_reboot(void)
{
	machine_reboot(true);
}

static void cold_reboot(void)
{
	machine_reboot(false);
}

static void wait_for(uint64_t milliseconds)
{
	uint64_t end = now() + milliseconds * platform.timebase / 1000;
	while (now() < end)
		;
}

/* Gives some, is silent for five seconds, and then gives them for ever. */
static void signs_of_life(void)
{
	for (uint64_t i = 0; time_is_left(); i++) {
		if (slot_call(WATCHDOG_SLOT, 0, 0, 0, 0, 0).error)
			print("nobody hears signs of life\n");
		wait_for(20);
		if (i != 20)
			continue;
		wait_for(5000);
		print("well again\n");
	}
}

static void attacks(void);

static const struct action modes[] = {
	{"attacks", attacks},
	{"idle", idle}, {"spin", spin}, {"hypercalls", hypercall_flood}, {"console", console_flood}, {"calls", wild_calls}, {"jumps", wild_jumps},
	{"without-vmm", without_vmm}, {"failure", machine_failed}, {"warm-reboot", warm_reboot}, {"reboot", cold_reboot}, {"off", machine_off},
	{"signs", signs_of_life}, {"timer", timer_sweep}, {0},
};

static void run_named(const struct action *mode, const char *name)
{
	for (; mode->name; mode++)
		if (text_begins(mode->name, name) && text_begins(name, mode->name))
			mode->run();
}

/* One attack after the other, without end, each for as long as the others. */
static void attacks(void)
{
	static const char *const names[] = {"spin", "hypercalls", "faults", "console"};
	uint64_t length = number("seconds", 5) * platform.timebase;
	for (unsigned int next = 0;; next = (next + 1) % (sizeof(names) / sizeof(*names))) {
		print("attack %s\n", names[next]);
		end_time = now() + length;
		run_named(modes, names[next]);
		run_named(arch_modes, names[next]);
	}
}

/* Comes back where the mode is none of these, and ends the machine after one that comes back. */
static void run_mode(const struct action *mode)
{
	for (; mode->name; mode++) {
		if (!platform_argument_is("mode", mode->name))
			continue;
		print("mode %s\n", mode->name);
		mode->run();
		machine_off();
	}
}

void hostile_run(void)
{
	end_time = platform_argument("seconds") ? now() + number("seconds", 0) * platform.timebase : UINT64_MAX;
	run_mode(modes);
	run_mode(arch_modes);
	print("PANIC no such mode\n");
	machine_failed();
}
