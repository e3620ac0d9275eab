/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's commands, as calls (servers/monitor_commands.h). */
#pragma once

#include <stdbool.h>

#include <servers/monitor_commands.h>

#define NAME_SIZE (MONITOR_NAME_WORDS * sizeof(l4_word_t))
#define PARTITIONS_MAX 64
#define UNHEARD (-1)

struct reply {
	int label;           /* MONITOR_OK, ...; UNHEARD: the monitor cannot be reached */
	l4_word_t length;
	l4_word_t word[L4_MESSAGE_WORDS]; /* those beyond the length are 0 */
};

/* Asks, waiting where the monitor is not to be reached for a while because too much was asked before. True where the answer is MONITOR_OK. */
bool ask(l4_word_t label, l4_word_t first, l4_word_t second, struct reply *reply);

/* The name in words of an answer. */
void name_of(const l4_word_t *words, char name[NAME_SIZE]);

/* Partition, or schedule table, `index` of the system; false where there is none. `commands`: bits of what may be asked about it. */
bool partition_at(l4_word_t index, char name[NAME_SIZE], l4_word_t *commands);
bool schedule_at(l4_word_t index, char name[NAME_SIZE], l4_word_t *commands);
