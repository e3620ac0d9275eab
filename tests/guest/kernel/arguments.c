/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

struct platform platform;

bool text_begins(const char *text, const char *prefix)
{
	while (*prefix && *text == *prefix)
		text++, prefix++;
	return !*prefix;
}

void platform_set_arguments(const char *text)
{
	size_t i = 0;
	for (; text[i] && i < sizeof(platform.arguments) - 1; i++)
		platform.arguments[i] = text[i];
	platform.arguments[i] = 0;
}

const char *platform_argument(const char *name)
{
	size_t length = __builtin_strlen(name);
	for (const char *at = platform.arguments; *at;) {
		if (text_begins(at, name) && at[length] == '=')
			return at + length + 1;
		while (*at && *at++ != ' ')
			;
	}
	return NULL;
}

bool platform_argument_is(const char *name, const char *value)
{
	const char *found = platform_argument(name);
	size_t length = __builtin_strlen(value);
	return found && text_begins(found, value) && (found[length] == ' ' || !found[length]);
}
