/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose the memory is. The linker puts these functions around the kernel's own (--wrap), so that each object's memory is accessible to
 * the kernel from its creation to its destruction and not a step longer: what is untyped is poisoned for the address sanitizer, and what dies is overwritten.
 */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/object.h>
#include <kernel/touched.h>

#include <host_test.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GRANULE_BITS 6
#define OBJECTS_MAX 65536
#define DIRT 0xa5
#define PENDING_MAX 4096

struct object {
	word_t address; /* that its capabilities carry; 0: a free entry */
	paddr_t paddr;
	size_t size;
};

static paddr_t arena_base;
static size_t arena_size;
static char *arena;
static uint32_t *owners; /* of each granule: index in objects, 0 for nobody */
static struct object objects[OBJECTS_MAX];
static uint32_t free_objects[OBJECTS_MAX], free_count, objects_used = 1;
static size_t bytes_in_use, frames_in_use;

enum { PAGE_DIRTY = 1, PAGE_IN_FRAME = 2 };
static uint8_t ram_pages[MACHINE_RAM_SIZE >> L4_PAGE_BITS], device_pages[MACHINE_DEVICE_SIZE >> L4_PAGE_BITS];

/* Tombs that are about to be unlinked. Their cnodes are dead once they are empty. */
static struct slot *pending[PENDING_MAX];
static unsigned pending_count;

/* Objects made by the retype under way. */
static uint32_t made[L4_RETYPE_COUNT_MAX];
static unsigned made_count;

/* --- Object memory --- */

void *machine_object_pointer(paddr_t paddr)
{
	if (paddr < arena_base || paddr >= arena_base + arena_size)
		machine_fail("no object memory", paddr);
	return arena + (paddr - arena_base);
}

paddr_t machine_object_paddr(const void *pointer)
{
	const char *at = pointer;
	if (at < arena || at >= arena + arena_size)
		machine_fail("no object", (word_t)pointer);
	return arena_base + (at - arena);
}

void memory_begin(paddr_t base, size_t size)
{
	arena_base = base;
	arena_size = size;
	/* Naturally aligned, as what the kernel makes of its alignment must hold here too. */
	char *mapped = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	arena = (char *)align_up((word_t)mapped, __builtin_ctzl(size));
	memset(arena, DIRT, size);
	owners = calloc(size >> GRANULE_BITS, sizeof(*owners));
	memset(ram_pages, PAGE_DIRTY, sizeof(ram_pages));
	memset(device_pages, PAGE_DIRTY, sizeof(device_pages));
}

void memory_boot_done(void)
{
	size_t generations = vspace_generations_size(arena_size);
	made_count = 0;
	for (size_t at = align_up(generations, L4_PAGE_BITS); at < arena_size; at += 1 << GRANULE_BITS) {
		if (!owners[at >> GRANULE_BITS])
			ASAN_POISON_MEMORY_REGION(arena + at, 1 << GRANULE_BITS);
	}
}

size_t memory_in_use(void)
{
	return bytes_in_use;
}

static uint32_t *owner_of(paddr_t paddr)
{
	return &owners[(paddr - arena_base) >> GRANULE_BITS];
}

static bool is_zero(const char *at, size_t size)
{
	for (size_t i = 0; i < size; i += sizeof(word_t)) {
		if (*(const word_t *)(at + i))
			return false;
	}
	return true;
}

static uint32_t new_object(void)
{
	if (free_count)
		return free_objects[--free_count];
	if (objects_used == OBJECTS_MAX)
		machine_fail("more objects than the test can note", OBJECTS_MAX);
	return objects_used++;
}

static void claim(paddr_t paddr, size_t size)
{
	uint32_t index = new_object();
	if (!is_zero(machine_object_pointer(paddr), size))
		machine_fail("an object's memory was not cleared", paddr);
	for (size_t at = 0; at < size; at += 1 << GRANULE_BITS) {
		if (*owner_of(paddr + at))
			machine_fail("two objects share memory", paddr + at);
		*owner_of(paddr + at) = index;
	}
	objects[index] = (struct object){.paddr = paddr, .size = size};
	bytes_in_use += size;
	made[made_count++ % L4_RETYPE_COUNT_MAX] = index;
}

static void release(uint32_t index)
{
	struct object *object = &objects[index];
	for (size_t at = 0; at < object->size; at += 1 << GRANULE_BITS)
		*owner_of(object->paddr + at) = 0;
	bytes_in_use -= object->size;
	memset(machine_object_pointer(object->paddr), DIRT, object->size);
	ASAN_POISON_MEMORY_REGION(machine_object_pointer(object->paddr), object->size);
	object->address = 0;
	free_objects[free_count++] = index;
}

/* --- User memory --- */

static uint8_t *page_of(paddr_t page)
{
	if (page >= MACHINE_RAM && page < MACHINE_RAM + MACHINE_RAM_SIZE && !(page >= arena_base && page < arena_base + arena_size))
		return &ram_pages[(page - MACHINE_RAM) >> L4_PAGE_BITS];
	if (page >= MACHINE_DEVICE && page < MACHINE_DEVICE + MACHINE_DEVICE_SIZE)
		return &device_pages[(page - MACHINE_DEVICE) >> L4_PAGE_BITS];
	machine_fail("no user memory", page);
}

