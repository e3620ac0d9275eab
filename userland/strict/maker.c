/* SPDX-License-Identifier: BSD-2-Clause */
/* A storm of objects: of each kind that takes the kernel long to make, as many as one call makes, and then their end, over and over. */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/syscall.h>

#define TABLE_BITS 16 /* of the largest schedule table */
#define ROUNDS_PER_LINE 4

static const struct {
	l4_word_t type;
	l4_word_t size_bits;
} kinds[] = {{L4_TYPE_SCHEDULE, TABLE_BITS}, {L4_TYPE_VSPACE, 0}, {L4_TYPE_THREAD, 0}, {L4_TYPE_VCPU, 0}, {L4_TYPE_GUEST_VSPACE, 0}};

/* The machine may have no guests. */
static void make(l4_cap_t untyped, l4_word_t type, l4_word_t size_bits)
{
	l4_status_t status = l4_untyped_retype(untyped, type, size_bits, L4_SLOT_CNODE, l4_startup()->free_slot, L4_RETYPE_COUNT_MAX);
	if (status != L4_UNSUPPORTED)
		L4_REQUIRE(status);
	L4_REQUIRE(l4_cnode_revoke(L4_SLOT_CNODE, untyped));
}

int main(void)
{
	l4_cap_t untyped = l4_startup()->untyped[0].slot;
	for (unsigned long round = 1;; round++) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			make(untyped, kinds[i].type, kinds[i].size_bits);
		if (round % ROUNDS_PER_LINE == 0)
			printf("maker: round %lu\n", round);
	}
}
