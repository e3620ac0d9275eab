/* SPDX-License-Identifier: BSD-2-Clause */
#include "hypercall.h"

#include "guest.h"
#include "terminal.h"

static struct hypercall_result result(int64_t error, uint64_t value)
{
	return (struct hypercall_result){error, value};
}

static struct hypercall_result console_write(uint64_t gpa, uint64_t length)
{
	const uint8_t *text = guest_memory(gpa, length);
	if (!text)
		return result(HYPERCALL_INVALID_ADDRESS, 0);
	return result(HYPERCALL_OK, terminal_write(text, length));
}

struct hypercall_result hypercall_answer(uint64_t function, uint64_t first, uint64_t second)
{
	switch (function) {
	case HYPERCALL_GET_VERSION: return result(HYPERCALL_OK, HYPERCALL_VERSION);
	case HYPERCALL_CONSOLE_WRITE: return console_write(first, second);
	case HYPERCALL_FAILED: guest_failed("guest reported a system failure", first);
	default: return result(HYPERCALL_NOT_SUPPORTED, 0);
	}
}
