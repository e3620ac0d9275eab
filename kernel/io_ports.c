/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports, on architectures that have them. A capability's address is its first port, its badge their number; the control capability's address is the number of all. */
#include <kernel/arch.h>
#include <kernel/dispatch.h>

status_t io_port_control_issue(struct invocation *inv, const struct io_port_control_issue_args *args)
{
	word_t all = slot_address(inv->target);
	if (args->count == 0 || args->count > all || args->first > all - args->count || args->index >= args->cnode->badge)
		return L4_INVALID_ARGUMENT;
	struct slot *slot = (struct slot *)slot_object(args->cnode) + args->index;
	if (!slot_is_empty(slot))
		return L4_OCCUPIED;
	if (!slot_can_derive(inv->target))
		return L4_TOO_DEEP;
	slot_insert_child(inv->target, slot, slot_word(L4_TYPE_IO_PORTS, L4_READ | L4_WRITE | L4_GRANT, 0, args->first) | SLOT_ORIGINAL);
	slot->badge = args->count;
	return L4_OK;
}

static bool is_in_range(const struct slot *slot, word_t port, word_t width)
{
	word_t first = slot_address(slot);
	return (width == 1 || width == 2 || width == 4) && port >= first && slot->badge >= width && port - first <= slot->badge - width;
}

status_t io_ports_read(struct invocation *inv, const struct io_ports_read_args *args)
{
	if (!is_in_range(inv->target, args->port, args->width))
		return L4_INVALID_ARGUMENT;
	invocation_result(inv, 0, arch_port_read(args->port, args->width));
	return L4_OK;
}

status_t io_ports_write(struct invocation *inv, const struct io_ports_write_args *args)
{
	if (!is_in_range(inv->target, args->port, args->width))
		return L4_INVALID_ARGUMENT;
	arch_port_write(args->port, args->width, args->value);
	return L4_OK;
}

status_t io_ports_info(struct invocation *inv)
{
	invocation_result(inv, 0, slot_address(inv->target));
	invocation_result(inv, 1, inv->target->badge);
	return L4_OK;
}
