/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three kinds of lines.
 *
 * A level stands until its device is served, so it is masked at the I/O APIC from its interrupt until it is completed, and while it is held, and nothing is lost. PCI's
 * wires are levels, and so are those of ISA's devices: the bus is said to have edges, but a 16550, an MC146818 or an 8042 holds its wire until it is served.
 *
 * An edge is gone where nobody looks. The wire of ISA's clock (8254) is one, a wave that no handler ends. An edge that comes before the last is completed is remembered
 * (`again`), and raised anew by an interrupt that the processor sends itself; the line is masked meanwhile, for a third one would say no more. What comes while it is held
 * cannot be known: one is raised when it is let through again, for all that may have come.
 *
 * A message cannot be stopped. One that comes before the last is completed, or while the line is held, is remembered.
 */
#include "interrupts.h"

#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/print.h>

#include "acpi.h"
#include "apic.h"
#include "ioapic.h"
#include "pic.h"
#include "timer.h"

#define ISA_CLOCK 0 /* the wire of the interval timer */

#define MESSAGE_ADDRESS 0xfee00000UL
#define MESSAGE_APIC_ID_SHIFT 12
#define MESSAGE_APIC_ID_MAX 0xfe

static struct line {
	bool has_input; /* of an I/O APIC: the line's number is the GSI */
	bool is_level;
	bool unmasked;
	bool held; /* masked for a while: what comes must not be lost */
	bool waiting; /* delivered, and not completed */
	bool again; /* of an edge or a message: to be raised when it may be delivered */
} lines[LINES_MAX + 1];
static unsigned line_count;
static unsigned first_message_line;
static uint32_t message_apic_id;

/* Where the MADT says nothing of a GSI, it is a wire of the ISA bus with that number, or one of PCI's: a level, active low. */
static struct acpi_isa_line describe(const struct acpi *acpi, uint32_t gsi)
{
	for (unsigned i = 0; i < ISA_LINES; i++) {
		struct acpi_isa_line wire = acpi->isa[i];
		wire.is_level |= i != ISA_CLOCK;
		if (wire.gsi == gsi)
			return wire;
	}
	return (struct acpi_isa_line){.gsi = gsi, .is_level = true, .is_low = true};
}

static void route_inputs(const struct acpi *acpi)
{
	for (uint32_t gsi = 1; gsi < first_message_line; gsi++) {
		struct acpi_isa_line wire = describe(acpi, gsi);
		lines[gsi] = (struct line){.has_input = ioapic_exists(gsi), .is_level = wire.is_level};
		if (lines[gsi].has_input)
			ioapic_route(gsi, message_apic_id, VECTOR_LINE(gsi), wire.is_level, wire.is_low);
	}
}

void interrupts_boot(struct boot_platform *platform, const struct acpi *acpi)
{
	pic_boot();
	apic_boot();
	message_apic_id = apic_id();
	uint32_t gsis = ioapic_boot(acpi);
	if (gsis > LINES_MAX - MESSAGE_LINES) {
		print_text("bulkhead: interrupt inputs from ");
		print_decimal(LINES_MAX - MESSAGE_LINES);
		print_text(" on are left out: too many\n");
		gsis = LINES_MAX - MESSAGE_LINES;
	}
	first_message_line = gsis ? gsis : 1;
	line_count = first_message_line - 1 + MESSAGE_LINES;
	route_inputs(acpi);
	platform->first_message_line = first_message_line;
	platform->irq_lines = line_count;
}

/* At the I/O APIC. */
static void update_mask(unsigned number)
{
	const struct line *line = &lines[number];
	if (line->has_input)
		ioapic_mask(number, !line->unmasked || (line->is_level ? line->waiting : line->again));
}

/* After any change of the line's state. */
static void update(unsigned number)
{
	struct line *line = &lines[number];
	if (line->again && line->unmasked && !line->waiting) {
		line->again = false;
		apic_interrupt_self(VECTOR_LINE(number));
	}
	update_mask(number);
}

void arch_irq_unmask(unsigned number)
{
	lines[number].unmasked = true;
	lines[number].held = false;
	update(number);
}

void arch_irq_mask(unsigned number)
{
	lines[number].unmasked = lines[number].held = lines[number].again = false;
	update(number);
}

void arch_irq_hold(unsigned number)
{
	struct line *line = &lines[number];
	line->unmasked = false;
	line->held = true;
	/* Of an edge it is not known whether one will have come. */
	line->again |= line->has_input && !line->is_level;
	update(number);
}

void arch_irq_complete(unsigned number)
{
	lines[number].waiting = false;
	update(number);
}

bool arch_irq_message(unsigned number, word_t *address, word_t *data)
{
	if (number < first_message_line || message_apic_id > MESSAGE_APIC_ID_MAX)
		return false;
	*address = MESSAGE_ADDRESS | (word_t)message_apic_id << MESSAGE_APIC_ID_SHIFT;
	*data = VECTOR_LINE(number);
	return true;
}

static void line_interrupt(unsigned number)
{
	struct line *line = &lines[number];
	bool deliver = line->unmasked && !line->waiting;
	if (deliver)
		line->waiting = true;
	else
		line->again = !line->is_level && (line->unmasked || line->held);
	/* Before the end, or the I/O APIC would send a level's interrupt again. */
	update_mask(number);
	apic_end_of_interrupt();
	if (deliver)
		irq_deliver(number);
}

void interrupts_dispatch(unsigned vector)
{
	if (vector == VECTOR_TIMER) {
		apic_end_of_interrupt();
		timer_interrupt();
	} else if (vector > VECTOR_TIMER && vector <= VECTOR_LINE(line_count)) {
		line_interrupt(vector - VECTOR_TIMER);
	} else if (apic_is_in_service(vector)) {
		/* A device has sent a vector that is nobody's. */
		apic_end_of_interrupt();
	}
}

void interrupts_dispatch_taken(word_t taken[VECTORS / 64])
{
	for (unsigned i = VECTORS / 64; i--;) {
		word_t bits = taken[i];
		taken[i] = 0;
		while (bits) {
			unsigned bit = 63 - (unsigned)__builtin_clzl(bits);
			bits &= ~(1UL << bit);
			interrupts_dispatch(i * 64 + bit);
		}
	}
}

/* An interrupt is taken behind the instruction that follows STI. */
void interrupts_handle(void)
{
	__asm__ volatile("sti\n\tnop\n\tcli" : : : "memory");
	interrupts_dispatch_taken(cpu_self()->arch.taken);
}

/*
 * None is lost between the look and the wait: the processor waits before it takes one. If it takes one before all the same, since an NMI came between, trap_in_kernel
 * (context.S) leaves the wait out.
 */
void arch_idle(void)
{
	__asm__ volatile("sti\n"
			 ".globl idle_halt\n"
			 "idle_halt:\n\t"
			 "hlt\n\t"
			 "cli"
			 :
			 :
			 : "memory");
	interrupts_dispatch_taken(cpu_self()->arch.taken);
}

bool arch_interrupt_pending(void)
{
	for (unsigned i = VECTOR_FIRST / APIC_VECTOR_BITS; i <= VECTOR_LINE(line_count) / APIC_VECTOR_BITS; i++)
		if (apic_read(APIC_IRR + i))
			return true;
	return false;
}
