/* SPDX-License-Identifier: BSD-2-Clause */
#include "firmware.h"

#include <string.h>

#include <acpi.h>

enum { RSDP = 0xf5a40, RSDT = 0x100000, XSDT = 0x100800, OTHER = 0x101000, MADT = 0x101800 };
enum { HEADER = 36, RSDP_OLD_SIZE = 20, RSDP_SIZE = 36, MADT_FIXED = 44 };

static const uint8_t madt_entries[] = {
	0, 8, 0, 0, 1, 0, 0, 0,                                         /* local APIC */
	1, 12, 0, 0, 0x00, 0x00, 0xc0, 0xfe, 0, 0, 0, 0,                /* I/O APIC at fec00000, from GSI 0 */
	1, 12, 1, 0, 0x00, 0x10, 0xc0, 0xfe, 24, 0, 0, 0,               /* another, from GSI 24 */
	2, 10, 0, 0, 2, 0, 0, 0, 0, 0,                                  /* ISA 0 arrives at GSI 2, as ISA's wires are */
	2, 10, 0, 9, 9, 0, 0, 0, 0xd, 0,                                /* ISA 9: level, active high */
	2, 10, 0, 10, 20, 0, 0, 0, 0xf, 0,                              /* ISA 10 at GSI 20: level, active low */
	4, 6, 0xff, 0, 0, 1,                                            /* NMI */
};
static size_t madt_size;
static struct acpi acpi;
static uint64_t rsdp_given;

static void put_table(uint64_t paddr, const char *signature, const void *body, size_t size)
{
	uint32_t length = (uint32_t)(HEADER + size);

	firmware_put(paddr, signature, 4);
	firmware_put(paddr + 4, &length, 4);
	firmware_put(paddr + HEADER, body, size);
	firmware_sum(paddr, length, paddr + 9);
}

static void put_madt(const uint8_t *entries, size_t size)
{
	uint8_t body[1024] = {0x00, 0x00, 0xe0, 0xfe, 1};

	memcpy(body + MADT_FIXED - HEADER, entries, size);
	madt_size = MADT_FIXED + size;
	put_table(MADT, "APIC", body, madt_size - HEADER);
}

static void put_rsdp(uint64_t paddr, uint8_t revision)
{
	uint32_t rsdt = RSDT, length = RSDP_SIZE;
	uint64_t xsdt = XSDT;

	firmware_put(paddr, "RSD PTR ", 8);
	firmware[paddr + 15] = revision;
	firmware_put(paddr + 16, &rsdt, 4);
	firmware_put(paddr + 20, &length, 4);
	firmware_put(paddr + 24, &xsdt, 8);
	firmware_sum(paddr, RSDP_OLD_SIZE, paddr + 8);
	firmware_sum(paddr, RSDP_SIZE, paddr + 32);
}

/* A machine whose root of revision 2 has both lists. */
static void put_machine(uint64_t rsdp, uint8_t revision)
{
	uint32_t rsdt[] = {OTHER, MADT};
	uint64_t xsdt[] = {OTHER, MADT};

	firmware_clear();
	put_table(OTHER, "FACP", "anything", 8);
	put_madt(madt_entries, sizeof(madt_entries));
	put_table(RSDT, "RSDT", rsdt, sizeof(rsdt));
	put_table(XSDT, "XSDT", xsdt, sizeof(xsdt));
	put_rsdp(rsdp, revision);
	rsdp_given = rsdp;
}

static void read_tables(void)
{
	acpi_read(&acpi, rsdp_given);
}

static void expect_machine(void)
{
	EXPECT_NO_PANIC(read_tables);
	EXPECT_EQ(2, acpi.ioapic_count);
	EXPECT_EQ(0xfec00000, acpi.ioapics[0].base);
	EXPECT_EQ(0, acpi.ioapics[0].gsi_base);
	EXPECT_EQ(0xfec01000, acpi.ioapics[1].base);
	EXPECT_EQ(24, acpi.ioapics[1].gsi_base);
	EXPECT_EQ(2, acpi.isa[0].gsi);
	EXPECT_TRUE(!acpi.isa[0].is_level && !acpi.isa[0].is_low);
	EXPECT_EQ(1, acpi.isa[1].gsi);
	EXPECT_TRUE(acpi.isa[9].is_level && !acpi.isa[9].is_low);
	EXPECT_EQ(20, acpi.isa[10].gsi);
	EXPECT_TRUE(acpi.isa[10].is_level && acpi.isa[10].is_low);
}

TEST(XAC0001, "the MADT is found by the old list of tables and by the new one, which is preferred")
{
	put_machine(RSDP, 0);
	firmware[XSDT] = 'x';
	expect_machine();
	put_machine(RSDP, 2);
	firmware[RSDT] = 'x';
	expect_machine();
}

TEST(XAC0002, "a root of the second revision without a new list has an old one")
{
	put_machine(RSDP, 2);
	memset(firmware + RSDP + 24, 0, 8);
	firmware_sum(RSDP, RSDP_SIZE, RSDP + 32);
	expect_machine();
}

TEST(XAC0003, "where the boot loader names no root, it is looked for where a BIOS leaves it")
{
	put_machine(0xe0000, 0);
	rsdp_given = 0;
	expect_machine();
	put_machine(0xfffd0, 0);
	rsdp_given = 0;
	expect_machine();
	put_machine(0x9fc00 + 0x3e0, 0);
	firmware_put(0x40e, (const uint8_t[]){0xc0, 0x9f}, 2);
	rsdp_given = 0;
	expect_machine();
	put_machine(RSDP + 1, 0);
	rsdp_given = 0;
	EXPECT_PANIC("ACPI: the machine has none (no RSDP)", read_tables);
}

