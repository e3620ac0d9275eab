/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports of the watchdog of Intel's ICH9, where firmware puts them. */
#pragma once

#define TCO_PORTS 0x660       /* the first */
#define TCO_PORTS_COUNT 32
#define TCO_FROM_POWER 0x60   /* behind the first port of power management */

enum tco_port {
	TCO_RELOAD = TCO_PORTS + 0x00,  /* any write: the time begins anew */
	TCO_CONTROL = TCO_PORTS + 0x08, /* 16 bits */
	TCO_TIME = TCO_PORTS + 0x12,    /* 16 bits: ticks of 0.6 s, 4 to 1023. The machine is reset when they have passed twice */
};

#define TCO_CONTROL_HALT (1 << 11)
#define TCO_TICK_NS 600000000UL
