/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/ipc.h>
#include <kernel/object.h>
#include <kernel/print.h>
#include <kernel/sched.h>

static unsigned fixed_size_bits(word_t type)
{
	switch (type) {
	case L4_TYPE_THREAD:
		return THREAD_BITS;
	case L4_TYPE_ENDPOINT:
	case L4_TYPE_REPLY:
	case L4_TYPE_NOTIFICATION:
		return IPC_OBJECT_BITS;
	case L4_TYPE_VSPACE:
		return VSPACE_BITS;
	case L4_TYPE_GUEST_VSPACE:
		return GUEST_VSPACE_BITS;
	case L4_TYPE_PAGE_TABLE:
		return L4_PAGE_BITS;
	case L4_TYPE_SCHED_CONTEXT:
		return SCHED_CONTEXT_BITS;
	case L4_TYPE_TIMER:
		return TIMER_BITS;
	case L4_TYPE_VCPU:
		return VCPU_BITS;
	case L4_TYPE_DOORBELL:
		return DOORBELL_BITS;
	case L4_TYPE_VIRQ:
		return VIRQ_BITS;
	case L4_TYPE_DOMAIN:
		return DOMAIN_BITS;
	default:
		return 0;
	}
}

static bool frame_size_is_valid(word_t size_bits)
{
	unsigned bits = L4_PAGE_BITS;
	for (unsigned level = 0; level < paging[STAGE_PROCESS].page_levels; level++, bits += TABLE_BITS) {
		if (size_bits == bits)
			return true;
	}
	return false;
}

#define SIZE_BITS_MAX 46

unsigned object_size_bits(word_t type, word_t size_bits)
{
	switch (type) {
	case L4_TYPE_UNTYPED:
		return size_bits >= IPC_OBJECT_BITS && size_bits <= SIZE_BITS_MAX ? size_bits : 0;
	case L4_TYPE_CNODE:
		return size_bits > SLOT_BITS && size_bits <= SIZE_BITS_MAX ? size_bits : 0;
	case L4_TYPE_FRAME:
		return frame_size_is_valid(size_bits) ? size_bits : 0;
	case L4_TYPE_SCHEDULE:
		return size_bits >= SCHEDULE_BITS_MIN && size_bits <= SCHEDULE_BITS_MAX ? size_bits : 0;
	default:
		return size_bits == 0 ? fixed_size_bits(type) : 0;
	}
}

bool object_is_supported(word_t type)
{
	bool is_guests = type == L4_TYPE_GUEST_VSPACE || type == L4_TYPE_VCPU || type == L4_TYPE_DOORBELL || type == L4_TYPE_VIRQ;
	return !is_guests || paging[STAGE_GUEST].levels != 0;
}

bool object_is_user_memory(word_t type)
{
	return type == L4_TYPE_FRAME;
}

/* The address that the capability carries. */
static word_t init_memory(word_t type, unsigned size_bits, paddr_t paddr)
{
	if (type == L4_TYPE_UNTYPED || type == L4_TYPE_FRAME)
		return paddr;
	void *memory = arch_object_pointer(paddr);
	switch (type) {
	case L4_TYPE_THREAD:
		thread_init(memory);
		break;
	case L4_TYPE_VSPACE:
		return (word_t)vspace_init(memory, STAGE_PROCESS);
	case L4_TYPE_GUEST_VSPACE:
		return (word_t)vspace_init(memory, STAGE_GUEST);
	case L4_TYPE_SCHED_CONTEXT:
		sched_context_init(memory);
		break;
	case L4_TYPE_TIMER:
		timer_init(memory);
		break;
	case L4_TYPE_VCPU:
		vcpu_init(memory);
		break;
	case L4_TYPE_DOORBELL:
		doorbell_init(memory);
		break;
	case L4_TYPE_VIRQ:
		slot_init(&((struct virq *)memory)->vcpu, L4_HOLDER_VIRQ, 0);
		break;
	case L4_TYPE_SCHEDULE:
		schedule_init(memory, size_bits);
		break;
	default:
		break;
	}
	return (word_t)memory;
}

void object_create(struct slot *untyped, struct slot *slot, word_t type, unsigned size_bits, paddr_t paddr)
{
	enum l4_type cap_type = type == L4_TYPE_GUEST_VSPACE ? L4_TYPE_VSPACE : (enum l4_type)type;
	word_t rights = type == L4_TYPE_FRAME ? L4_ALL_RIGHTS : L4_READ | L4_WRITE | L4_GRANT;
	word_t address = init_memory(type, size_bits, paddr);
	slot_insert_child(untyped, slot, slot_word(cap_type, rights, size_bits, address) | SLOT_ORIGINAL);
	if (type == L4_TYPE_CNODE)
		slot->badge = cnode_slots(size_bits);
	if (type == L4_TYPE_UNTYPED)
		slot->extra2 = untyped->extra2;
}

bool object_destroy_piece(struct slot *original)
{
	void *object = slot_object(original);
	switch (slot_type(original)) {
	case L4_TYPE_THREAD:
		thread_destroy(object);
		return true;
	case L4_TYPE_ENDPOINT:
		return endpoint_drain(object);
	case L4_TYPE_REPLY:
		reply_destroy(object);
		return true;
	case L4_TYPE_NOTIFICATION:
		return notification_drain(object);
	case L4_TYPE_VSPACE:
		vspace_destroy(object);
		return true;
	case L4_TYPE_SCHED_CONTEXT:
		sched_context_destroy(object);
		return true;
	case L4_TYPE_TIMER:
		timer_destroy(object);
		return true;
	case L4_TYPE_IRQ_HANDLER:
		irq_release(slot_address(original));
		return true;
	case L4_TYPE_VCPU:
		vcpu_destroy(object);
		return true;
	case L4_TYPE_DOORBELL: {
		struct doorbell *doorbell = object;
		slot_delete_leaf(&doorbell->space);
		slot_delete_leaf(&doorbell->notification);
		return true;
	}
	case L4_TYPE_VIRQ:
		slot_delete_leaf(&((struct virq *)object)->vcpu);
		return true;
	case L4_TYPE_DOMAIN:
		return domain_destroy_piece(object);
	case L4_TYPE_SCHEDULE:
		return schedule_destroy_piece(object);
	case L4_TYPE_CNODE:
		panic("a cnode is destroyed through its tomb", original->word);
	default:
		return true;
	}
}

void slot_holder_lost(struct slot *slot, const struct slot *old)
{
	switch ((enum l4_holder)slot->held) {
	case L4_HOLDER_THREAD:
		thread_slot_lost(container_of(slot - slot->holder_slot, struct thread, slots[0]), (enum l4_bind)slot->holder_slot, old);
		break;
	case L4_HOLDER_TIMER:
		timer_slot_lost(container_of(slot, struct timer, notification));
		break;
	case L4_HOLDER_IRQ:
		irq_slot_lost(slot, old);
		break;
	case L4_HOLDER_SCHED_CONTEXT:
		sched_context_slot_lost(container_of(slot, struct sched_context, domain), slot_object(old));
		break;
	case L4_HOLDER_SCHEDULE:
		schedule_domain_lost();
		break;
	case L4_HOLDER_VCPU:
		vcpu_slot_lost(container_of(slot - slot->holder_slot, struct vcpu, slots[0]), (enum vcpu_slot)slot->holder_slot);
		break;
	case L4_HOLDER_DOORBELL:
		doorbell_slot_lost(slot, old);
		break;
	default:
		break;
	}
}
