/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/signals.h>

#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/syscall.h>
#include <l4/time.h>

#define TIMER_BIT 1UL

static struct {
	l4_cap_t notification;
	l4_cap_t timer; /* 0: none */
	l4_word_t kept; /* bits that were signalled and not waited for yet */
} own;

static void find(void)
{
	if (own.notification)
		return;
	own.notification = l4_startup_cap("notification");
	own.timer = l4_startup_cap("timer");
	if (own.timer && l4_timer_bind(own.timer, l4_startup_cap("timer.notify")) != L4_OK)
		own.timer = 0;
}

bool l4_signals_have_timer(void)
{
	find();
	return own.timer != 0;
}

static l4_word_t take(l4_word_t bits)
{
	l4_word_t found = own.kept & bits;

	own.kept &= ~found;
	return found;
}

/* The timer's bit may be of an earlier deadline, so the clock is asked. */
static l4_word_t wait_until(l4_word_t bits, l4_word_t deadline)
{
	l4_word_t found;

	own.kept |= l4_poll(own.notification);
	found = take(bits);
	if (found || l4_now() >= deadline || l4_timer_arm(own.timer, deadline) != L4_OK)
		return found;
	do {
		own.kept |= l4_wait(own.notification);
		found = take(bits);
	} while (!found && l4_now() < deadline);
	l4_timer_cancel(own.timer, NULL);
	take(TIMER_BIT);
	return found;
}

l4_word_t l4_signals_wait(l4_word_t bits, l4_word_t deadline)
{
	l4_word_t found;

	find();
	if (deadline != L4_SIGNALS_FOREVER && own.timer)
		return wait_until(bits, deadline);
	own.kept |= l4_poll(own.notification);
	while ((found = take(bits)) == 0 && deadline == L4_SIGNALS_FOREVER)
		own.kept |= l4_wait(own.notification);
	return found;
}
