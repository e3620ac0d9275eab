/* SPDX-License-Identifier: BSD-2-Clause */
/* The two thread operations whose message is longer than a stub can take. Both need the caller's IPC buffer for more than 8 registers. */
#pragma once

#include <stddef.h>

#include <l4/abi/arch.h>
#include <l4/syscall.h>

/* Reads the first `count` registers, pc first (order: l4/abi/arch.h), of a thread that is not running. */
l4_status_t l4_thread_read_registers(l4_cap_t thread, l4_word_t *registers, size_t count);

/* Sets the first `count` registers of a thread that is not running. */
l4_status_t l4_thread_write_registers(l4_cap_t thread, const l4_word_t *registers, size_t count);
