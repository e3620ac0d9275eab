/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls that the VMM itself answers: those to slot 0 of the guest's table. Word 0 is the function, the next are its arguments. Word 0 of the answer
 * is 0 or an error, word 1 a value.
 */
#pragma once

#include <stdint.h>

#define HYPERCALL_VERSION 1

enum hypercall_function {
	HYPERCALL_GET_VERSION,   /* value: HYPERCALL_VERSION */
	HYPERCALL_CONSOLE_WRITE, /* guest-physical address, length in bytes; value: how many were taken */
	HYPERCALL_FAILED,        /* the guest cannot go on: any number worth telling. Does not return. */
};

enum hypercall_error {
	HYPERCALL_OK = 0,
	HYPERCALL_NOT_SUPPORTED = -1,
	HYPERCALL_INVALID_ADDRESS = -2,
};

struct hypercall_result {
	int64_t error;
	uint64_t value;
};

struct hypercall_result hypercall_answer(uint64_t function, uint64_t first, uint64_t second);
