/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/abi/arch.h>

_Static_assert(L4_SYS_SET_THREAD_POINTER == 6, "entry.S has this number");
