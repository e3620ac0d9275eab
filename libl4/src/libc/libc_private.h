/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* The C library's one lock, recursive. l4_output holds it too: the console's ring has one producer. */
void l4_libc_lock(void);
void l4_libc_unlock(void);

/* Writes what standard output still holds. */
void l4_libc_flush(void);
