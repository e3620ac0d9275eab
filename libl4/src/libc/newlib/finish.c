/* SPDX-License-Identifier: BSD-2-Clause */
/* What exit does in picolibc, and newlib leaves to others: destructors after all atexit functions, then the streams. */
#include <stdlib.h>

#include "newlib_private.h"

extern void (*__fini_array_start[])(void), (*__fini_array_end[])(void);

static void run_destructors(void)
{
	for (void (**destructor)(void) = __fini_array_end; destructor > __fini_array_start;)
		(*--destructor)();
}

/* Registered before anybody else's, so it runs last. */
static void register_destructors(void)
{
	atexit(run_destructors);
}

__attribute__((used, section(".preinit_array"))) static void (*set_up)(void) = register_destructors;

void l4_libc_flush(void)
{
	if (l4_newlib_flush_output)
		l4_newlib_flush_output();
}
