/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies one capability 100,000 times and revokes all the copies in one call, over and over. */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>

#define COPIES 100000UL
#define TABLE_BITS 23 /* log2 of the bytes of a cnode with more slots than that */

static l4_cap_t table;
static l4_cap_t source;

/* The larger untyped becomes the table, the smaller one the capability to copy. */
static void prepare(void)
{
	const struct l4_startup *startup = l4_startup();
	L4_ENSURE(startup->untyped_count == 2);
	table = startup->free_slot;
	source = startup->free_slot + 1;
	L4_REQUIRE(l4_untyped_retype(startup->untyped[0].slot, L4_TYPE_CNODE, TABLE_BITS, L4_SLOT_CNODE, table, 1));
	L4_REQUIRE(l4_untyped_retype(startup->untyped[1].slot, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, source, 1));
}

static void copy_all(void)
{
	for (l4_word_t i = 1; i <= COPIES; i++)
		L4_REQUIRE(l4_cnode_copy(table, i, L4_SLOT_CNODE, source, L4_READ));
}

int main(void)
{
	prepare();
	for (unsigned long round = 1;; round++) {
		copy_all();
		l4_word_t start = l4_now();
		L4_REQUIRE(l4_cnode_revoke(L4_SLOT_CNODE, source));
		printf("revoker: round %lu, %lu capabilities revoked in %lu us\n", round, COPIES, l4_microseconds_of_ticks(l4_now() - start));
	}
}
