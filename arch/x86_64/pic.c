/* SPDX-License-Identifier: BSD-2-Clause */
#include "pic.h"

#include <arch/registers.h>

#include "interrupts.h"

#define PIC_FIRST 0x20
#define PIC_SECOND 0xa0
#define PIC_COMMAND 0
#define PIC_DATA 1
#define PIC_LINES 8

#define INITIALIZE 0x11 /* four words follow this one: vectors, how the two are connected, mode */
#define FIRST_CONNECTION 0x04
#define SECOND_CONNECTION 0x02
#define MODE_8086 0x01
#define MASK_ALL 0xff

_Static_assert(VECTOR_LEGACY % PIC_LINES == 0, "a controller's vectors begin at a multiple of their number");

static void start(uint16_t port, uint8_t vector, uint8_t connection)
{
	port_write_8(port + PIC_COMMAND, INITIALIZE);
	port_write_8(port + PIC_DATA, vector);
	port_write_8(port + PIC_DATA, connection);
	port_write_8(port + PIC_DATA, MODE_8086);
	port_write_8(port + PIC_DATA, MASK_ALL);
}

void pic_boot(void)
{
	start(PIC_FIRST, VECTOR_LEGACY, FIRST_CONNECTION);
	start(PIC_SECOND, VECTOR_LEGACY + PIC_LINES, SECOND_CONNECTION);
}
