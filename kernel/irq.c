/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt lines. A line is masked from its interrupt until its handler acknowledges it, and while nobody is to be told of it. */
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/dispatch.h>
#include <kernel/ipc.h>

static struct irq_line irq_lines[IRQ_LINES_MAX];
static unsigned irq_line_count;

void irq_boot(unsigned lines)
{
	irq_line_count = lines < IRQ_LINES_MAX ? lines : IRQ_LINES_MAX - 1;
	for (unsigned i = 0; i <= irq_line_count; i++)
		slot_init(&irq_lines[i].notification, HELD_BY_IRQ, 0);
}

unsigned irq_count(void)
{
	return irq_line_count;
}

static unsigned line_number(const struct irq_line *line)
{
	return line - irq_lines;
}

static void complete(struct irq_line *line)
{
	if (line->waiting)
		arch_irq_complete(line_number(line));
	line->waiting = false;
}

void irq_deliver(unsigned number)
{
	struct irq_line *line = &irq_lines[number];
	line->waiting = true;
	if (slot_is_empty(&line->notification)) {
		arch_irq_mask(number);
		complete(line);
		return;
	}
	notification_signal_slot(&line->notification);
}

void irq_slot_lost(struct irq_line *line)
{
	arch_irq_mask(line_number(line));
	complete(line);
}

void irq_release(unsigned number)
{
	slot_delete_leaf(&irq_lines[number].notification);
	irq_lines[number].issued = false;
}

status_t irq_control_issue(struct invocation *inv, const struct irq_control_issue_args *args)
{
	if (args->line == 0 || args->line > irq_line_count || args->index >= args->cnode->badge)
		return L4_INVALID_ARGUMENT;
	struct irq_line *line = &irq_lines[args->line];
	struct slot *slot = (struct slot *)slot_object(args->cnode) + args->index;
	if (line->issued)
		return L4_BUSY;
	if (!slot_is_empty(slot))
		return L4_OCCUPIED;
	if (!slot_can_derive(inv->target))
		return L4_TOO_DEEP;
	line->issued = true;
	slot_insert_child(inv->target, slot, slot_word(L4_TYPE_IRQ_HANDLER, L4_READ | L4_WRITE | L4_GRANT, 0, args->line) | SLOT_ORIGINAL);
	return L4_OK;
}

status_t irq_handler_bind(struct invocation *inv, const struct irq_handler_bind_args *args)
{
	struct irq_line *line = &irq_lines[slot_address(inv->target)];
	if (args->notification && !slot_can_derive(args->notification))
		return L4_TOO_DEEP;
	slot_delete_leaf(&line->notification);
	if (args->notification) {
		slot_derive(args->notification, &line->notification, L4_ALL_RIGHTS);
		arch_irq_unmask(line_number(line));
	}
	return L4_OK;
}

status_t irq_handler_ack(struct invocation *inv)
{
	struct irq_line *line = &irq_lines[slot_address(inv->target)];
	if (!line->waiting)
		return L4_BAD_STATE;
	complete(line);
	return L4_OK;
}
