/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invariant: after boot kernel_level2's upper half does not change, so that processes' roots can copy it (Sv39) or point to it (Sv48).
 * The last-level entries of the windows change: those tables are shared by all spaces.
 */
#include <arch/layout.h>
#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/print.h>

#include "map.h"
#include "processor.h"

#define ENTRIES (1 << TABLE_BITS)
#define MEGAPAGE_BITS 21
#define MEGAPAGE (1UL << MEGAPAGE_BITS)
#define GIGAPAGE_BITS 30
#define GIGAPAGE (1UL << GIGAPAGE_BITS)
/* Each range of object memory can begin and end in the middle of a gigabyte. */
#define OBJECT_TABLES (2 * BOOT_RANGES_MAX)

#define DEVICE_WINDOW 0xffffffffc0000000UL
#define DEVICETREE_FIRST 1 /* entries of device_level1; 0 has the windows */
#define DEVICETREE_LEAVES 2
#define DEVICE_FIRST (DEVICETREE_FIRST + DEVICETREE_LEAVES)

#define PTE_KERNEL (PTE_VALID | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY)

typedef pte_t table_t[ENTRIES] __attribute__((aligned(PAGE_SIZE)));

extern char image_start[], image_rodata[], image_data[], image_end[];

/* boot.S fills the first three. */
table_t kernel_level3, kernel_level2, kernel_level1;
static table_t image_level0[BOOT_IMAGE_LEAVES];
static table_t device_level1;
static table_t window_level0;
static table_t object_level1[OBJECT_TABLES];
static unsigned object_tables_used;
static unsigned device_next = DEVICE_FIRST;
static paddr_t image_paddr;

word_t map_kernel_satp;

static void flush_all(void)
{
	__asm__ volatile("sfence.vma" : : : "memory");
}

static void flush_page(vaddr_t vaddr)
{
	__asm__ volatile("sfence.vma %0" : : "r"(vaddr) : "memory");
}

paddr_t map_image_paddr(const void *pointer)
{
	return (paddr_t)pointer - (paddr_t)image_start + image_paddr;
}

static pte_t leaf(paddr_t page, pte_t rights)
{
	return page >> L4_PAGE_BITS << PTE_PPN_SHIFT | PTE_KERNEL | rights;
}

static pte_t table(const pte_t *entries)
{
	return pte_make_table(map_image_paddr(entries));
}

static unsigned entry_of(vaddr_t vaddr, unsigned bits)
{
	return vaddr >> bits & (ENTRIES - 1);
}

static pte_t image_rights(const char *page)
{
	if (page < image_rodata)
		return PTE_READ | PTE_EXECUTE;
	return page < image_data ? PTE_READ : PTE_READ | PTE_WRITE;
}

static void map_image(void)
{
	for (const char *page = image_start; page < image_end; page += PAGE_SIZE) {
		vaddr_t offset = (vaddr_t)(page - image_start);
		pte_t *level0 = image_level0[offset >> MEGAPAGE_BITS];
		if (page != boot_processor.guard)
			level0[entry_of(offset, L4_PAGE_BITS)] = leaf(image_paddr + offset, image_rights(page));
	}
	for (unsigned i = 0; i < BOOT_IMAGE_LEAVES; i++)
		kernel_level1[entry_of((vaddr_t)image_start, MEGAPAGE_BITS) + i] = table(image_level0[i]);
}

void map_boot(paddr_t image)
{
	image_paddr = image;
	map_image();
	device_level1[0] = table(window_level0);
	kernel_level2[KERNEL_LEVEL2_DEVICE] = table(device_level1);

	/* boot.S entered its own gigabyte in the lower half, and all of level 2 a second time as the first entry of level 3. */
	for (unsigned i = 0; i < KERNEL_LEVEL2_FIRST; i++)
		kernel_level2[i] = 0;
	kernel_level3[0] = 0;
	flush_all();

	map_kernel_satp = csr_read(satp);
	paging[STAGE_PROCESS] = (struct paging){map_kernel_satp >> SATP_MODE_SHIFT == SATP_SV48 ? 4 : 3, TABLE_BITS, PAGE_LEVELS};
}

