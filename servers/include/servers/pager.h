/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager of one partition: answers its program's page faults with memory, up to a quota. It runs on the time that faults lend it, so
 * a storm of faults costs the partition that makes it and nobody else.
 *
 * Its startup block names: "cnode", "vspace" (its own), "thread", "endpoint" (faults and calls arrive here), "monitor", "client" (the program's space),
 * "regions" (address of a table of struct pager_region, "region_count" elements, in order of their addresses), "quota" (pages).
 * Its untypeds are all for the program's page tables and pages.
 */
#pragma once

#include <l4/abi/types.h>

/* A program that has a pager finds its endpoint as "pager". Calls: */
enum pager_label {
	/* Words 0 and 1: address and number of pages. Their contents are dropped; when touched again they read as at the start. Answers PAGER_OK or PAGER_REFUSED. */
	PAGER_DISCARD = 64,
	/* Answers with words: pages in use, quota. */
	PAGER_USE,
};

enum pager_answer {
	PAGER_OK,
	PAGER_REFUSED,
};

/* Badges of its endpoint. */
enum pager_badge {
	PAGER_BADGE_FAULT = 1,
	PAGER_BADGE_CALL = 2,
};

enum pager_kind {
	PAGER_ZERO,   /* new cleared pages on demand */
	PAGER_SHARED, /* the template's pages themselves, never writable */
	PAGER_COPY,   /* the template's pages until they are written to, then copies */
	PAGER_GUARD,  /* nothing: a fault here is a stack overflow */
};

struct pager_region {
	l4_word_t vaddr;
	l4_word_t pages;
	l4_word_t template; /* the first of `pages` slots of the pager's cnode with the template's frames */
	uint32_t kind;      /* enum pager_kind */
	uint32_t rights;    /* of the program */
};
