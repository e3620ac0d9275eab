/* SPDX-License-Identifier: BSD-2-Clause */
#include "acpi.h"

#include <stdbool.h>
#include <string.h>

#include "aml.h"
#include "layout.h"

#define ALIGNMENT 16
#define OEM_ID "BULKHD"
#define OEM_TABLE_ID "BULKHEAD"
#define CREATOR_ID "BULK"

/* --- The layouts of ACPI 6.5, chapter 5 --- */
struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum;
	uint8_t reserved[3];
} __attribute__((packed));

struct header {
	char signature[4];
	uint32_t length;
	uint8_t revision;
	uint8_t checksum;
	char oem_id[6];
	char oem_table_id[8];
	uint32_t oem_revision;
	char creator_id[4];
	uint32_t creator_revision;
} __attribute__((packed));

struct address {
	uint8_t space;
	uint8_t bits;
	uint8_t offset;
	uint8_t access;
	uint64_t address;
} __attribute__((packed));

/* What hardware-reduced ACPI does not have is told together. */
struct fadt {
	struct header header;
	uint32_t facs;
	uint32_t dsdt;
	uint8_t fixed_hardware[65];
	uint16_t boot_flags;
	uint8_t reserved;
	uint32_t flags;
	struct address reset;
	uint8_t reset_value;
	uint16_t arm_boot_flags;
	uint8_t minor_revision;
	uint64_t facs64;
	uint64_t dsdt64;
	struct address fixed_blocks[8];
	struct address sleep_control;
	struct address sleep_status;
	char hypervisor[8];
} __attribute__((packed));

struct madt {
	struct header header;
	uint32_t apic;
	uint32_t flags;
	struct {
		uint8_t type;
		uint8_t length;
		uint8_t processor;
		uint8_t apic_id;
		uint32_t flags;
	} local_apic;
} __attribute__((packed));

struct xsdt {
	struct header header;
	uint64_t table[2];
} __attribute__((packed));

_Static_assert(sizeof(struct rsdp) == 36 && sizeof(struct header) == 36 && sizeof(struct address) == 12, "layouts of ACPI");
_Static_assert(sizeof(struct fadt) == 276 && offsetof(struct fadt, boot_flags) == 109 && offsetof(struct fadt, sleep_control) == 244, "layout of the FADT");

enum { ADDRESS_PORT = 1, ACCESS_BYTE = 1 };
enum { BOOT_FLAG_NO_VGA = 1 << 2, BOOT_FLAG_NO_RTC = 1 << 5 };
enum {
	FLAG_WBINVD = 1 << 0,
	FLAG_NO_POWER_BUTTON = 1 << 4,
	FLAG_NO_SLEEP_BUTTON = 1 << 5,
	FLAG_RESET = 1 << 10,
	FLAG_HARDWARE_REDUCED = 1 << 20,
};
enum { FADT_REVISION = 6, MADT_REVISION = 4, XSDT_REVISION = 1, DSDT_REVISION = 2, RSDP_REVISION = 2 };
enum { LOCAL_APIC_ENABLED = 1 };

/* --- Tables, one behind the other --- */

struct tables {
	uint8_t *bytes;
	size_t capacity;
	size_t length;
	uint64_t base;
	bool overflow;
};

static uint8_t checksum(const void *data, size_t length)
{
	const uint8_t *bytes = data;
	uint8_t sum = 0;
	for (size_t i = 0; i < length; i++)
		sum += bytes[i];
	return -sum;
}

/* Reserves `length` bytes; null where there is no room for them. */
static uint8_t *take(struct tables *tables, size_t length)
{
	size_t start = (tables->length + ALIGNMENT - 1) & -(size_t)ALIGNMENT;
	if (tables->overflow || start > tables->capacity || length > tables->capacity - start) {
		tables->overflow = true;
		return NULL;
	}
	tables->length = start + length;
	return tables->bytes + start;
}

static void fill_header(struct header *header, const char *signature, unsigned int revision, size_t length)
{
	memcpy(header->signature, signature, sizeof(header->signature));
	header->length = length;
	header->revision = revision;
	memcpy(header->oem_id, OEM_ID, sizeof(header->oem_id));
	memcpy(header->oem_table_id, OEM_TABLE_ID, sizeof(header->oem_table_id));
	header->oem_revision = 1;
	memcpy(header->creator_id, CREATOR_ID, sizeof(header->creator_id));
	header->creator_revision = 1;
}

/* Copies a table in, with its checksum; gives where it lies for the guest. */
static uint64_t put_table(struct tables *tables, struct header *table)
{
	uint8_t *at = take(tables, table->length);
	if (!at)
		return 0;
	table->checksum = checksum(table, table->length);
	memcpy(at, table, table->length);
	return tables->base + (at - tables->bytes);
}

