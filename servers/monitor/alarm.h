/* SPDX-License-Identifier: BSD-2-Clause */
/* What the monitor's one timer is for: programs that have paid (allowance.h), signs of life (watchdog.h), the machine's watchdog (machine_watchdog.h); and when the machine ends, the console's last words (lifecycle.h). */
#pragma once

/* The timer has fired: does what is due. */
void alarm_rings(void);

/* Sets the timer to what is due next, if that is another time than before. */
void alarm_set(void);
