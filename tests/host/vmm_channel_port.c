/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine without ports of channels: nobody asks about them. */
#include <channel_port.h>

#include <stdlib.h>

const char *channel_port_name(unsigned int number)
{
	(void)number;
	abort();
}

bool channel_port_is_read(unsigned int number)
{
	(void)number;
	abort();
}

bool channel_port_is_watchdog(unsigned int number)
{
	(void)number;
	abort();
}

void channel_port_alive(void)
{
	abort();
}

bool channel_port_is_value(unsigned int number)
{
	(void)number;
	abort();
}

uint32_t channel_port_size(unsigned int number)
{
	(void)number;
	abort();
}

bool channel_port_send(unsigned int number, const uint8_t *message, uint32_t length)
{
	(void)number;
	(void)message;
	(void)length;
	abort();
}

void channel_port_refuse(unsigned int number)
{
	(void)number;
	abort();
}

uint32_t channel_port_receive(unsigned int number, uint8_t *message)
{
	(void)number;
	(void)message;
	abort();
}

void channel_port_rewind(unsigned int number)
{
	(void)number;
	abort();
}