static struct address port(uint16_t number)
{
	return (struct address){.space = ADDRESS_PORT, .bits = 8, .access = ACCESS_BYTE, .address = number};
}

static uint64_t put_fadt(struct tables *tables, uint64_t dsdt)
{
	struct fadt fadt = {
		.dsdt = dsdt,
		.boot_flags = BOOT_FLAG_NO_VGA | BOOT_FLAG_NO_RTC,
		.flags = FLAG_WBINVD | FLAG_NO_POWER_BUTTON | FLAG_NO_SLEEP_BUTTON | FLAG_RESET | FLAG_HARDWARE_REDUCED,
		.reset = port(LAYOUT_PORT_RESET),
		.reset_value = ACPI_RESET_VALUE,
		.dsdt64 = dsdt,
		.sleep_control = port(LAYOUT_PORT_SLEEP_CONTROL),
		.sleep_status = port(LAYOUT_PORT_SLEEP_STATUS),
		.hypervisor = "Bulkhead",
	};
	fill_header(&fadt.header, "FACP", FADT_REVISION, sizeof(fadt));
	return put_table(tables, &fadt.header);
}

static uint64_t put_madt(struct tables *tables)
{
	struct madt madt = {
		.apic = LAYOUT_APIC,
		.local_apic = {.type = 0, .length = sizeof(madt.local_apic), .flags = LOCAL_APIC_ENABLED},
	};
	fill_header(&madt.header, "APIC", MADT_REVISION, sizeof(madt));
	return put_table(tables, &madt.header);
}

/* --- DSDT --- */

static void put_device(struct aml *aml, const char *name, const char *id)
{
	aml_begin_device(aml, name);
	aml_name(aml, "_HID");
	aml_eisa_id(aml, id);
	aml_name(aml, "_UID");
	aml_integer(aml, 0);
	aml_name(aml, "_CRS");
	aml_begin_resources(aml);
}

static void end_device(struct aml *aml)
{
	aml_end_resources(aml);
	aml_end(aml);
}

static void put_host_bridge(struct aml *aml)
{
	put_device(aml, "PCI0", "PNP0A03");
	aml_bus_window(aml, 0, 1);
	aml_ports(aml, LAYOUT_PORT_PCI_ADDRESS, 8);
	aml_port_window(aml, LAYOUT_PCI_PORTS, LAYOUT_PCI_PORTS_SIZE);
	aml_memory_window(aml, LAYOUT_PCI_MEMORY, LAYOUT_PCI_MEMORY_SIZE);
	end_device(aml);
}

/* Without an interrupt: a driver that learns this polls. */
static void put_serial(struct aml *aml)
{
	put_device(aml, "COM1", "PNP0501");
	aml_ports(aml, LAYOUT_PORT_UART, 8);
	end_device(aml);
}

static void put_off(struct aml *aml)
{
	aml_name(aml, "_S5_");
	aml_begin_package(aml, 2);
	aml_integer(aml, ACPI_SLEEP_TYPE_OFF);
	aml_integer(aml, 0);
	aml_end(aml);
}

static uint64_t put_dsdt(struct tables *tables)
{
	struct {
		struct header header;
		uint8_t code[512];
	} dsdt = {0};
	struct aml aml;
	aml_start(&aml, dsdt.code, sizeof(dsdt.code));
	put_off(&aml);
	aml_begin_scope(&aml, "_SB_");
	put_host_bridge(&aml);
	put_serial(&aml);
	aml_end(&aml);
	tables->overflow |= aml.overflow;
	fill_header(&dsdt.header, "DSDT", DSDT_REVISION, sizeof(dsdt.header) + aml.length);
	return put_table(tables, &dsdt.header);
}

size_t acpi_write(uint64_t base, void *buffer, size_t capacity)
{
	struct tables tables = {.bytes = buffer, .capacity = capacity, .base = base};
	struct rsdp rsdp = {.signature = "RSD PTR ", .oem_id = OEM_ID, .revision = RSDP_REVISION, .length = sizeof(rsdp)};
	struct xsdt xsdt;
	uint8_t *first = take(&tables, sizeof(rsdp));
	xsdt = (struct xsdt){.table = {put_fadt(&tables, put_dsdt(&tables)), put_madt(&tables)}};
	fill_header(&xsdt.header, "XSDT", XSDT_REVISION, sizeof(xsdt));
	rsdp.xsdt = put_table(&tables, &xsdt.header);
	rsdp.checksum = checksum(&rsdp, offsetof(struct rsdp, length));
	rsdp.extended_checksum = checksum(&rsdp, sizeof(rsdp));
	if (tables.overflow)
		return 0;
	memcpy(first, &rsdp, sizeof(rsdp));
	return tables.length;
}
