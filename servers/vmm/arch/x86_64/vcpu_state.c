/* SPDX-License-Identifier: BSD-2-Clause */
#include "vcpu_state.h"

#include <string.h>

#include <l4/abi/arch.h>

#include "guest.h"

#define CR0_PE (1UL << 0)
#define CR0_ET (1UL << 4)
#define CR0_PG (1UL << 31)
#define CR4_PAE (1UL << 5)
#define EFER_LME (1UL << 8)
#define EFER_LMA (1UL << 10)

/* Descriptor attributes: type, S, DPL and P in bits 0 to 7, then AVL, L, D, G. */
enum {
	ATTRIBUTES_CODE64 = 0xa9b,
	ATTRIBUTES_CODE32 = 0xc9b,
	ATTRIBUTES_DATA = 0xc93,
	ATTRIBUTES_LDT = 0x082,
	ATTRIBUTES_TSS = 0x08b,
};

/* The selectors that Linux's boot protocol asks for. */
enum { SELECTOR_CODE = 0x10, SELECTOR_DATA = 0x18, GDT_ENTRIES = 4 };
#define SELECTOR_INDEX(selector) ((selector) / 8)
#define LIMIT_FLAT 0xffffffffUL
#define LIMIT_TSS 0x67UL

/* Four levels, whose last is pages of 2 MiB for the lowest 4 GiB. */
enum { ENTRIES = 512, DIRECTORIES = 4, PAGE = 4096 };
enum { ENTRY_PRESENT = 1, ENTRY_WRITABLE = 2, ENTRY_LARGE = 0x80 };
#define LARGE_PAGE (2UL << 20)

static void make_page_tables(void)
{
	uint64_t *root = guest_memory(BOOT_PAGE_TABLES, (2 + DIRECTORIES) * PAGE);
	uint64_t *pointers = root + ENTRIES, *directory = pointers + ENTRIES;
	root[0] = (BOOT_PAGE_TABLES + PAGE) | ENTRY_PRESENT | ENTRY_WRITABLE;
	for (uint64_t i = 0; i < DIRECTORIES; i++)
		pointers[i] = (BOOT_PAGE_TABLES + (2 + i) * PAGE) | ENTRY_PRESENT | ENTRY_WRITABLE;
	for (uint64_t i = 0; i < DIRECTORIES * ENTRIES; i++)
		directory[i] = i * LARGE_PAGE | ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_LARGE;
}

/* A descriptor of a segment from 0 to 4 GiB. */
static uint64_t flat_descriptor(uint64_t attributes)
{
	return 0xf00000000ffffUL | (attributes & 0xff) << 40 | (attributes >> 8 & 0xf) << 52;
}

static void make_gdt(uint64_t code_attributes)
{
	uint64_t *gdt = guest_memory(BOOT_GDT, GDT_ENTRIES * sizeof(uint64_t));
	gdt[SELECTOR_INDEX(SELECTOR_CODE)] = flat_descriptor(code_attributes);
	gdt[SELECTOR_INDEX(SELECTOR_DATA)] = flat_descriptor(ATTRIBUTES_DATA);
	guest_set_register(L4_VCPU_REG_GDTR_BASE, BOOT_GDT);
	guest_set_register(L4_VCPU_REG_GDTR_LIMIT, GDT_ENTRIES * sizeof(uint64_t) - 1);
}

static void set_segment(enum l4_segment segment, uint64_t selector, uint64_t attributes, uint64_t limit)
{
	guest_set_register(L4_VCPU_REG_SEGMENT(segment), selector | attributes << 16 | limit << 32);
	guest_set_register(L4_VCPU_REG_SEGMENT_BASE(segment), 0);
}

static void set_segments(uint64_t code_attributes)
{
	static const enum l4_segment data[] = {L4_SEGMENT_ES, L4_SEGMENT_SS, L4_SEGMENT_DS, L4_SEGMENT_FS, L4_SEGMENT_GS};
	set_segment(L4_SEGMENT_CS, SELECTOR_CODE, code_attributes, LIMIT_FLAT);
	for (unsigned int i = 0; i < sizeof(data) / sizeof(data[0]); i++)
		set_segment(data[i], SELECTOR_DATA, ATTRIBUTES_DATA, LIMIT_FLAT);
	set_segment(L4_SEGMENT_LDTR, 0, ATTRIBUTES_LDT, 0);
	set_segment(L4_SEGMENT_TR, 0, ATTRIBUTES_TSS, LIMIT_TSS);
}

void vcpu_state_set(enum boot_protocol protocol)
{
	bool is_64 = protocol == BOOT_LINUX;
	uint64_t code = is_64 ? ATTRIBUTES_CODE64 : ATTRIBUTES_CODE32;
	make_gdt(code);
	if (is_64) {
		make_page_tables();
		guest_set_register(L4_VCPU_REG_CR3, BOOT_PAGE_TABLES);
		guest_set_register(L4_VCPU_REG_CR4, CR4_PAE);
		guest_set_register(L4_VCPU_REG_EFER, EFER_LME | EFER_LMA);
		guest_set_register(L4_VCPU_REG_CR0, CR0_PE | CR0_ET | CR0_PG);
	} else {
		guest_set_register(L4_VCPU_REG_CR0, CR0_PE | CR0_ET);
	}
	set_segments(code);
}
