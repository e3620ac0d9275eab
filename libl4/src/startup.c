/* SPDX-License-Identifier: BSD-2-Clause */
/* The startup block, as the started program reads it. */
#include <l4/startup.h>

#include <string.h>

#include <l4/arch/stop.h>
#include <l4/program.h>

#include "startup_private.h"

static const struct l4_startup *startup;
static const struct l4_bootinfo *bootinfo;

void l4_startup_adopt(const void *block)
{
	l4_word_t magic = *(const l4_word_t *)block;

	if (magic == L4_BOOTINFO_MAGIC)
		bootinfo = block;
	else if (magic == L4_STARTUP_MAGIC)
		startup = block;
	else
		l4_arch_stop(L4_EXIT_FAILED);
}

int l4_startup_arguments(char **argv)
{
	int argc = 0;

	if (startup) {
		/* The page is read-only; C's argv is not const only for history's sake. */
		char *text = (char *)startup->text;

		for (; argc < (int)startup->argument_count; argc++) {
			argv[argc] = text;
			text += strlen(text) + 1;
		}
	}
	argv[argc] = NULL;
	return argc;
}

const struct l4_startup *l4_startup(void)
{
	return startup;
}

const struct l4_bootinfo *l4_bootinfo(void)
{
	return bootinfo;
}

bool l4_startup_find(const char *name, l4_word_t *value)
{
	for (uint32_t i = 0; startup && i < startup->entry_count; i++) {
		if (strcmp(startup->entry[i].name, name) == 0) {
			*value = startup->entry[i].value;
			return true;
		}
	}
	return false;
}

l4_word_t l4_startup_value(const char *name)
{
	l4_word_t value = 0;

	l4_startup_find(name, &value);
	return value;
}

l4_cap_t l4_startup_cap(const char *name)
{
	return l4_startup_value(name);
}

const char *l4_startup_cap_name(l4_cap_t cap)
{
	for (uint32_t i = 0; startup && cap && i < startup->entry_count; i++)
		if (startup->entry[i].value == cap)
			return startup->entry[i].name;
	return NULL;
}
