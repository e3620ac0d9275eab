/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The channel between a program and the console server.
 *
 * Two pages of shared memory, each a ring of bytes (l4/ring.h, entry size 1, L4_CONSOLE_RING_SIZE bytes): output from the client, input to it. Two notifications:
 * the client signals the server's when the output ring was empty or the input ring full; the server signals the client's when the input ring was empty or the output ring full.
 * Only one thread of a client may wait, for input or for room: the notification does not say for which. Each ring has one thread that uses it at a time.
 * The client finds it all in its startup block under the names below; a client without them has no console.
 */
#pragma once

#include <l4/ring.h>
#include <l4/syscall.h>

#define L4_CONSOLE_RING_SIZE 4096

#define L4_CONSOLE_OUTPUT "console.output"  /* address of the page that the client writes to */
#define L4_CONSOLE_INPUT "console.input"    /* address of the page that the client reads from; may be missing */
#define L4_CONSOLE_SERVER "console.server"  /* capability to signal the server, with the client's badge */
#define L4_CONSOLE_WAIT "console.wait"      /* notification that the server signals, to wait on */

struct l4_console {
	struct l4_ring output;
	struct l4_ring input; /* shared is null where the client has no input */
	l4_cap_t server;
	l4_cap_t wait;
};

/* Finds the channel in the startup block. False where there is none. The output of l4/output.h already uses it. */
bool l4_console_open(struct l4_console *console);

/* Writes all of it, waiting for room. Ends early only where the server broke the ring. */
void l4_console_write(struct l4_console *console, const char *text, size_t length);

/* Reads at least one byte, waiting for it, and at most `length`. 0 where there is no input. */
size_t l4_console_read(struct l4_console *console, char *text, size_t length);

/* Reads what is there, without waiting. */
size_t l4_console_poll(struct l4_console *console, char *text, size_t length);

/* The channel that standard input and output use; null where the program has none. */
struct l4_console *l4_console(void);
