/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line is claimed when it interrupts, which keeps it from interrupting again, and completed when its handler acknowledges it.
 */
#include <kernel/arch.h>
#include <kernel/device.h>

#include "plic.h"

/* Register offsets. */
#define PRIORITY(line) (4 * (line))
#define ENABLE(context) (0x2000 + 0x80 * (context))
#define CONTEXT(context) (0x200000 + 0x1000 * (context))
#define THRESHOLD 0
#define CLAIM 4

static struct {
	volatile uint32_t *registers; /* null where there is no controller */
	volatile uint32_t *enable;
	volatile uint32_t *context;
	unsigned lines;
} plic;

size_t plic_size(unsigned context)
{
	return CONTEXT((size_t)context + 1);
}

static volatile uint32_t *at(volatile uint32_t *base, size_t offset)
{
	return base + offset / sizeof(*base);
}

void plic_boot(volatile uint32_t *registers, unsigned context, unsigned lines)
{
	plic.registers = registers;
	plic.enable = at(registers, ENABLE((size_t)context));
	plic.context = at(registers, CONTEXT((size_t)context));
	plic.lines = lines;
	for (unsigned line = 0; line <= lines; line += 32)
		plic.enable[line / 32] = 0;
	for (unsigned line = 1; line <= lines; line++)
		*at(registers, PRIORITY((size_t)line)) = 1;
	*at(plic.context, THRESHOLD) = 0;
	/* Who ran before may have claimed a line, which would never interrupt again. */
	for (unsigned line = 1; line <= lines; line++)
		arch_irq_complete(line);
}

static uint32_t line_bit(unsigned line)
{
	return (uint32_t)1 << line % 32;
}

/* QEMU 7.2 does not look at what a line that becomes enabled has kept, but does for a threshold, even the same. */
void arch_irq_unmask(unsigned line)
{
	plic.enable[line / 32] |= line_bit(line);
	*at(plic.context, THRESHOLD) = 0;
}

void arch_irq_mask(unsigned line)
{
	plic.enable[line / 32] &= ~line_bit(line);
}

/* The gateway keeps what comes. */
void arch_irq_hold(unsigned line)
{
	arch_irq_mask(line);
}

void arch_irq_complete(unsigned line)
{
	/* The controller ignores a completion of a line that is not enabled. */
	uint32_t enabled = plic.enable[line / 32];
	plic.enable[line / 32] = enabled | line_bit(line);
	*at(plic.context, CLAIM) = line;
	plic.enable[line / 32] = enabled;
}

/* Only a controller with IMSIC takes messages. */
bool arch_irq_message(unsigned line, word_t *address, word_t *data)
{
	(void)line;
	(void)address;
	(void)data;
	return false;
}

void plic_interrupt(void)
{
	if (!plic.registers)
		return;
	unsigned line = *at(plic.context, CLAIM);
	if (line >= 1 && line <= plic.lines)
		irq_deliver(line);
}
