/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/debug.h>

#include <l4/output.h>
#include <l4/program.h>
#include <l4/startup.h>

#include <l4/names.h>

#define NAME_OF(names, number) ((l4_word_t)(number) < sizeof(names) / sizeof((names)[0]) ? (names)[number] : "?")

const char *l4_error_name(l4_status_t status)
{
	return NAME_OF(l4_error_names, status);
}

const char *l4_type_name(l4_word_t type)
{
	return NAME_OF(l4_type_names, type);
}

const char *l4_fault_name(l4_word_t label)
{
	return NAME_OF(l4_fault_names, label);
}

const char *l4_thread_state_name(l4_word_t state)
{
	return NAME_OF(l4_thread_names, state);
}

static void output_place(const char *file, int line)
{
	l4_output_string(file);
	l4_output_string(":");
	l4_output_decimal((l4_word_t)line);
	l4_output_string(": ");
}

static void output_failure(const char *file, int line, const char *operation, l4_status_t status)
{
	output_place(file, line);
	l4_output_string(operation);
	l4_output_string(" gives ");
	l4_output_string(l4_error_name(status));
}

void l4_require_failed(const char *file, int line, const char *operation, l4_status_t status)
{
	output_failure(file, line, operation, status);
	l4_output_string("\n");
	l4_program_exit(L4_EXIT_FAILED);
}

/* Out of line: where it returns to is the place of the failure. */
__attribute__((noinline)) void l4_require_cap_failed(const char *file, int line, const char *operation, l4_status_t status, l4_cap_t cap)
{
	const char *name = l4_startup_cap_name(cap);

	output_failure(file, line, operation, status);
	l4_output_string(" on ");
	l4_output_string(name ? name : "a capability without a name");
	l4_output_string("\n");
	l4_program_exit_refused(status, cap, (l4_word_t)__builtin_return_address(0) - 1);
}

void l4_ensure_failed(const char *file, int line, const char *condition)
{
	output_place(file, line);
	l4_output_string("not so: ");
	l4_output_string(condition);
	l4_output_string("\n");
	l4_program_exit(L4_EXIT_FAILED);
}
