/* SPDX-License-Identifier: BSD-2-Clause */
#include "line.h"

#include <string.h>

#include <l4/console_client.h>
#include <l4/output.h>

#define HISTORY 8
#define CTRL(letter) ((letter) & 0x1f)
#define ESCAPE 0x1b
#define DELETE 0x7f

/* The lines before, in a ring: history[entered % HISTORY] is the next to be written. */
static char history[HISTORY][LINE_SIZE];
static unsigned int entered;

/* The line that is typed, as the terminal shows it. */
struct edit {
	char *line;
	size_t length;
	unsigned int back; /* how many lines back in the history it comes from, 0: it is new */
};

static void erase(struct edit *edit, size_t count)
{
	for (; count > 0 && edit->length > 0; count--) {
		edit->length--;
		l4_output("\b \b", 3);
	}
}

static void insert(struct edit *edit, char c)
{
	if ((unsigned char)c < ' ' || (unsigned char)c >= DELETE || edit->length == LINE_SIZE - 1)
		return;
	edit->line[edit->length++] = c;
	l4_output(&c, 1);
}

/* Shows the line that is `back` lines old instead. */
static void recall(struct edit *edit, unsigned int back)
{
	if (back > HISTORY || back > entered)
		return;
	edit->back = back;
	erase(edit, LINE_SIZE);
	for (const char *c = back ? history[(entered - back) % HISTORY] : ""; *c; c++)
		insert(edit, *c);
}

/* What the terminal's keys send: ESC [ and, behind numbers that nobody asks for, a letter. */
static void take_sequence(struct edit *edit)
{
	char c = 0;
	if (l4_console_read(l4_console(), &c, 1) == 0 || c != '[')
		return;
	do {
		if (l4_console_read(l4_console(), &c, 1) == 0)
			return;
	} while ((c >= '0' && c <= '9') || c == ';');
	if (c == 'A')
		recall(edit, edit->back + 1);
	else if (c == 'B' && edit->back > 0)
		recall(edit, edit->back - 1);
}

static void remember(const char *line)
{
	if (line[0] == 0 || (entered > 0 && strcmp(history[(entered - 1) % HISTORY], line) == 0))
		return;
	strcpy(history[entered % HISTORY], line);
	entered++;
}

/* True where the line is whole. */
static bool take(struct edit *edit, char c)
{
	switch (c) {
	case '\r':
	case '\n':
		l4_output("\n", 1);
		return true;
	case CTRL('C'):
		l4_output("^C\n", 3);
		edit->length = 0;
		return true;
	case CTRL('U'):
		erase(edit, LINE_SIZE);
		return false;
	case '\b':
	case DELETE:
		erase(edit, 1);
		return false;
	case ESCAPE:
		take_sequence(edit);
		return false;
	default:
		insert(edit, c);
		return false;
	}
}

bool line_read(const char *prompt, char line[LINE_SIZE])
{
	struct edit edit = {.line = line};
	char c;
	l4_output_string(prompt);
	do {
		if (l4_console_read(l4_console(), &c, 1) == 0)
			return false;
	} while (!take(&edit, c));
	line[edit.length] = 0;
	remember(line);
	return true;
}
