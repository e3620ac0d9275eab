/* SPDX-License-Identifier: BSD-2-Clause */
/* The locks that newlib names. Only their addresses are used, see lock.c. */
#include <sys/lock.h>

struct __lock {
	char unused;
};

struct __lock __lock___arc4random_mutex, __lock___at_quick_exit_mutex, __lock___atexit_recursive_mutex, __lock___dd_hash_mutex,
	__lock___env_recursive_mutex, __lock___malloc_recursive_mutex, __lock___sfp_recursive_mutex, __lock___sinit_recursive_mutex, __lock___tz_mutex;
