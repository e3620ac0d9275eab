/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt lines. A line is masked from its interrupt until its handler acknowledges it, and while nobody is to be told of it. */
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/dispatch.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/trace.h>

static struct irq_line irq_lines[IRQ_LINES_MAX];
static unsigned irq_line_count;

void irq_boot(unsigned lines)
{
	irq_line_count = lines < IRQ_LINES_MAX ? lines : IRQ_LINES_MAX - 1;
	for (unsigned i = 0; i <= irq_line_count; i++)
		slot_init(&irq_lines[i].notification, L4_HOLDER_IRQ, IRQ_SLOT_NOTIFICATION);
	for (unsigned i = 0; i <= irq_line_count; i++)
		slot_init(&irq_lines[i].domain, L4_HOLDER_IRQ, IRQ_SLOT_DOMAIN);
}

unsigned irq_count(void)
{
	return irq_line_count;
}

static unsigned line_number(const struct irq_line *line)
{
	return line - irq_lines;
}

unsigned irq_slot_line(const struct slot *slot)
{
	return ((const char *)slot - (const char *)irq_lines) / sizeof(*irq_lines);
}

/* Whether it may interrupt in the window that runs. */
static bool is_open(const struct irq_line *line)
{
	return !line->confined || slot_object_or_null(&line->domain) == cpu_self()->place.domain;
}

static void update_mask(struct irq_line *line)
{
	if (slot_is_empty(&line->notification))
		arch_irq_mask(line_number(line));
	else if (is_open(line))
		arch_irq_unmask(line_number(line));
	else
		arch_irq_hold(line_number(line));
}

void irq_leave_window(struct domain *domain)
{
	for (struct irq_line *line = domain->lines; line; line = line->next_of_domain) {
		if (!slot_is_empty(&line->notification))
			arch_irq_hold(line_number(line));
	}
}

void irq_enter_window(struct domain *domain)
{
	for (struct irq_line *line = domain->lines; line; line = line->next_of_domain)
		update_mask(line);
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
	trace_interrupt(number);
	line->waiting = true;
	if (slot_is_empty(&line->notification)) {
		arch_irq_mask(number);
		complete(line);
		return;
	}
	notification_signal_slot(&line->notification);
}

static void notification_lost(struct irq_line *line)
{
	arch_irq_mask(line_number(line));
	complete(line);
}

static void domain_lost(struct irq_line *line, struct domain *domain)
{
	struct irq_line **link = &domain->lines;
	while (*link != line)
		link = &(*link)->next_of_domain;
	*link = line->next_of_domain;
	update_mask(line);
}

void irq_slot_lost(const struct slot *slot, const struct slot *old)
{
	struct irq_line *line = &irq_lines[irq_slot_line(slot)];
	if (slot->holder_slot == IRQ_SLOT_DOMAIN)
		domain_lost(line, slot_object(old));
	else
		notification_lost(line);
}

static void release_domain(struct irq_line *line)
{
	slot_delete_leaf(&line->domain);
	line->confined = false;
}

void irq_release(unsigned number)
{
	struct irq_line *line = &irq_lines[number];
	slot_delete_leaf(&line->notification);
	release_domain(line);
	line->issued = false;
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
	if (args->notification)
		slot_derive(args->notification, &line->notification, L4_ALL_RIGHTS);
	update_mask(line);
	return L4_OK;
}

status_t irq_handler_confine(struct invocation *inv, const struct irq_handler_confine_args *args)
{
	struct irq_line *line = &irq_lines[slot_address(inv->target)];
	if (args->domain && !slot_can_derive(args->domain))
		return L4_TOO_DEEP;
	release_domain(line);
	if (args->domain) {
		slot_derive(args->domain, &line->domain, L4_ALL_RIGHTS);
		struct domain *domain = slot_object(args->domain);
		line->next_of_domain = domain->lines;
		domain->lines = line;
		line->confined = true;
	}
	update_mask(line);
	return L4_OK;
}

status_t irq_handler_message(struct invocation *inv)
{
	word_t address, data;
	if (!arch_irq_message(slot_address(inv->target), &address, &data))
		return L4_UNSUPPORTED;
	invocation_result(inv, 0, address);
	invocation_result(inv, 1, data);
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
