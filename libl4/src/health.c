/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/health.h>

#include <string.h>

#include <l4/ipc.h>
#include <l4/startup.h>

l4_status_t l4_health_alive(void)
{
	static l4_cap_t watchdog;

	if (!watchdog)
		watchdog = l4_startup_cap(L4_HEALTH_WATCHDOG);
	return l4_signal(watchdog);
}

/* The text as words, the last of them padded with zeros. */
static void put_text(const char *text)
{
	size_t length = strlen(text);

	if (length > L4_HEALTH_TEXT)
		length = L4_HEALTH_TEXT;
	for (size_t at = 0; at < L4_HEALTH_TEXT; at += sizeof(l4_word_t)) {
		l4_word_t word = 0;
		size_t left = at < length ? length - at : 0;

		memcpy(&word, text + (left ? at : 0), left < sizeof(word) ? left : sizeof(word));
		l4_ipc_buffer->message[L4_HEALTH_REPORT_TEXT + at / sizeof(word)] = word;
	}
}

static l4_status_t report(enum l4_health_report kind, l4_word_t value, const char *text)
{
	struct l4_registers m = {{kind, value}};

	if (l4_ipc_buffer)
		put_text(text);
	l4_word_t length = l4_ipc_buffer ? L4_HEALTH_REPORT_LENGTH : L4_HEALTH_REPORT_VALUE + 1;
	struct l4_result result = l4_call(l4_startup_cap("monitor"), l4_tag(L4_HEALTH_REPORT, length), &m);
	if (result.status != L4_OK)
		return result.status;
	return l4_tag_label(result.tag) == 0 ? L4_OK : L4_BAD_STATE;
}

l4_status_t l4_health_error(l4_word_t code, const char *text)
{
	return report(L4_HEALTH_ERROR, code, text);
}

l4_status_t l4_health_deadline_missed(l4_word_t late, const char *text)
{
	return report(L4_HEALTH_DEADLINE_MISSED, late, text);
}
