/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock for the threads of one program, of any priorities. Taking a free lock enters no kernel. Waiters sleep on the notification, so a lock is
 * fair to nobody and inherits no priority: hold it shortly.
 */
#pragma once

#include <stdatomic.h>

#include <l4/syscall.h>

struct l4_lock {
	_Atomic uint32_t state;   /* 0 free, 1 held, 2 held and perhaps waited for */
	l4_cap_t notification;    /* of this lock alone, with READ and WRITE and any badge but 0; 0: waiters yield (threads of one priority only) */
};

#define L4_LOCK_INIT {0, 0}

void l4_lock_init(struct l4_lock *lock, l4_cap_t notification);
void l4_lock_take(struct l4_lock *lock);
void l4_lock_release(struct l4_lock *lock);

/*
 * Gives the C library (malloc, atexit, standard output) the notification of its one lock. A program must do so before it starts a second thread of another
 * priority that uses the C library.
 */
void l4_libc_lock_init(l4_cap_t notification);