void map_share(pte_t *root)
{
	if (paging[STAGE_PROCESS].levels == 4) {
		root[ENTRIES - 1] = kernel_level3[ENTRIES - 1];
		return;
	}
	for (unsigned i = KERNEL_LEVEL2_FIRST; i < ENTRIES; i++)
		root[i] = kernel_level2[i];
}

static void *device_pointer(unsigned entry, paddr_t base)
{
	return (void *)(DEVICE_WINDOW + ((vaddr_t)entry << MEGAPAGE_BITS) + (base & (MEGAPAGE - 1)));
}

void *map_device(paddr_t base, size_t size)
{
	unsigned first = device_next;
	for (paddr_t page = base & ~(MEGAPAGE - 1); page < base + size; page += MEGAPAGE) {
		KERNEL_ASSERT(device_next < ENTRIES, base);
		device_level1[device_next++] = leaf(page, PTE_READ | PTE_WRITE);
	}
	flush_all();
	return device_pointer(first, base);
}

const void *map_devicetree(paddr_t base, size_t size)
{
	paddr_t start = base & ~(MEGAPAGE - 1);
	if (base + size > start + DEVICETREE_LEAVES * MEGAPAGE)
		return NULL;
	for (unsigned i = 0; i < DEVICETREE_LEAVES; i++)
		device_level1[DEVICETREE_FIRST + i] = leaf(start + i * MEGAPAGE, PTE_READ);
	flush_all();
	return device_pointer(DEVICETREE_FIRST, base);
}

void map_devicetree_end(void)
{
	for (unsigned i = 0; i < DEVICETREE_LEAVES; i++)
		device_level1[DEVICETREE_FIRST + i] = 0;
	flush_all();
}

static pte_t *object_table(vaddr_t vaddr)
{
	pte_t *entry = &kernel_level2[entry_of(vaddr, GIGAPAGE_BITS)];
	for (unsigned i = 0; i < object_tables_used; i++)
		if (*entry == table(object_level1[i]))
			return object_level1[i];
	KERNEL_ASSERT(!pte_is_present(*entry) && object_tables_used < OBJECT_TABLES, vaddr);
	pte_t *found = object_level1[object_tables_used++];
	*entry = table(found);
	return found;
}

void arch_map_object_memory(paddr_t base, size_t size)
{
	paddr_t end = base + size;
	KERNEL_ASSERT(is_aligned(base | size, MEGAPAGE_BITS) && end <= OBJECT_WINDOW_SIZE && base <= end, end);
	while (base < end) {
		vaddr_t vaddr = (vaddr_t)arch_object_pointer(base);
		bool is_large = is_aligned(base, GIGAPAGE_BITS) && end - base >= GIGAPAGE;
		if (is_large)
			kernel_level2[entry_of(vaddr, GIGAPAGE_BITS)] = leaf(base, PTE_READ | PTE_WRITE);
		else
			object_table(vaddr)[entry_of(vaddr, MEGAPAGE_BITS)] = leaf(base, PTE_READ | PTE_WRITE);
		base += is_large ? GIGAPAGE : MEGAPAGE;
	}
	flush_all();
}

static char *window_open(paddr_t page)
{
	unsigned number = cpu_self()->number;
	vaddr_t vaddr = DEVICE_WINDOW + number * PAGE_SIZE;
	window_level0[number] = leaf(page, PTE_READ | PTE_WRITE);
	flush_page(vaddr);
	return (char *)vaddr;
}

static void window_close(void)
{
	unsigned number = cpu_self()->number;
	window_level0[number] = 0;
	flush_page(DEVICE_WINDOW + number * PAGE_SIZE);
}

void arch_window_clear(paddr_t page)
{
	uint64_t *words = (uint64_t *)window_open(page);
	for (unsigned i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		words[i] = 0;
	window_close();
}

void arch_window_write(paddr_t page, size_t offset, const void *from, size_t size)
{
	KERNEL_ASSERT(offset <= PAGE_SIZE && size <= PAGE_SIZE - offset, offset);
	char *to = window_open(page) + offset;
	for (size_t i = 0; i < size; i++)
		to[i] = ((const char *)from)[i];
	window_close();
}

void arch_sync_instructions(void)
{
	__asm__ volatile("fence.i" : : : "memory");
}
