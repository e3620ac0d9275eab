/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invariant: once the first process's root is made, the kernel's entries of kernel_root do not change: roots hold copies of them. The entries of the windows change: their
 * tables are shared by all spaces.
 */
#include "map.h"

#include <arch/layout.h>
#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/print.h>

#include "machine.h"
#include "processor.h"

#define ENTRIES (1 << TABLE_BITS)
#define MEGAPAGE_BITS 21
#define MEGAPAGE (1UL << MEGAPAGE_BITS)
#define GIGAPAGE_BITS 30
#define GIGAPAGE (1UL << GIGAPAGE_BITS)
#define ROOT_BITS 39 /* of an entry of the root */
/* For a range of object memory: it can begin and end in the middle of a gigabyte, and of what an entry of the root maps. */
#define OBJECT_TABLES 4

/* Parts of the device window: a table of pages each. */
#define PART_WINDOWS 0
#define PART_DEVICES 1
#define PART_FIRMWARE 2

#define PTE_KERNEL (PTE_PRESENT | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY)
#define PTE_KERNEL_DATA (PTE_KERNEL | PTE_WRITE | PTE_NO_EXECUTE)
#define PTE_KERNEL_DEVICE (PTE_KERNEL_DATA | PTE_CACHE_DISABLE | PTE_WRITE_THROUGH)

typedef pte_t table_t[ENTRIES] __attribute__((aligned(PAGE_SIZE)));

extern char image_start[], image_rodata[], image_data[], image_end[];

/* boot.S fills the first three. */
table_t kernel_root, image_level2, image_level1;
static table_t image_level0[BOOT_IMAGE_LEAVES];
static table_t device_level2, device_level1;
static table_t window_level0, device_level0, firmware_level0;
static table_t object_tables[OBJECT_TABLES];
static unsigned object_tables_used;
static unsigned device_next;
static paddr_t image_paddr;

word_t map_kernel_cr3;

static void flush_page(vaddr_t vaddr)
{
	__asm__ volatile("invlpg (%0)" : : "r"(vaddr) : "memory");
}

/* Global entries too. */
static void flush_all(void)
{
	word_t cr4 = cr4_read();
	cr4_write(cr4 & ~(word_t)CR4_PGE);
	cr4_write(cr4);
}

paddr_t map_image_paddr(const void *pointer)
{
	return (paddr_t)pointer - (paddr_t)image_start + image_paddr;
}

static pte_t table(const pte_t *entries)
{
	return map_image_paddr(entries) | PTE_PRESENT | PTE_WRITE | PTE_ACCESSED;
}

static unsigned entry_of(vaddr_t vaddr, unsigned bits)
{
	return vaddr >> bits & (ENTRIES - 1);
}

static pte_t image_rights(const char *page)
{
	if (page < image_rodata)
		return PTE_KERNEL;
	return page < image_data ? PTE_KERNEL | PTE_NO_EXECUTE : PTE_KERNEL_DATA;
}

static bool is_guard(const char *page)
{
	for (unsigned i = 0; i < IST_COUNT; i++)
		if (page == boot_processor.ist[i].guard)
			return true;
	return page == boot_processor.guard;
}

static void map_image(void)
{
	for (const char *page = image_start; page < image_end; page += PAGE_SIZE) {
		vaddr_t offset = (vaddr_t)(page - image_start);
		pte_t *level0 = image_level0[offset >> MEGAPAGE_BITS];
		if (!is_guard(page))
			level0[entry_of(offset, L4_PAGE_BITS)] = (image_paddr + offset) | image_rights(page);
	}
	for (unsigned i = 0; i < BOOT_IMAGE_LEAVES; i++)
		image_level1[BOOT_IMAGE_FIRST + i] = table(image_level0[i]);
}

unsigned map_page_levels(void)
{
	return machine.has_gigapages ? 3 : 2;
}

void map_boot(paddr_t image)
{
	image_paddr = image;
	map_image();
	device_level1[PART_WINDOWS] = table(window_level0);
	device_level1[PART_DEVICES] = table(device_level0);
	device_level1[PART_FIRMWARE] = table(firmware_level0);
	device_level2[0] = table(device_level1);
	kernel_root[KERNEL_ROOT_DEVICE] = table(device_level2);
	/* boot.S entered its own address. */
	kernel_root[0] = 0;
	flush_all();

	map_kernel_cr3 = map_image_paddr(kernel_root);
	paging[STAGE_PROCESS] = (struct paging){4, TABLE_BITS, map_page_levels()};
}

