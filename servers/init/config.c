/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static char error[160];

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_printable(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
			return false;
	return true;
}

static void trim(const char **text, size_t *length)
{
	while (*length > 0 && is_space(**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && is_space((*text)[*length - 1]))
		(*length)--;
}

/* Copies a trimmed piece of a line into a field of the table. */
static bool take(char *field, size_t size, const char *text, size_t length)
{
	trim(&text, &length);
	if (length == 0 || length >= size)
		return false;
	memcpy(field, text, length);
	field[length] = 0;
	return true;
}

static const char *wrong(unsigned int number, const char *what)
{
	snprintf(error, sizeof(error), "config, line %u: %s", number, what);
	return error;
}

static const char *parse_line(struct config *config, unsigned int number, const char *text, size_t length)
{
	const char *comment = memchr(text, '#', length);
	if (comment)
		length = (size_t)(comment - text);
	trim(&text, &length);
	if (length == 0)
		return NULL;
	if (!is_printable(text, length))
		return wrong(number, "a character that is no printable ASCII");
	const char *equals = memchr(text, '=', length);
	if (!equals)
		return wrong(number, "no key=value");
	if (config->count == CONFIG_LINES_MAX)
		return wrong(number, "too many settings");
	struct config_line *line = &config->line[config->count];
	line->number = number;
	if (!take(line->key, sizeof(line->key), text, (size_t)(equals - text)))
		return wrong(number, "the key is empty or too long");
	if (!take(line->value, sizeof(line->value), equals + 1, (size_t)(text + length - equals - 1)))
		return wrong(number, "the value is empty or too long");
	if (config_value(config, line->key))
		return wrong(number, "this key was set before");
	config->count++;
	return NULL;
}

const char *config_parse(struct config *config, const char *text, size_t size)
{
	config->count = 0;
	for (unsigned int number = 1; size > 0; number++) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;
		const char *problem = parse_line(config, number, text, length);
		if (problem)
			return problem;
		size_t taken = end ? length + 1 : length;
		text += taken;
		size -= taken;
	}
	return NULL;
}

const char *config_value(const struct config *config, const char *key)
{
	for (unsigned int i = 0; i < config->count; i++)
		if (strcmp(config->line[i].key, key) == 0)
			return config->line[i].value;
	return NULL;
}
