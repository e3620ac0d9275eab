/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's tables, once, while booting. One table is mapped at a time (map_firmware): nothing here keeps a pointer into another. All lengths are checked before what they
 * cover is read, and all sums before what they protect is believed.
 */
#include "acpi.h"

#include <kernel/print.h>

#include "map.h"

#define RSDP_SIGNATURE "RSD PTR "
#define RSDP_ALIGN 16
#define RSDP_SIZE_1 20 /* of revision 0 or 1 */
#define RSDP_SIZE_2 36
/* Where a BIOS leaves it: in the first KiB of its extended data area, whose segment is at address 40e, or in its read-only memory. */
#define EBDA_POINTER 0x40e
#define EBDA_SIZE 0x400
#define BIOS_START 0xe0000
#define BIOS_SIZE 0x20000

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum;
	uint8_t reserved[3];
} __attribute__((packed));

struct table_header {
	char signature[4];
	uint32_t length;
	uint8_t revision;
	uint8_t checksum;
	char oem[6];
	char oem_table[8];
	uint32_t oem_revision;
	uint32_t creator;
	uint32_t creator_revision;
} __attribute__((packed));

struct madt {
	struct table_header header;
	uint32_t local_apic;
	uint32_t flags;
} __attribute__((packed));

#define MADT_IOAPIC 1
#define MADT_SOURCE_OVERRIDE 2

struct madt_entry {
	uint8_t type;
	uint8_t length;
} __attribute__((packed));

struct madt_ioapic {
	struct madt_entry entry;
	uint8_t id;
	uint8_t reserved;
	uint32_t base;
	uint32_t gsi_base;
} __attribute__((packed));

struct madt_source_override {
	struct madt_entry entry;
	uint8_t bus; /* 0: ISA */
	uint8_t source;
	uint32_t gsi;
	uint16_t flags;
} __attribute__((packed));

#define POLARITY_MASK 3 /* of the flags: 0 is the bus's own */
#define POLARITY_LOW 3
#define TRIGGER_MASK 0xc
#define TRIGGER_LEVEL 0xc

_Static_assert(sizeof(struct rsdp) == RSDP_SIZE_2 && sizeof(struct table_header) == 36 && sizeof(struct madt) == 44, "the standard's layout");
_Static_assert(sizeof(struct madt_ioapic) == 12 && sizeof(struct madt_source_override) == 10, "the standard's layout");

/* The list of all tables: RSDT or XSDT. */
struct root {
	paddr_t paddr;
	unsigned entry_size;
	unsigned count;
};

static bool sums_to_zero(const void *bytes, size_t size)
{
	uint8_t sum = 0;
	for (size_t i = 0; i < size; i++)
		sum += ((const uint8_t *)bytes)[i];
	return sum == 0;
}

static bool is_signature(const char *bytes, const char *signature)
{
	for (; *signature; bytes++, signature++)
		if (*bytes != *signature)
			return false;
	return true;
}

static bool is_rsdp(const struct rsdp *rsdp)
{
	return is_signature(rsdp->signature, RSDP_SIGNATURE) && sums_to_zero(rsdp, RSDP_SIZE_1);
}

/* 0: not there. */
static paddr_t find_rsdp_in(paddr_t base, size_t size)
{
	const char *area = map_firmware(base, size);
	for (size_t offset = 0; area && offset + RSDP_SIZE_1 <= size; offset += RSDP_ALIGN)
		if (is_rsdp((const void *)(area + offset)))
			return base + offset;
	return 0;
}

static paddr_t find_rsdp(void)
{
	const uint16_t *pointer = map_firmware(EBDA_POINTER, sizeof(*pointer));
	paddr_t ebda = pointer ? (paddr_t)*pointer << 4 : 0;
	paddr_t found = ebda ? find_rsdp_in(ebda, EBDA_SIZE) : 0;
	return found ? found : find_rsdp_in(BIOS_START, BIOS_SIZE);
}

/* Maps a table that must begin with `signature`, whole. */
static const struct table_header *open_table(paddr_t paddr, const char *signature)
{
	const struct table_header *header = map_firmware(paddr, sizeof(*header));
	if (!header || !is_signature(header->signature, signature)) {
		print_text("\nACPI: this should be the table ");
		print_text(signature);
		panic("ACPI: no such table at", paddr);
	}
	uint32_t length = header->length;
	const struct table_header *table = length < sizeof(*header) ? NULL : map_firmware(paddr, length);
	if (!table || !sums_to_zero(table, length)) {
		print_text("\nACPI: the table is ");
		print_text(signature);
		panic(table ? "ACPI: wrong checksum of the table at" : "ACPI: wrong length of the table at", paddr);
	}
	return table;
}

