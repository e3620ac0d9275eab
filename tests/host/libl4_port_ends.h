/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends of a port's memory, and messages of one number between them. */
#pragma once

#include <host_test.h>

#include <l4/port.h>

#define SIZE 20
#define DEPTH 5
#define GUARD 64

/* Both areas, with nothing beside them but what must stay. */
extern struct port_area {
	_Alignas(64) uint8_t before[GUARD];
	_Alignas(64) uint8_t source[4096];
	_Alignas(64) uint8_t between[GUARD];
	_Alignas(64) uint8_t destination[64];
	_Alignas(64) uint8_t after[GUARD];
} area;

extern struct l4_port_memory source, destination;

/* A port of empty areas, with both its ends at the start. */
void make(uint32_t size, uint32_t depth, bool overwrites);

void put_number(uint64_t number);
enum l4_port_found take_number(uint64_t *number);
void expect_taken(uint64_t expected);
void expect_nothing(void);
