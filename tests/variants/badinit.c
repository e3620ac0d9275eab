/* SPDX-License-Identifier: BSD-2-Clause */
/* An init that hands over one interrupt too many, and maps one page too many into the monitor (tests/system/test_verify.py). */
#include "devices.h"
#include "successor.h"

#define LINE 9 /* nobody's */

static l4_cap_t interrupt;

void __real_devices_make(const struct system_description *system, struct handover_device device[SYSTEM_DEVICES_MAX]);
void __wrap_devices_make(const struct system_description *system, struct handover_device device[SYSTEM_DEVICES_MAX]);
void __real_successor_reserve_rest(void);
void __wrap_successor_reserve_rest(void);

void __wrap_devices_make(const struct system_description *system, struct handover_device device[SYSTEM_DEVICES_MAX])
{
	__real_devices_make(system, device);
	interrupt = devices_interrupt(LINE);
}

void __wrap_successor_reserve_rest(void)
{
	static const char text[] = "one page too many";
	successor_move(interrupt);
	process_map_data(&successor, "too_many", text, sizeof(text));
	__real_successor_reserve_rest();
}
