/* SPDX-License-Identifier: BSD-2-Clause */
/* What clients write, on a line that takes what it is given when the test says so. */
#include <host_test.h>

#include <string.h>

#include <l4/console_client.h>

#include "../../servers/console/console.h"
#include "../../servers/console/uart.h"

enum { FLOODER, OTHER, CLIENTS };

struct console console;
static _Alignas(64) uint8_t pages[CLIENTS][2][L4_CONSOLE_RING_SIZE];
static struct l4_ring writer[CLIENTS];
static char queue[UART_TX_SIZE]; /* as servers/console/uart.c has it */
static unsigned int head, tail;
static char line[1 << 14];
static unsigned int length;
static bool is_swift; /* the line takes all at once */

static void drain(unsigned int count)
{
	while (count-- && head != tail)
		line[length++] = queue[tail++ % UART_TX_SIZE];
}

unsigned int uart_room(void)
{
	return UART_TX_SIZE - (head - tail);
}

void uart_put(char byte)
{
	EXPECT_TRUE(head - tail < UART_TX_SIZE);
	queue[head++ % UART_TX_SIZE] = byte;
}

void uart_push(void)
{
	if (is_swift)
		drain(UART_TX_SIZE);
}

bool uart_is_idle(void)
{
	return head == tail;
}

static void start(void)
{
	memset(pages, 0, sizeof(pages));
	console = (struct console){.count = CLIENTS, .attached = FLOODER, .log = true};
	head = tail = 0;
	is_swift = false;
	output_attach(FLOODER); /* ends the line that the last case has begun */
	head = tail = length = 0;
	for (int i = 0; i < CLIENTS; i++) {
		strcpy(console.client[i].name, i == FLOODER ? "flooder" : "other");
		l4_ring_join(&console.client[i].output, pages[i][0], L4_CONSOLE_RING_SIZE, 1);
		l4_ring_join(&console.client[i].input, pages[i][1], L4_CONSOLE_RING_SIZE, 1);
		l4_ring_join(&writer[i], pages[i][0], L4_CONSOLE_RING_SIZE, 1);
	}
}

static void flood(void)
{
	while (l4_ring_push(&writer[FLOODER], "x", 1, NULL))
		;
}

/* The attached client's bytes fill what the line takes, and stand amid a line. */
static void fill(void)
{
	for (int i = 0; i < 100; i++) {
		flood();
		output_pump();
	}
	EXPECT_TRUE(uart_room() < 4);
}

TEST(COUT0101, "the terminal changes hands while the line takes nothing: nothing that waits for it is overwritten")
{
	start();
	output_attach(FLOODER);
	fill();
	output_attach(OTHER);
	drain(UART_TX_SIZE);
	EXPECT_EQ(0, memcmp(line + length - 3, "x\r\n", 3));
	for (unsigned int i = 0; i < length - 2; i++)
		EXPECT_EQ('x', line[i]);
}

TEST(COUT0102, "the attached client starts anew while the line takes nothing, and what follows begins on a line of its own")
{
	start();
	output_attach(FLOODER);
	fill();
	output_reset(&console.client[FLOODER]);
	for (unsigned int i = 0; i < 100; i++) {
		drain(16);
		output_pump();
	}
	line[length] = 0;
	EXPECT_TRUE(strstr(line, "x\r\nx"));
	for (unsigned int i = 0; i < length; i++)
		EXPECT_TRUE(line[i] == 'x' || line[i] == '\r' || line[i] == '\n');
}

static void write_other(const char *text)
{
	l4_ring_push(&writer[OTHER], text, (uint32_t)strlen(text), NULL);
	while (output_pump())
		drain(UART_TX_SIZE);
	drain(UART_TX_SIZE);
}

TEST(COUT0103, "a line that a client had begun before it was attached is shown then, and not amid what it writes when it no longer is")
{
	start();
	write_other("> ");
	EXPECT_EQ(0, length);
	output_attach(OTHER);
	write_other("");
	EXPECT_EQ(2, length);
	EXPECT_EQ(0, memcmp(line, "> ", 2));
	write_other("hello\n");
	output_attach(NOBODY);
	write_other("bye\n");
	line[length] = 0;
	EXPECT_STRING("> hello\r\n[other] bye\r\n", line);
}

TEST(COUT0104, "what stood while the line took nothing moves on when it takes all at once, which no interrupt will tell of again")
{
	for (int attached = NOBODY; attached <= FLOODER; attached++) {
		start();
		output_attach(FLOODER);
		fill();
		output_attach(attached);
		for (int i = 0; i < 1000; i++)
			output_pump();
		is_swift = true;
		while (output_pump())
			;
		EXPECT_EQ(0, l4_ring_filled(&console.client[FLOODER].output));
	}
}

/* The last case: a console that was hurried stays so. */
TEST(COUT0105, "the machine's end waits for no client that writes on, attached or not, and loses nothing that was written before")
{
	start();
	write_other("> ");
	output_attach(FLOODER);
	fill();
	l4_ring_push(&writer[OTHER], "bye\n", 4, NULL);
	length = 0;
	output_hurry();
	for (int i = 0; i < 900 && !output_is_drained(); i++) {
		flood();
		output_pump();
		drain(16);
	}
	EXPECT_TRUE(output_is_drained());
	line[length] = 0;
	EXPECT_TRUE(strstr(line, "[other] > \r\n") && strstr(line, "[other] bye\r\n"));
	EXPECT_TRUE(length > L4_CONSOLE_RING_SIZE);
}
