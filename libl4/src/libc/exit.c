/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include <l4/program.h>

#include "libc_private.h"

void _exit(int status)
{
	l4_libc_flush();
	l4_program_exit(status);
}

/* abort() and raise() send their signals to the own process; one that nobody handles ends it. */
pid_t getpid(void)
{
	return 1;
}

int kill(pid_t process, int signal)
{
	(void)process;
	_exit(128 + signal);
}
