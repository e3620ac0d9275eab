/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying much: the C library's memcpy() may be made to be small, and take each byte by itself. */
#pragma once

#include <stddef.h>

/* As memcpy(): quick where the addresses are a multiple of 4 apart, quicker if it is one of 8. */
void copy_much(void *to, const void *from, size_t size);
