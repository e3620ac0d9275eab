/* SPDX-License-Identifier: BSD-2-Clause */
/* Names for people, and the check for calls that cannot fail in a correct system. */
#pragma once

#include <l4/syscall.h>

/* Names of the ABI's numbers, "?" for unknown ones. */
const char *l4_error_name(l4_status_t status);
const char *l4_type_name(l4_word_t type);
const char *l4_fault_name(l4_word_t label);
const char *l4_thread_state_name(l4_word_t state);

/* Ends the program unless `operation` gives L4_OK; says file, line, the operation's text and the error's name. */
#define L4_REQUIRE(operation) \
	do { \
		l4_status_t l4_require_status_ = (operation); \
		if (__builtin_expect(l4_require_status_ != L4_OK, 0)) \
			l4_require_failed(__FILE__, __LINE__, #operation, l4_require_status_); \
	} while (0)

/* The same where the operation uses the capability `cap`: says its name, too, and the monitor tells what it is and which rights it has. */
#define L4_REQUIRE_CAP(cap, operation) \
	do { \
		l4_cap_t l4_require_cap_ = (cap); \
		l4_status_t l4_require_status_ = (operation); \
		if (__builtin_expect(l4_require_status_ != L4_OK, 0)) \
			l4_require_cap_failed(__FILE__, __LINE__, #operation, l4_require_status_, l4_require_cap_); \
	} while (0)

/* Ends the program unless `condition` holds; says file, line and the condition's text. */
#define L4_ENSURE(condition) \
	do { \
		if (__builtin_expect(!(condition), 0)) \
			l4_ensure_failed(__FILE__, __LINE__, #condition); \
	} while (0)

__attribute__((noreturn)) void l4_require_failed(const char *file, int line, const char *operation, l4_status_t status);
__attribute__((noreturn)) void l4_require_cap_failed(const char *file, int line, const char *operation, l4_status_t status, l4_cap_t cap);
__attribute__((noreturn)) void l4_ensure_failed(const char *file, int line, const char *condition);
