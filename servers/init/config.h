/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bundle's file `config`: lines `key=value`, empty lines, and comments from # to the end of the line. Nothing in it is trusted.
 *   system=NAME         which built-in description to build
 *   load=NAME           which of its alternatives takes part
 *   PARTITION.memory=N  of a guest: bytes, with K, M or G behind the number
 *   PARTITION.KEY=VALUE an argument KEY=VALUE for the program of that partition, whose description must list KEY
 */
#pragma once

#include <stddef.h>

#define CONFIG_LINES_MAX 32
#define CONFIG_KEY_SIZE 32
#define CONFIG_VALUE_SIZE 192

struct config_line {
	unsigned int number; /* in the file, from 1 */
	char key[CONFIG_KEY_SIZE];
	char value[CONFIG_VALUE_SIZE];
};

struct config {
	unsigned int count;
	struct config_line line[CONFIG_LINES_MAX];
};

/* Fills `config` from the text. Null where it is well formed; else what is wrong, in a buffer that the next call overwrites. */
const char *config_parse(struct config *config, const char *text, size_t size);

/* The value of a key; null where it is not set. */
const char *config_value(const struct config *config, const char *key);
