/* SPDX-License-Identifier: BSD-2-Clause */
#include "ram.h"

#include <l4/pages.h>
#include <l4/startup.h>
#include <l4/stubs.h>

#include "guest.h"
#include "objects.h"

/* The largest page: addresses in the VMM and in the guest are equal modulo this, so that both can use it. */
#define ALIGNMENT (1UL << 30)

static struct {
	l4_word_t base; /* guest-physical */
	l4_word_t size;
	uint8_t *bytes; /* for the VMM */
	l4_cap_t first_frame;
} ram;

void *guest_memory(uint64_t gpa, uint64_t length)
{
	uint64_t offset = gpa - ram.base;
	if (offset > ram.size || length > ram.size - offset)
		return NULL;
	return ram.bytes + offset;
}

static l4_word_t window_find(l4_word_t base, l4_word_t size)
{
	const struct l4_startup *startup = l4_startup();
	l4_word_t vaddr = ((startup->free_vaddr + ALIGNMENT - 1) & ~(ALIGNMENT - 1)) + base % ALIGNMENT;
	if (vaddr > startup->free_vaddr_end || size > startup->free_vaddr_end - vaddr)
		guest_failed("VMM: no room for the guest's memory", size);
	return vaddr;
}

void ram_make(const struct l4_space *guest, l4_word_t base, l4_word_t size)
{
	static struct l4_pages pages, copy;
	l4_word_t vaddr = window_find(base, size);
	objects_require(l4_pages_new(&objects, base, size, &pages), "VMM: not enough memory for the guest");
	objects_require(l4_pages_map(&pages, guest, base, L4_READ | L4_WRITE | L4_EXECUTE), "VMM: cannot map the guest's memory");
	objects_require(l4_pages_copy(&pages, objects.slots, L4_READ | L4_WRITE, &copy), "VMM: no slots for the guest's memory");
	objects_require(l4_pages_map(&copy, &own_space, vaddr, L4_READ | L4_WRITE), "VMM: cannot map the guest's memory");
	ram.base = base;
	ram.size = size;
	ram.bytes = (uint8_t *)vaddr;
	ram.first_frame = pages.run[0].first;
}

void ram_repeat(const struct l4_space *guest, l4_word_t gpa)
{
	l4_cap_t copy = l4_slots_alloc(objects.slots);
	objects_require(l4_cnode_copy(L4_SLOT_CNODE, copy, L4_SLOT_CNODE, ram.first_frame, L4_READ | L4_WRITE), "VMM: no slot for the guest's memory");
	objects_require(l4_space_map(guest, copy, gpa, L4_READ | L4_WRITE), "VMM: cannot map the guest's memory again");
}

void ram_range(uint64_t *base, uint64_t *size)
{
	*base = ram.base;
	*size = ram.size;
}
