/* SPDX-License-Identifier: BSD-2-Clause */
/* The native end of a guest's ports: tells it of the weather, writes it three letters, and says what it hears of it. */
#include <stdio.h>
#include <string.h>

#include <l4/debug.h>
#include <l4/port.h>
#include <l4/time.h>
#include <system/herald.h>

#define PERIOD_MS 5
#define LETTERS 3

static struct l4_port weather, mail, orders, setting;

static void forecast(void)
{
	static unsigned long day;
	char text[SYSTEM_CHANNEL_WEATHER_SIZE];
	int length = snprintf(text, sizeof(text), "day %lu\n", ++day);
	L4_ENSURE(l4_port_write(&weather, text, (size_t)length) == L4_PORT_OK);
}

/* Only the first incarnation: what is sent once must arrive once. */
static void write_letters(void)
{
	struct l4_port_state state;
	l4_port_state(&mail, &state);
	for (uint64_t i = state.messages; i < LETTERS; i++) {
		char text[SYSTEM_CHANNEL_MAIL_SIZE];
		int length = snprintf(text, sizeof(text), "letter %lu\n", i + 1);
		L4_ENSURE(l4_port_send(&mail, text, (size_t)length) == L4_PORT_OK);
	}
}

/* The compiler must not know that nothing is there. */
static void fault(void)
{
	static volatile uintptr_t nowhere = 8;
	*(volatile int *)nowhere = 0;
}

/* "order N" are many, and must come one after another. */
static void obey(const char *order)
{
	static unsigned long last;
	unsigned long number;
	if (strcmp(order, "die\n") == 0)
		fault();
	if (sscanf(order, "order %lu", &number) != 1) {
		printf("told: %s", order);
		return;
	}
	if (number != last + 1)
		printf("order %lu after %lu\n", number, last);
	last = number;
	if (number % 100 == 0)
		printf("%lu orders in their order\n", number);
}

static void hear_orders(void)
{
	char order[SYSTEM_CHANNEL_ORDERS_SIZE + 1];
	struct l4_port_message about;
	l4_word_t deadline = l4_now() + l4_ticks_of_microseconds(1000 * PERIOD_MS);
	while (l4_port_receive_until(&orders, order, SYSTEM_CHANNEL_ORDERS_SIZE, &about, deadline) == L4_PORT_OK) {
		order[about.length] = 0;
		obey(order);
	}
}

static void look_at_setting(void)
{
	static uint64_t seen;
	char value[SYSTEM_CHANNEL_SETTING_SIZE + 1];
	struct l4_port_message about;
	if (l4_port_read(&setting, value, SYSTEM_CHANNEL_SETTING_SIZE, &about) != L4_PORT_OK || about.number == seen)
		return;
	seen = about.number;
	value[about.length] = 0;
	printf("setting %lu, %s: %s", about.number, about.is_valid ? "valid" : "stale", value);
}

int main(void)
{
	L4_ENSURE(l4_port_open(&weather, SYSTEM_CHANNEL_WEATHER) && l4_port_open(&mail, SYSTEM_CHANNEL_MAIL));
	L4_ENSURE(l4_port_open(&orders, SYSTEM_CHANNEL_ORDERS) && l4_port_open(&setting, SYSTEM_CHANNEL_SETTING));
	write_letters();
	for (;;) {
		forecast();
		hear_orders();
		look_at_setting();
	}
}
