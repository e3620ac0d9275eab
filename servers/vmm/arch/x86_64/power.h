/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways in which a guest turns its machine off or resets it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct power {
	uint8_t reset_control; /* port 0xcf9, without the bit that resets */
	bool warm_reset_is_panic;
};

/*
 * Of a guest whose command line has `reboot=panic_warm` (a parameter of Linux) a warm reset is a failure and no reboot: it asks for one when it has panicked,
 * and only then.
 */
void power_reset(struct power *power, bool warm_reset_is_panic);

/* A write to the port, if it is one of these. */
bool power_write(struct power *power, uint16_t port, uint8_t value);

/* A read; the value of ports that are none of these is left alone. */
void power_read(const struct power *power, uint16_t port, uint8_t *value);
