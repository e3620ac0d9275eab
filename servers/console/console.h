/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the console share. */
#pragma once

#include <stdbool.h>

#include <l4/ring.h>
#include <l4/syscall.h>
#include <servers/console.h>

#include "line.h"

#define NAME_SIZE 16
#define NOBODY (-1)

/* One client. Its rings' memory is hostile: l4/ring.h checks what it reads there. */
struct client {
	char name[NAME_SIZE];
	struct l4_ring output;
	struct l4_ring input;
	l4_cap_t wait;            /* signals the client */
	bool raw;                 /* a guest: its bytes pass as they are; other programs' "\n" becomes "\r\n" on the terminal */
	bool told_broken;
	struct line line;         /* that is not whole yet */
	bool line_is_whole;       /* waits for the terminal */
	unsigned int lost;        /* bytes typed that found no room */
	uint32_t last_words;      /* bytes that are still taken once the machine ends */
};

struct console {
	struct client client[CONSOLE_CLIENTS_MAX];
	int count;
	int attached;             /* the client that has the terminal, or NOBODY */
	bool tty;                 /* a person sits there */
	bool log;                 /* lines of clients that are not attached are shown */
	l4_cap_t monitor;
	l4_cap_t timer;
};

extern struct console console;

/* --- output.c: from the clients' rings to the line --- */

/* Moves what there is room and leave for, a bounded piece of each client's. True: there may be more, which waits for nothing. */
bool output_pump(void);

/* When to try again what had no leave (0: when something happens). */
l4_word_t output_deadline(void);

/* Is nothing left to move? */
bool output_is_drained(void);

/* Text of the console's own. What the line does not take is lost. */
void output_text(const char *text);

/* Whole lines go out at once, even amid another client's: the machine ends. */
void output_hurry(void);

/* The client's program starts anew. */
void output_reset(struct client *client);

/* The terminal changes hands. */
void output_attach(int client);

/* --- input.c: from the line to the attached client --- */

/* Takes what has been typed. Gives the time at which to try again (0: when something happens). */
l4_word_t input_pump(void);