static struct root open_root(paddr_t paddr, const char *signature, unsigned entry_size)
{
	const struct table_header *table = open_table(paddr, signature);
	return (struct root){paddr, entry_size, (unsigned)((table->length - sizeof(*table)) / entry_size)};
}

/* The old list where there is no other: the first revision has no place for the new one. */
static struct root find_root(paddr_t paddr)
{
	const struct rsdp *rsdp = map_firmware(paddr, RSDP_SIZE_1);
	if (!rsdp || !is_rsdp(rsdp))
		panic("ACPI: no RSDP at", paddr);
	uint32_t rsdt = rsdp->rsdt;
	if (rsdp->revision < 2)
		return open_root(rsdt, "RSDT", sizeof(uint32_t));
	rsdp = map_firmware(paddr, RSDP_SIZE_2);
	if (!rsdp || !sums_to_zero(rsdp, RSDP_SIZE_2))
		panic("ACPI: wrong checksum of the RSDP at", paddr);
	uint64_t xsdt = rsdp->xsdt;
	return xsdt ? open_root(xsdt, "XSDT", sizeof(uint64_t)) : open_root(rsdt, "RSDT", sizeof(uint32_t));
}

static paddr_t root_entry(const struct root *root, unsigned index)
{
	uint64_t entry = 0;
	paddr_t at = root->paddr + sizeof(struct table_header) + (paddr_t)index * root->entry_size;
	const void *bytes = map_firmware(at, root->entry_size);
	if (bytes)
		__builtin_memcpy(&entry, bytes, root->entry_size);
	return entry;
}

static const struct madt *open_madt(const struct root *root)
{
	for (unsigned i = 0; i < root->count; i++) {
		paddr_t paddr = root_entry(root, i);
		const struct table_header *header = map_firmware(paddr, sizeof(*header));
		if (!header || !is_signature(header->signature, "APIC"))
			continue;
		const struct madt *madt = (const void *)open_table(paddr, "APIC");
		if (madt->header.length < sizeof(*madt))
			panic("ACPI: wrong length of the MADT at", paddr);
		return madt;
	}
	panic("ACPI: no MADT, which tells of the interrupt controllers, in the list at", root->paddr);
}

/* The entry as one of `size` bytes. */
static const void *entry_as(const struct madt_entry *entry, size_t size)
{
	if (entry->length < size)
		panic("ACPI: entry of the MADT is too short, type", entry->type);
	return entry;
}

static void read_ioapic(struct acpi *acpi, const struct madt_entry *entry)
{
	const struct madt_ioapic *ioapic = entry_as(entry, sizeof(*ioapic));
	if (acpi->ioapic_count == ACPI_IOAPICS_MAX)
		panic("ACPI: too many I/O APICs in the MADT", ACPI_IOAPICS_MAX);
	acpi->ioapics[acpi->ioapic_count++] = (struct acpi_ioapic){ioapic->base, ioapic->gsi_base};
}

static void read_override(struct acpi *acpi, const struct madt_entry *entry)
{
	const struct madt_source_override *override = entry_as(entry, sizeof(*override));
	if (override->bus != 0 || override->source >= ISA_LINES)
		panic("ACPI: the MADT tells of a line that the ISA bus does not have", override->source);
	acpi->isa[override->source] = (struct acpi_isa_line){
		.gsi = override->gsi,
		.is_level = (override->flags & TRIGGER_MASK) == TRIGGER_LEVEL,
		.is_low = (override->flags & POLARITY_MASK) == POLARITY_LOW,
	};
}

static void read_entry(struct acpi *acpi, const struct madt_entry *entry)
{
	switch (entry->type) {
	case MADT_IOAPIC:
		read_ioapic(acpi, entry);
		break;
	case MADT_SOURCE_OVERRIDE:
		read_override(acpi, entry);
		break;
	default:
		break;
	}
}

static void read_madt(struct acpi *acpi, const struct madt *madt)
{
	for (size_t offset = sizeof(*madt); offset < madt->header.length;) {
		const struct madt_entry *entry = (const void *)((const char *)madt + offset);
		size_t left = madt->header.length - offset;
		if (left < sizeof(*entry) || entry->length < sizeof(*entry) || entry->length > left)
			panic("ACPI: entry of the MADT has a wrong length, at offset", offset);
		read_entry(acpi, entry);
		offset += entry->length;
	}
}

void acpi_read(struct acpi *acpi, paddr_t rsdp)
{
	*acpi = (struct acpi){0};
	for (unsigned i = 0; i < ISA_LINES; i++)
		acpi->isa[i].gsi = i;
	if (!rsdp)
		rsdp = find_rsdp();
	if (!rsdp)
		panic("ACPI: the machine has none (no RSDP)", 0);
	struct root root = find_root(rsdp);
	read_madt(acpi, open_madt(&root));
	map_firmware_end();
}
