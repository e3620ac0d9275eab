/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a program's text goes: its console channel if it has one, else the firmware's console if it has the system capability,
 * else nowhere. Does not need the C library; standard output, assert and L4_REQUIRE all end here.
 */
#pragma once

#include <stddef.h>

#include <l4/syscall.h>

/* Writes all of it. Waits while the console's ring is full. Any thread may call it (see l4_libc_lock_init). */
void l4_output(const char *text, size_t length);

/* Writes a string. */
void l4_output_string(const char *text);

/* Writes a number in decimal; in hexadecimal with 0x before it. */
void l4_output_decimal(l4_word_t value);
void l4_output_hex(l4_word_t value);

/* Makes l4_output use this system capability. The startup code does so with the capabilities named "system" and L4_BOOT_SYSTEM. */
void l4_output_use_system(l4_cap_t system);