void memory_window_clear(paddr_t page)
{
	uint8_t *state = page_of(page);
	if (page >= MACHINE_DEVICE || *state & PAGE_IN_FRAME)
		machine_fail("a device, or a user's page, is cleared", page);
	*state &= ~PAGE_DIRTY;
}

void memory_window_write(paddr_t page)
{
	*page_of(page) |= PAGE_DIRTY;
}

size_t memory_frames(void)
{
	return frames_in_use;
}

static void claim_frame(paddr_t paddr, size_t size, bool device)
{
	for (size_t at = 0; at < size; at += PAGE_SIZE) {
		uint8_t *state = page_of(paddr + at);
		if (*state & PAGE_IN_FRAME || (*state & PAGE_DIRTY && !device))
			machine_fail("a frame of memory in use, or not cleared", paddr + at);
		*state = PAGE_DIRTY | PAGE_IN_FRAME;
	}
	frames_in_use += size >> L4_PAGE_BITS;
}

static void release_frame(paddr_t paddr, size_t size)
{
	for (size_t at = 0; at < size; at += PAGE_SIZE)
		*page_of(paddr + at) &= ~PAGE_IN_FRAME;
	frames_in_use -= size >> L4_PAGE_BITS;
}

/* --- Around the kernel --- */

void __real_object_create(struct slot *untyped, struct slot *slot, word_t type, unsigned size_bits, paddr_t paddr);
void __wrap_object_create(struct slot *untyped, struct slot *slot, word_t type, unsigned size_bits, paddr_t paddr);

void __wrap_object_create(struct slot *untyped, struct slot *slot, word_t type, unsigned size_bits, paddr_t paddr)
{
	if (type == L4_TYPE_FRAME)
		claim_frame(paddr, 1UL << size_bits, untyped->extra2 == L4_MEMORY_DEVICE);
	else if (type != L4_TYPE_UNTYPED)
		claim(paddr, 1UL << size_bits);
	__real_object_create(untyped, slot, type, size_bits, paddr);
	if (type != L4_TYPE_FRAME && type != L4_TYPE_UNTYPED)
		objects[*owner_of(paddr)].address = slot_address(slot);
}

bool __real_object_destroy_piece(struct slot *original);
bool __wrap_object_destroy_piece(struct slot *original);

bool __wrap_object_destroy_piece(struct slot *original)
{
	enum l4_type type = slot_type(original);
	word_t address = slot_address(original);
	if (!__real_object_destroy_piece(original))
		return false;
	if (type == L4_TYPE_FRAME) {
		release_frame(address, 1UL << slot_size_bits(original));
	} else if (type != L4_TYPE_UNTYPED && type != L4_TYPE_IRQ_HANDLER && type != L4_TYPE_IO_PORTS) {
		uint32_t index = *owner_of(machine_object_paddr((void *)address));
		if (!index || objects[index].address != address)
			machine_fail("an object dies that does not live", address);
		release(index);
	}
	return true;
}

status_t __real_untyped_retype(struct invocation *inv, const struct untyped_retype_args *args);
status_t __wrap_untyped_retype(struct invocation *inv, const struct untyped_retype_args *args);

/* Within a retype the memory above the watermark is accessible, then that of the new objects. */
status_t __wrap_untyped_retype(struct invocation *inv, const struct untyped_retype_args *args)
{
	struct slot *untyped = inv->target;
	if (untyped->extra2 != L4_MEMORY_OBJECT)
		return __real_untyped_retype(inv, args);
	word_t watermark = untyped->child ? untyped->badge : 0;
	char *start = (char *)machine_object_pointer(slot_address(untyped)) + watermark;
	size_t size = (1UL << slot_size_bits(untyped)) - watermark;
	ASAN_UNPOISON_MEMORY_REGION(start, size);
	made_count = 0;
	status_t status = __real_untyped_retype(inv, args);
	ASAN_POISON_MEMORY_REGION(start, size);
	for (unsigned i = 0; i < made_count; i++)
		ASAN_UNPOISON_MEMORY_REGION(machine_object_pointer(objects[made[i]].paddr), objects[made[i]].size);
	return status;
}

void __real_check_forget(const struct slot *slot);
void __wrap_check_forget(const struct slot *slot);

void __wrap_check_forget(const struct slot *slot)
{
	__real_check_forget(slot);
	if (slot->held != L4_HOLDER_TOMB)
		return;
	if (pending_count == PENDING_MAX)
		machine_fail("more tombs than the test can note", PENDING_MAX);
	pending[pending_count++] = (struct slot *)slot;
}

void memory_settle(void)
{
	while (pending_count) {
		struct slot *tomb = pending[--pending_count];
		uint32_t index = *owner_of(machine_object_paddr(tomb));
		if (index && slot_is_empty(tomb))
			release(index);
	}
}
