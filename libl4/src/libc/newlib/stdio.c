/* SPDX-License-Identifier: BSD-2-Clause */
/* What newlib's three standard streams stand on: output by lines to l4_output, input from the console channel. There are no other files. */
#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>

#include <l4/console_client.h>
#include <l4/output.h>

#include "newlib_private.h"

#define LINE_SIZE 128
#define INPUT_SIZE 64

/* Standard input has one reader at a time, who takes no lock: a wait for input must not hold the lock that output needs. */
static void set_up_streams(void)
{
	static char line[LINE_SIZE], text[INPUT_SIZE];

	setvbuf(stdout, line, _IOLBF, sizeof(line));
	setvbuf(stdin, text, _IOFBF, sizeof(text));
	__fsetlocking(stdin, FSETLOCKING_BYCALLER);
}

__attribute__((used, section(".preinit_array"))) static void (*set_up)(void) = set_up_streams;

void l4_newlib_flush_output(void)
{
	fflush(stdout);
}

static int fail(int error)
{
	errno = error;
	return -1;
}

_READ_WRITE_RETURN_TYPE write(int file, const void *text, size_t length)
{
	if (file != STDOUT_FILENO && file != STDERR_FILENO)
		return fail(EBADF);
	l4_output(text, length);
	return (_READ_WRITE_RETURN_TYPE)length;
}

/* 0, the end of the file, where there is no console. */
_READ_WRITE_RETURN_TYPE read(int file, void *text, size_t size)
{
	if (file != STDIN_FILENO)
		return fail(EBADF);
	fflush(stdout);
	return l4_console() ? (_READ_WRITE_RETURN_TYPE)l4_console_read(l4_console(), text, size) : 0;
}

int isatty(int file)
{
	if (file >= STDIN_FILENO && file <= STDERR_FILENO)
		return 1;
	errno = EBADF;
	return 0;
}

int fstat(int file, struct stat *status)
{
	if (!isatty(file))
		return -1;
	*status = (struct stat){.st_mode = S_IFCHR};
	return 0;
}

off_t lseek(int file, off_t offset, int from)
{
	(void)offset;
	(void)from;
	return fail(isatty(file) ? ESPIPE : EBADF);
}

int close(int file)
{
	return isatty(file) ? 0 : -1;
}
