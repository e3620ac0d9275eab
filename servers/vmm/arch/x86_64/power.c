/* SPDX-License-Identifier: BSD-2-Clause */
#include "power.h"

#include <string.h>

#include "acpi.h"
#include "guest.h"
#include "layout.h"

/* Where an operating system says to the firmware that a reset is a warm one (the BIOS data area). */
#define RESET_FLAG 0x472UL
#define RESET_FLAG_WARM 0x1234

enum { RESET_CONTROL_RESET = 4, RESET_CONTROL_SYSTEM = 2, RESET_CONTROL_BITS = 0xe };
/* The keyboard controller's command to pulse its output lines, the lowest of which is the processor's reset. */
enum { KEYBOARD_PULSE = 0xf0, KEYBOARD_NOT_RESET = 1 };

void power_reset(struct power *power, bool warm_reset_is_panic)
{
	*power = (struct power){.warm_reset_is_panic = warm_reset_is_panic};
}

static __attribute__((noreturn)) void restart(const struct power *power)
{
	uint16_t flag = 0;
	memcpy(&flag, guest_memory(RESET_FLAG, sizeof(flag)), sizeof(flag));
	if (power->warm_reset_is_panic && flag == RESET_FLAG_WARM)
		guest_failed("guest kernel panic", 0);
	guest_reboot(0);
}

static void write_sleep_control(uint8_t value)
{
	if (value & ACPI_SLEEP_ENABLE && (value >> ACPI_SLEEP_TYPE_SHIFT & ACPI_SLEEP_TYPE_MASK) == ACPI_SLEEP_TYPE_OFF)
		guest_off(0);
}

/* The reset comes with the rise of its bit. */
static void write_reset_control(struct power *power, uint8_t value)
{
	if (value & RESET_CONTROL_RESET)
		restart(power);
	power->reset_control = value & RESET_CONTROL_BITS;
}

static void write_keyboard(const struct power *power, uint8_t command)
{
	if ((command & KEYBOARD_PULSE) == KEYBOARD_PULSE && !(command & KEYBOARD_NOT_RESET))
		restart(power);
}

bool power_write(struct power *power, uint16_t port, uint8_t value)
{
	switch (port) {
	case LAYOUT_PORT_SLEEP_CONTROL: write_sleep_control(value); return true;
	case LAYOUT_PORT_SLEEP_STATUS: return true; /* its bits are cleared by writing them; none is ever set */
	case LAYOUT_PORT_RESET: write_reset_control(power, value); return true;
	case LAYOUT_PORT_KEYBOARD: write_keyboard(power, value); return true;
	default: return false;
	}
}

void power_read(const struct power *power, uint16_t port, uint8_t *value)
{
	switch (port) {
	case LAYOUT_PORT_SLEEP_CONTROL:
	case LAYOUT_PORT_SLEEP_STATUS: *value = 0; break;
	case LAYOUT_PORT_RESET: *value = power->reset_control; break;
	default: break;
	}
}
