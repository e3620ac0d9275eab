/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/thread.h>

/* The registers that a thread begins with. */
void fpu_init(struct thread *thread);
/* From now on the FPU traps. */
void fpu_close(void);
