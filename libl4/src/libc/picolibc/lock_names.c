/* SPDX-License-Identifier: BSD-2-Clause */
/* The lock that picolibc names. Only its address is used, see lock.c. */
#include <sys/lock.h>

struct __lock {
	char unused;
};

struct __lock __lock___libc_recursive_mutex;
