/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the console finds in its startup block, besides "monitor" and what l4/keep.h names:
 * "channels"      address of the clients' pages: for each client, in order of its number, the output ring's and the input ring's
 * "waits"         the first of the slots with the clients' notifications, in the same order
 * "notification"  what it waits on; the bits are below
 * "irq.notify", "timer.notify"  capabilities to signal that notification, for the interrupt and the timer
 * "uart.irq", "timer"           irq_handler and timer; the registers as servers/uart.h says
 * Its arguments: client=NAME for each client in that order, attach=NAME for the one that has the terminal at start, and those of the config:
 * tty=1 where a person sits at the terminal (redraws the line that a message of another partition broke), tty=0 (the default) for logs.
 */
#pragma once

#define CONSOLE_CLIENTS_MAX 8

/* Bits of the notification: bit N is client N's ring; ... */
#define CONSOLE_BIT_RESET 16 /* bit 16 + N: client N's program is about to start anew */
#define CONSOLE_BIT_IRQ 32
#define CONSOLE_BIT_TIMER 33
#define CONSOLE_BIT_FLUSH 34 /* the monitor wants all output on the line, and MONITOR_DRAINED then */
