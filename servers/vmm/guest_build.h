/* SPDX-License-Identifier: BSD-2-Clause */
/* Making the guest's kernel objects. */
#pragma once

#include <l4/space.h>

#include "config.h"

/* First of all: whom guest_failed and the like tell. */
void guest_start(l4_cap_t monitor);

/* Makes vcpu, cnode and thread; gives the thread, suspended. Hypercalls and exits call `endpoint`. */
l4_cap_t guest_build(const struct config *config, const struct l4_space *space, l4_cap_t endpoint);

/* Tells the monitor that the guest is about to run. */
void guest_announce(void);
