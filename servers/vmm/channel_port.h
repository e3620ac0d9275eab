/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMM's ends of the description's ports, for the device that has them for the guest. They are numbered from 0 on. Behind them a guest that owes signs of life has one more, to
 * give them by: what it writes there is none, whatever it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <l4/syscall.h>

#define CHANNEL_PORTS_MAX 8    /* described: GUEST_PORTS of tools/composer/limits.py */
#define CHANNEL_PORTS_ALL (CHANNEL_PORTS_MAX + 1)
#define CHANNEL_PORT_SIZE 4096 /* bytes of a message at most: GUEST_MESSAGE there */

/* Opens them; gives their number. `alive` is what a sign of life signals, 0 where the guest owes none. */
unsigned int channel_ports_open(l4_cap_t alive);

const char *channel_port_name(unsigned int number);

/* Whether the guest is to read messages there, or values of which only the newest counts; else it is to write. */
bool channel_port_is_read(unsigned int number);
bool channel_port_is_value(unsigned int number);

/* Whether it is the one for signs of life. It is nothing to read, and has no messages: it has no size, and nothing is sent, refused or received there. */
bool channel_port_is_watchdog(unsigned int number);

/* The guest has given signs of life, however many. */
void channel_port_alive(void);

/* Bytes of a message at most. */
uint32_t channel_port_size(unsigned int number);

/* Sends or writes a message of 1 to that many bytes. False: not now; a terminal event comes when there may be room. */
bool channel_port_send(unsigned int number, const uint8_t *message, uint32_t length);

/* Counts a message that was no message as refused. */
void channel_port_refuse(unsigned int number);

/* The next message, or the newest value if it is valid and was not given yet, of CHANNEL_PORT_SIZE bytes at most; 0: none now. */
uint32_t channel_port_receive(unsigned int number, uint8_t *message);

/* The guest opens the port: the newest value counts as not given. */
void channel_port_rewind(unsigned int number);
