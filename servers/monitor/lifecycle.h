/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting, restarting and ending partitions and the machine. */
#pragma once

#include "monitor.h"

/* Builds all partitions, the console first. */
void lifecycle_start(void);

/* The partition cannot go on. Its policy decides: it stays down, is rebuilt, or the machine ends. */
void lifecycle_failed(struct part *part);

/* The partition is done, in good order. It stays down. */
void lifecycle_ended(struct part *part);

/* Rebuilds the partition because its guest or the operator asks for it: this counts as no failure. */
void lifecycle_rebuild(struct part *part);

/* Whether a guest is down that did not end well. */
bool lifecycle_guest_has_failed(void);

/* Ends the machine once the console has written what it was given, but soon in any case. */
void lifecycle_end_machine(l4_word_t status);

/* The console has written it, or has taken too long. */
void lifecycle_drained(void);