void map_share(pte_t *root)
{
	for (unsigned i = KERNEL_ROOT_FIRST; i < KERNEL_ROOT_END; i++)
		root[i] = kernel_root[i];
}

static vaddr_t part_page(unsigned part, unsigned page)
{
	return DEVICE_WINDOW + ((vaddr_t)part << MEGAPAGE_BITS) + page * PAGE_SIZE;
}

/* Pages that hold any of [base, base + size); 0 where that is empty, or not memory that the processor can address. */
static size_t pages_of(paddr_t base, size_t size)
{
	paddr_t limit = 1UL << machine.paddr_bits;
	if (size == 0 || base >= limit || size > limit - base)
		return 0;
	return ((base & (PAGE_SIZE - 1)) + size + PAGE_SIZE - 1) >> L4_PAGE_BITS;
}

void *map_device(paddr_t base, size_t size)
{
	unsigned first = device_next;
	size_t pages = pages_of(base, size);
	KERNEL_ASSERT(pages > 0 && pages <= ENTRIES - first, base);
	for (size_t i = 0; i < pages; i++)
		device_level0[device_next++] = ((base & ~(PAGE_SIZE - 1)) + i * PAGE_SIZE) | PTE_KERNEL_DEVICE;
	return (void *)(part_page(PART_DEVICES, first) + (base & (PAGE_SIZE - 1)));
}

const void *map_firmware(paddr_t base, size_t size)
{
	size_t pages = pages_of(base, size);
	if (pages > ENTRIES)
		return NULL;
	map_firmware_end();
	for (size_t i = 0; i < pages; i++)
		firmware_level0[i] = ((base & ~(PAGE_SIZE - 1)) + i * PAGE_SIZE) | PTE_KERNEL | PTE_NO_EXECUTE;
	return pages ? (const void *)(part_page(PART_FIRMWARE, 0) + (base & (PAGE_SIZE - 1))) : NULL;
}

void map_firmware_end(void)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		firmware_level0[i] = 0;
	flush_all();
}

/* The table below `entry`, made where there is none yet. */
static pte_t *object_table(pte_t *entry)
{
	for (unsigned i = 0; i < object_tables_used; i++)
		if (*entry == table(object_tables[i]))
			return object_tables[i];
	KERNEL_ASSERT(!pte_is_present(*entry) && object_tables_used < OBJECT_TABLES, *entry);
	pte_t *found = object_tables[object_tables_used++];
	*entry = table(found);
	return found;
}

void arch_map_object_memory(paddr_t base, size_t size)
{
	paddr_t end = base + size;
	KERNEL_ASSERT(is_aligned(base | size, MEGAPAGE_BITS) && end <= OBJECT_WINDOW_SIZE && base <= end, end);
	while (base < end) {
		vaddr_t vaddr = (vaddr_t)arch_object_pointer(base);
		pte_t *level2 = object_table(&kernel_root[entry_of(vaddr, ROOT_BITS)]);
		pte_t *entry = &level2[entry_of(vaddr, GIGAPAGE_BITS)];
		bool is_large = machine.has_gigapages && is_aligned(base, GIGAPAGE_BITS) && end - base >= GIGAPAGE;
		if (!is_large)
			entry = &object_table(entry)[entry_of(vaddr, MEGAPAGE_BITS)];
		*entry = base | PTE_LARGE | PTE_KERNEL_DATA;
		base += is_large ? GIGAPAGE : MEGAPAGE;
	}
}

static char *window_open(paddr_t page)
{
	unsigned number = cpu_self()->number;
	vaddr_t vaddr = part_page(PART_WINDOWS, number);
	window_level0[number] = page | PTE_KERNEL_DATA;
	flush_page(vaddr);
	return (char *)vaddr;
}

static void window_close(void)
{
	unsigned number = cpu_self()->number;
	window_level0[number] = 0;
	flush_page(part_page(PART_WINDOWS, number));
}

void arch_window_clear(paddr_t page)
{
	char *to = window_open(page);
	size_t words = PAGE_SIZE / sizeof(uint64_t);
	__asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(0UL) : "memory");
	window_close();
}

void arch_window_write(paddr_t page, size_t offset, const void *from, size_t size)
{
	KERNEL_ASSERT(offset <= PAGE_SIZE && size <= PAGE_SIZE - offset, offset);
	char *to = window_open(page) + offset;
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
	window_close();
}

/* The processor sees to it: instructions are fetched from what was written. */
void arch_sync_instructions(void)
{
}
