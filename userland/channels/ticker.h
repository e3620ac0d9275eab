/* SPDX-License-Identifier: BSD-2-Clause */
/* The real-time clock as a source of interrupts (arch/ISA/ticker.c). */
#pragma once

#include <l4/abi/types.h>

enum ticker_rate { TICKER_SOME_A_SECOND, TICKER_FASTEST };

/* Starts it. */
void ticker_start(enum ticker_rate rate);

/* Answers an interrupt at the device, and has it give the next one. */
void ticker_next(void);

/* Does not answer: the device goes on interrupting for what it has. */
void ticker_neglect(void);