TEST(XAC0004, "a wrong root is told, and nothing is read by it")
{
	put_machine(RSDP, 0);
	firmware[RSDP + 10]++;
	EXPECT_PANIC("ACPI: no RSDP at", read_tables);
	put_machine(RSDP, 2);
	firmware[RSDP + 33]++;
	EXPECT_PANIC("ACPI: wrong checksum of the RSDP at", read_tables);
	put_machine(RSDP, 0);
	rsdp_given = UINT64_MAX;
	EXPECT_PANIC("ACPI: no RSDP at", read_tables);
}

static void expect_table_panic(uint64_t field, uint32_t value, bool sum, uint64_t table, const char *text)
{
	put_machine(RSDP, 2);
	firmware_put(field, &value, 4);
	if (sum)
		firmware_sum(table, madt_size, table + 9);
	EXPECT_PANIC(text, read_tables);
}

TEST(XAC0005, "tables that are none, too short, too long or changed are told")
{
	expect_table_panic(XSDT, 0, false, XSDT, "ACPI: no such table at");
	expect_table_panic(XSDT + 4, HEADER - 1, false, XSDT, "ACPI: wrong length of the table at");
	expect_table_panic(XSDT + 4, 0x300000, false, XSDT, "ACPI: wrong length of the table at");
	expect_table_panic(XSDT + 4, UINT32_MAX, false, XSDT, "ACPI: wrong length of the table at");
	expect_table_panic(XSDT + 12, 5, false, XSDT, "ACPI: wrong checksum of the table at");
	expect_table_panic(MADT, 0, false, MADT, "ACPI: no MADT, which tells of the interrupt controllers, in the list at");
	expect_table_panic(MADT + HEADER, 5, false, MADT, "ACPI: wrong checksum of the table at");
	put_machine(RSDP, 2);
	put_table(MADT, "APIC", "", 0);
	EXPECT_PANIC("ACPI: wrong length of the MADT at", read_tables);
}

static void expect_entries_panic(const uint8_t *entries, size_t size, const char *text)
{
	put_machine(RSDP, 2);
	put_madt(entries, size);
	EXPECT_PANIC(text, read_tables);
}

TEST(XAC0006, "entries of the MADT that are none are told")
{
	uint8_t many[17 * 12] = {0};

	expect_entries_panic((const uint8_t[]){3, 0}, 2, "ACPI: entry of the MADT has a wrong length, at offset");
	expect_entries_panic((const uint8_t[]){3, 3}, 2, "ACPI: entry of the MADT has a wrong length, at offset");
	expect_entries_panic((const uint8_t[]){3}, 1, "ACPI: entry of the MADT has a wrong length, at offset");
	expect_entries_panic((const uint8_t[]){1, 4, 0, 0}, 4, "ACPI: entry of the MADT is too short, type");
	expect_entries_panic((const uint8_t[]){2, 8, 0, 0, 0, 0, 0, 0}, 8, "ACPI: entry of the MADT is too short, type");
	expect_entries_panic((const uint8_t[]){2, 10, 1, 0, 0, 0, 0, 0, 0, 0}, 10, "ACPI: the MADT tells of a line that the ISA bus does not have");
	expect_entries_panic((const uint8_t[]){2, 10, 0, 16, 0, 0, 0, 0, 0, 0}, 10, "ACPI: the MADT tells of a line that the ISA bus does not have");
	for (unsigned int i = 0; i < 17; i++)
		memcpy(many + 12 * i, (const uint8_t[]){1, 12}, 2);
	expect_entries_panic(many, sizeof(many), "ACPI: too many I/O APICs in the MADT");
}

/* Some bytes of all tables change, and the sums are made right in half of the rounds. */
static void mutate(void)
{
	static const struct {
		uint64_t start;
		size_t size;
	} parts[] = {{RSDP, RSDP_SIZE}, {RSDT, HEADER + 8}, {XSDT, HEADER + 16}, {OTHER, HEADER + 8}, {MADT, MADT_FIXED + sizeof(madt_entries)}};

	for (uint64_t count = 1 + host_random() % 4; count > 0; count--) {
		uint64_t part = host_random() % (sizeof(parts) / sizeof(*parts));
		firmware[parts[part].start + host_random() % parts[part].size] = (uint8_t)host_random();
	}
	if (host_random() % 2)
		return;
	for (unsigned int i = 1; i < sizeof(parts) / sizeof(*parts); i++)
		firmware_sum(parts[i].start, parts[i].size, parts[i].start + 9);
	firmware_sum(RSDP, RSDP_OLD_SIZE, RSDP + 8);
	firmware_sum(RSDP, RSDP_SIZE, RSDP + 32);
}

TEST(XAC0007, "whatever changes in the tables, they are read within their bounds, or the boot ends with a word of ACPI")
{
	unsigned int read = 0, refused = 0;

	for (unsigned int round = 0; round < 20000; round++) {
		put_machine(RSDP, (uint8_t)(round % 2 * 2));
		mutate();
		const char *text = firmware_panic_of(read_tables);
		if (text) {
			EXPECT_TRUE(strncmp(text, "ACPI: ", 6) == 0);
			refused++;
		} else {
			EXPECT_TRUE(acpi.ioapic_count <= ACPI_IOAPICS_MAX);
			read++;
		}
	}
	EXPECT_TRUE(read > 1000 && refused > 1000);
}
