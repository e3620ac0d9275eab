/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel_port.h"

#include <l4/health.h>
#include <l4/port.h>
#include <l4/stubs.h>

static struct {
	struct l4_port port;
	uint64_t given; /* of a value: its number; 0: none */
} end[CHANNEL_PORTS_MAX];

static unsigned int described;
static l4_cap_t alive; /* 0: the guest owes no signs of life */

unsigned int channel_ports_open(l4_cap_t sign)
{
	while (described < CHANNEL_PORTS_MAX && l4_port_open_number(&end[described].port, described))
		described++;
	alive = sign;
	return described + (alive ? 1 : 0);
}

bool channel_port_is_watchdog(unsigned int number)
{
	return number == described;
}

void channel_port_alive(void)
{
	l4_signal(alive);
}

const char *channel_port_name(unsigned int number)
{
	return channel_port_is_watchdog(number) ? L4_HEALTH_WATCHDOG : end[number].port.entry->name;
}

bool channel_port_is_read(unsigned int number)
{
	return !channel_port_is_watchdog(number) && end[number].port.entry->direction == L4_PORT_DESTINATION;
}

bool channel_port_is_value(unsigned int number)
{
	return !channel_port_is_watchdog(number) && end[number].port.entry->kind == L4_PORT_SAMPLING;
}

uint32_t channel_port_size(unsigned int number)
{
	return end[number].port.entry->size;
}

/*
 * A destination that has written nonsense may be started anew, so its messages wait, too. That there is no room now is no overflow: the guest's buffer
 * waits.
 */
bool channel_port_send(unsigned int number, const uint8_t *message, uint32_t length)
{
	struct l4_port *port = &end[number].port;
	if (channel_port_is_value(number))
		return l4_port_write(port, message, length) == L4_PORT_OK;
	if (port->entry->overflow == L4_PORT_REFUSE && l4_port_room(&port->memory) != L4_PORT_ROOM)
		return false;
	return l4_port_send(port, message, length) == L4_PORT_OK;
}

void channel_port_refuse(unsigned int number)
{
	l4_port_count_refused(&end[number].port.memory);
}

static uint32_t read_value(unsigned int number, uint8_t *message)
{
	struct l4_port_message about;
	if (l4_port_read(&end[number].port, message, CHANNEL_PORT_SIZE, &about) != L4_PORT_OK || !about.is_valid || about.number == end[number].given)
		return 0;
	end[number].given = about.number;
	return about.length;
}

uint32_t channel_port_receive(unsigned int number, uint8_t *message)
{
	struct l4_port_message about;
	if (channel_port_is_value(number))
		return read_value(number, message);
	return l4_port_receive(&end[number].port, message, CHANNEL_PORT_SIZE, &about) == L4_PORT_OK ? about.length : 0;
}

void channel_port_rewind(unsigned int number)
{
	if (!channel_port_is_watchdog(number))
		end[number].given = 0;
}
