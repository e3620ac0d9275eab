/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "../libc_private.h"

/* Of stdio.c; weak, so that programs without streams link none. */
__attribute__((weak)) void l4_newlib_flush_output(void);
