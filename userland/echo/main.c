/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/output.h>
#include <l4/startup.h>
#include <l4/syscall.h>
#include <servers/monitor.h>
#include <userland/echo.h>

#define PRINT_MAX 32

static l4_word_t calls;

static l4_word_t ask_monitor(l4_word_t label, l4_word_t word)
{
	struct l4_registers m = {{word}};
	struct l4_result result = l4_call(l4_startup_cap("monitor"), l4_tag(label, 1), &m);
	return result.status == L4_OK && l4_tag_label(result.tag) == MONITOR_OK ? 0 : ECHO_REFUSED;
}

static void print(const struct l4_registers *m)
{
	char text[PRINT_MAX];
	memcpy(text, &m->word[2], sizeof(text));
	l4_output(text, m->word[1] < PRINT_MAX ? m->word[1] : PRINT_MAX);
}

/* Answers in words 0 and 1. */
static void answer(l4_word_t badge, struct l4_registers *m)
{
	l4_word_t status = 0, value = 0;
	calls++;
	switch (m->word[0]) {
	case ECHO_ADD_ONE:
		value = m->word[1] + 1;
		break;
	case ECHO_PRINT:
		print(m);
		break;
	case ECHO_STOP_VMM:
		status = ask_monitor(MONITOR_STOP_PARTITION, 0);
		break;
	case ECHO_BADGE:
		value = badge;
		break;
	case ECHO_COUNT:
		value = calls;
		break;
	case ECHO_END_TEST:
		status = ask_monitor(MONITOR_END_TEST, m->word[1]);
		break;
	default:
		status = ECHO_UNKNOWN;
	}
	*m = (struct l4_registers){{status, value}};
}

int main(void)
{
	l4_cap_t endpoint = l4_startup_cap("endpoint");
	struct l4_registers m;
	struct l4_result result = l4_recv(endpoint, &m);
	for (;;) {
		if (result.status == L4_OK)
			answer(result.badge, &m);
		result = l4_reply_recv(endpoint, l4_tag(0, 2), &m);
	}
}
