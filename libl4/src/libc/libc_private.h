/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Writes what standard output still holds. */
void l4_libc_flush(void);
