/* SPDX-License-Identifier: BSD-2-Clause */
#include "plic.h"

enum {
	PRIORITY = 0x0,
	PRIORITY_END = 4 * PLIC_SOURCES,
	PENDING = 0x1000,
	ENABLE = 0x2000,
	THRESHOLD = 0x200000,
	CLAIM = 0x200004,
};
#define PRIORITY_MASK 7

void plic_reset(struct plic *plic)
{
	*plic = (struct plic){0};
}

/* A level-triggered gateway forwards its request unless the last one is still being served. */
static uint32_t pending(const struct plic *plic)
{
	return plic->level & ~plic->in_service;
}

/* The request with the highest priority above `threshold`, the lowest number among equals; 0 for none. */
static unsigned int best_source(const struct plic *plic, unsigned int threshold)
{
	unsigned int best = 0, best_priority = threshold;
	for (uint32_t candidates = pending(plic) & plic->enable; candidates; candidates &= candidates - 1) {
		unsigned int source = __builtin_ctz(candidates);
		if (plic->priority[source] > best_priority) {
			best = source;
			best_priority = plic->priority[source];
		}
	}
	return best;
}

bool plic_output(const struct plic *plic)
{
	return best_source(plic, plic->threshold) != 0;
}

/* The threshold masks the interrupt, not the claim. */
static uint32_t claim(struct plic *plic)
{
	unsigned int source = best_source(plic, 0);
	if (source)
		plic->in_service |= 1U << source;
	return source;
}

/* The completion of a source that is not enabled is ignored. */
static void complete(struct plic *plic, uint32_t source)
{
	if (source < PLIC_SOURCES)
		plic->in_service &= ~(plic->enable & 1U << source);
}

/* Registers that do not exist read 0 and ignore writes; only aligned words are answered. */
bool plic_read(struct plic *plic, uint32_t offset, unsigned int width, uint32_t *value)
{
	if (width != 4 || offset % 4)
		return false;
	switch (offset) {
	case PENDING: *value = pending(plic); break;
	case ENABLE: *value = plic->enable; break;
	case THRESHOLD: *value = plic->threshold; break;
	case CLAIM: *value = claim(plic); break;
	default: *value = offset < PRIORITY_END ? plic->priority[offset / 4] : 0; break;
	}
	return true;
}

bool plic_write(struct plic *plic, uint32_t offset, unsigned int width, uint32_t value)
{
	if (width != 4 || offset % 4)
		return false;
	switch (offset) {
	case ENABLE: plic->enable = value & ~1U; break;
	case THRESHOLD: plic->threshold = value & PRIORITY_MASK; break;
	case CLAIM: complete(plic, value); break;
	default:
		if (offset > PRIORITY && offset < PRIORITY_END)
			plic->priority[offset / 4] = value & PRIORITY_MASK;
		break;
	}
	return true;
}

void plic_set_level(struct plic *plic, unsigned int source, bool level)
{
	uint32_t bit = 1U << source;
	plic->level = level ? plic->level | bit : plic->level & ~bit;
}
