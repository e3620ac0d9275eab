/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/restartable.h>

/* Words that travel in the IPC buffer stay there: where no answer comes nothing is written over them. */
struct l4_result l4_call_restartable(l4_cap_t endpoint, l4_word_t tag, struct l4_registers *m)
{
	const struct l4_registers words = *m;
	struct l4_result result = l4_call(endpoint, tag, m);

	while (result.status == L4_PEER_GONE) {
		*m = words;
		result = l4_call(endpoint, tag, m);
	}
	return result;
}
