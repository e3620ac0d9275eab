/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What newlib keeps for each thread (errno, the states of strtok and rand) lies among its thread-local variables, ready without a call. The
 * streams are the program's; standard error is standard output, so that their texts stay in order.
 */
#include <reent.h>

static _Thread_local struct _reent own = {
	._stdin = &__sf[0], ._stdout = &__sf[1], ._stderr = &__sf[1],
	._new = {._reent = {
		._rand_next = 1,
		._r48 = {{_RAND48_SEED_0, _RAND48_SEED_1, _RAND48_SEED_2}, {_RAND48_MULT_0, _RAND48_MULT_1, _RAND48_MULT_2}, _RAND48_ADD},
	}},
};

struct _reent *__getreent(void)
{
	return &own;
}
