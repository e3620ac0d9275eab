/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that firmware and boot loader have left to x86_64's kernel: an array from address 0 on. What is read of it is an exact copy, gone with the next map_firmware. */
#pragma once

#include <host_test.h>

#define FIRMWARE_SIZE 0x200000

extern uint8_t firmware[FIRMWARE_SIZE];

/* All zero again. */
void firmware_clear(void);
void firmware_put(uint64_t paddr, const void *bytes, size_t size);
/* Changes the byte at `checksum` so that [start, start + size) sums to 0. */
void firmware_sum(uint64_t start, size_t size, uint64_t checksum);

/* Runs `what`: null if it came back, else what it panicked with. */
const char *firmware_panic_of(void (*what)(void));

#define EXPECT_PANIC(text, what) EXPECT_STRING(text, firmware_panic_of(what))
#define EXPECT_NO_PANIC(what) EXPECT_TRUE(!firmware_panic_of(what))
