/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of servers that may be restarted. */
#pragma once

#include <l4/syscall.h>

/*
 * As l4_call; where the server dies while it has the call (PEER_GONE), the call is made again, and waits for the next incarnation, as it would have where
 * the server was down in the first place. A call may so be served twice, in part or as a whole: ask only for what may be done again. No capability may travel
 * with it. Blocks for as long as the server is down. Errors: those of l4_call but PEER_GONE.
 */
struct l4_result l4_call_restartable(l4_cap_t endpoint, l4_word_t tag, struct l4_registers *m);
