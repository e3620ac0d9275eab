/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting, restarting and ending partitions and the machine. */
#pragma once

#include "monitor.h"

/* Builds all partitions, the console first. */
void lifecycle_start(void);

/* The partition has failed, and stays down. */
void lifecycle_fail(struct part *part);

/* The partition has failed, and the machine ends because of it. */
void lifecycle_halt(struct part *part);

/* The partition is done, in good order. It stays down. */
void lifecycle_ended(struct part *part);

/* Rebuilds the partition after a failure: warm, so that it finds what it keeps, or cold. Not while the machine ends. */
void lifecycle_recover(struct part *part, bool is_warm);

/* Rebuilds the partition because its guest or the operator asks for it: cold, and what it kept is cleared. */
void lifecycle_rebuild(struct part *part);

/* The same, because partition `who` asks for it; one that does not run is started. */
void lifecycle_restart(struct part *part, const char *who);

/*
 * The partition is taken down because `who` asks for it. Only lifecycle_restart brings it back; until then the machine does not end for having
 * nothing left to do.
 */
void lifecycle_stop(struct part *part, const char *who);

/* Whether the machine ends: then nothing is started any more. */
bool lifecycle_is_ending(void);

/* Whether a partition that the machine is for (a guest; without guests, any but the servers) is down and did not end well. */
bool lifecycle_client_has_failed(void);

/* Ends the machine once the console has written what it was given, but soon in any case. */
void lifecycle_end_machine(l4_word_t status);

/* The console has written it, or has taken too long. */
void lifecycle_drained(void);

/* When the console has had long enough for its last words, in ticks, and the look at whether it is so; 0: the machine does not end. */
l4_word_t lifecycle_next(void);
void lifecycle_look(void);
