/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's services. */
#pragma once

#include <kernel/types.h>

#define SBI_LEGACY_PUTCHAR 1
#define SBI_BASE 0x10
#define SBI_BASE_PROBE 3
#define SBI_TIME 0x54494d45
#define SBI_TIME_SET 0
#define SBI_SRST 0x53525354
#define SBI_SRST_RESET 0
#define SBI_DBCN 0x4442434e
#define SBI_DBCN_WRITE_BYTE 2

#define SBI_SUCCESS 0
#define SBI_ERR_FAILED (-1)
#define SBI_ERR_INVALID_PARAM (-3)
#define SBI_ERR_DENIED (-4)

struct sbi_result {
	int64_t error;
	word_t value;
};

struct sbi_result sbi_call(word_t extension, word_t function, word_t argument0, word_t argument1);
bool sbi_has(word_t extension);
