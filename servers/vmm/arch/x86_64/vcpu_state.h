/* SPDX-License-Identifier: BSD-2-Clause */
/* The vcpu's registers at the guest's first instruction. */
#pragma once

#include "boot.h"

/* Writes the tables in guest memory that the state needs, and the vcpu's system registers. */
void vcpu_state_set(enum boot_protocol protocol);
