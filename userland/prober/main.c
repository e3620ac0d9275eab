/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile shell. Arguments: fuzz=SEED  sends the monitor whatever comes: any label, words, length, flags and capabilities, by calls and sends
 *                             flood=1    asks what it may ask, as fast as that goes
 *                             quit=1     the same, and ends with status 3 as soon as nobody hears it any more
 * The first two go on for ever, and tell of themselves from time to time.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/ipc.h>
#include <l4/health.h>
#include <l4/startup.h>
#include <servers/monitor.h>
#include <servers/monitor_commands.h>

#define ROUNDS_A_LINE 20000

static struct {
	unsigned long sent, answered, refused, cut_off;
} count;

static uint64_t state;

/* xorshift64*. */
static uint64_t random_word(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dUL;
}

static uint64_t below(uint64_t limit)
{
	return random_word() % limit;
}

/* Often one that means something, but never the end of this program. */
static l4_word_t random_label(void)
{
	l4_word_t label = below(4) ? MONITOR_LIST + below(MONITOR_COMMANDS + 2) : below(2) ? below(128) : random_word() >> L4_TAG_LABEL_SHIFT;
	return label == MONITOR_EXIT || label == L4_HEALTH_REPORT ? 0 : label;
}

static l4_word_t random_argument(void)
{
	return below(3) ? below(10) : below(2) ? -below(10) : random_word();
}

static l4_word_t random_tag(void)
{
	l4_word_t flags = below(4) ? 0 : random_word() & (L4_TAG_CAP | L4_TAG_MOVE);
	l4_word_t reserved = below(16) ? 0 : random_word() & ((1UL << L4_TAG_LABEL_SHIFT) - 1);
	return l4_tag(random_label(), below(L4_MESSAGE_WORDS + 1)) | flags | reserved;
}

static void note(struct l4_result result, bool is_call)
{
	count.sent++;
	if (result.status == L4_INVALID_CAP)
		count.cut_off++;
	else if (result.status == L4_OK && is_call)
		*(l4_tag_label(result.tag) == MONITOR_OK ? &count.answered : &count.refused) += 1;
}

static void send_anything(l4_cap_t monitor)
{
	struct l4_registers m;
	l4_word_t tag = random_tag();
	for (unsigned int i = 0; i < L4_MESSAGE_REGISTERS; i++)
		m.word[i] = random_argument();
	for (unsigned int i = L4_MESSAGE_REGISTERS; i < L4_MESSAGE_WORDS; i++)
		l4_ipc_buffer->message[i] = random_argument();
	l4_ipc_buffer->send_slot = below(4) ? below(32) : random_word();
	l4_ipc_buffer->recv_slot = below(4) ? 0 : random_word();
	if (below(4))
		note(l4_call(monitor, tag, &m), true);
	else if (below(2))
		note(l4_send(monitor, tag, &m), false);
	else
		note(l4_send_nonblocking(monitor, tag, &m), false);
}

static void ask_again(l4_cap_t monitor)
{
	struct l4_registers m = {{count.sent % 8}};
	note(l4_call(monitor, l4_tag(MONITOR_COMMAND + MONITOR_COMMAND_PS, 1), &m), true);
}

int main(int argc, char **argv)
{
	l4_cap_t monitor = l4_startup_cap("monitor");
	bool fuzz = argc > 1 && strncmp(argv[1], "fuzz=", 5) == 0;
	bool quits = argc > 1 && strcmp(argv[1], "quit=1") == 0;
	state = fuzz ? strtoul(argv[1] + 5, NULL, 10) + 1 : 0;
	for (;;) {
		if (fuzz)
			send_anything(monitor);
		else
			ask_again(monitor);
		if (quits && count.cut_off)
			return 3;
		if (count.sent % ROUNDS_A_LINE == 0)
			printf("prober: %lu messages: %lu answered, %lu refused, %lu cut off\n", count.sent, count.answered, count.refused, count.cut_off);
	}
}
