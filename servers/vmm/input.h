/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMM's second thread. */
#pragma once

#include "config.h"

struct input {
	l4_cap_t endpoint;     /* of the main loop */
	l4_cap_t notification; /* that the console server, the terminal's timer and channels signal; 0: none */
	l4_cap_t vcpu_thread;
};

/*
 * Starts the thread that tells the main loop of terminal events. Its first event, which the main loop answers when it begins to
 * serve, is the sign that the VMM needs no time of its own any more: the thread then takes it away and lets the guest run.
 */
void input_start(const struct config *config, const struct input *input);
