/* SPDX-License-Identifier: BSD-2-Clause */
/* A platform-level interrupt controller (RISC-V PLIC specification 1.0) with level-triggered sources and one context: hart 0 in S mode. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PLIC_SOURCES 32 /* numbers 1 to 31; 0 is none. One word of bits holds them all. */

struct plic {
	uint32_t level;      /* what the devices drive */
	uint32_t in_service; /* claimed and not completed: the gateway holds further requests back */
	uint32_t enable;
	uint8_t threshold;
	uint8_t priority[PLIC_SOURCES];
};

void plic_reset(struct plic *plic);

/* Registers, `offset` bytes from the first. False: the device answers no such access. */
bool plic_read(struct plic *plic, uint32_t offset, unsigned int width, uint32_t *value);
bool plic_write(struct plic *plic, uint32_t offset, unsigned int width, uint32_t value);

void plic_set_level(struct plic *plic, unsigned int source, bool level);

/* The level of the context's interrupt line. */
bool plic_output(const struct plic *plic);
