/* SPDX-License-Identifier: BSD-2-Clause */
/* Schedule tables, for programs whose description has the key `schedules`. */
#pragma once

#include <l4/abi/types.h>

/* Names of the startup block: the control, and behind a table's name the table. */
#define L4_SCHEDULE_CONTROL "schedule"
#define L4_SCHEDULE_TABLE ".table"

/*
 * Lets the processor follow the table of that name from the end of the major frame on. The last that anybody asks for before counts. INVALID_CAP: the
 * description does not let this program.
 */
l4_status_t l4_schedule_follow(const char *table);
