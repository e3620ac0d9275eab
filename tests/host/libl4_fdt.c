/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>

#include <stdlib.h>
#include <string.h>

#include <l4/fdt.h>
#include <l4/fdt_writer.h>

#define BLOB_MAX 4096

static void put_soc(struct l4_fdt_writer *writer)
{
	l4_fdt_begin_node(writer, "soc");
	l4_fdt_put_u32(writer, "#address-cells", 2);
	l4_fdt_put_u32(writer, "#size-cells", 2);
	l4_fdt_put_flag(writer, "ranges");
	l4_fdt_begin_node_at(writer, "serial", 0x10000000);
	l4_fdt_put(writer, "compatible", "ns16550a\0ns8250", 16);
	l4_fdt_put_range(writer, "reg", 0x10000000, 0x100);
	l4_fdt_put_u32(writer, "interrupts", 10);
	l4_fdt_end_node(writer);
	l4_fdt_begin_node_at(writer, "serial", 0x10001000);
	l4_fdt_put_string(writer, "compatible", "ns16550a");
	l4_fdt_put_range(writer, "reg", 0x10001000, 0x100);
	l4_fdt_end_node(writer);
	l4_fdt_end_node(writer);
}

static size_t make(uint8_t *blob, size_t capacity)
{
	struct l4_fdt_writer writer;

	l4_fdt_start(&writer, blob, capacity);
	l4_fdt_begin_node(&writer, "");
	l4_fdt_put_string(&writer, "model", "test");
	l4_fdt_begin_node(&writer, "chosen");
	l4_fdt_put_string(&writer, "bootargs", "quiet");
	l4_fdt_put_u64(&writer, "linux,initrd-start", 0x123456789aUL);
	l4_fdt_end_node(&writer);
	put_soc(&writer);
	l4_fdt_begin_node_at(&writer, "memory", 0x80000000);
	l4_fdt_put_cells(&writer, "reg", (const uint32_t[]){0, 0x80000000, 0x10000000, 1, 0, 5}, 6);
	l4_fdt_end_node(&writer);
	l4_fdt_end_node(&writer);
	return l4_fdt_finish(&writer);
}

TEST(FDT0001, "what the writer wrote the reader finds: nodes, properties, numbers, strings")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));
	struct l4_fdt fdt;
	l4_fdt_node chosen;

	EXPECT_TRUE(size > 0);
	EXPECT_EQ(size, l4_fdt_total_size(blob));
	EXPECT_TRUE(l4_fdt_open(&fdt, blob, size));
	EXPECT_STRING("", l4_fdt_name(&fdt, l4_fdt_root(&fdt)));
	EXPECT_STRING("test", l4_fdt_string_of(&fdt, l4_fdt_root(&fdt), "model", ""));
	chosen = l4_fdt_find(&fdt, "/chosen");
	EXPECT_STRING("quiet", l4_fdt_string_of(&fdt, chosen, "bootargs", ""));
	EXPECT_EQ(0x123456789aUL, l4_fdt_number_of(&fdt, chosen, "linux,initrd-start", 0));
	EXPECT_EQ(7, l4_fdt_number_of(&fdt, chosen, "linux,initrd-end", 7));
}

TEST(FDT0002, "paths match with and without unit addresses")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));
	struct l4_fdt fdt;

	EXPECT_TRUE(l4_fdt_open(&fdt, blob, size));
	EXPECT_EQ(l4_fdt_root(&fdt), l4_fdt_find(&fdt, "/"));
	EXPECT_STRING("serial@10000000", l4_fdt_name(&fdt, l4_fdt_find(&fdt, "/soc/serial")));
	EXPECT_STRING("serial@10001000", l4_fdt_name(&fdt, l4_fdt_find(&fdt, "/soc/serial@10001000")));
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_find(&fdt, "/soc/seria"));
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_find(&fdt, "/soc/serial@1"));
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_find(&fdt, "/chosen/serial"));
}

TEST(FDT0003, "compatible nodes are found one after another")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));
	struct l4_fdt fdt;
	l4_fdt_node node;

	EXPECT_TRUE(l4_fdt_open(&fdt, blob, size));
	node = l4_fdt_find_compatible(&fdt, L4_FDT_NONE, "ns16550a");
	EXPECT_STRING("serial@10000000", l4_fdt_name(&fdt, node));
	node = l4_fdt_find_compatible(&fdt, node, "ns16550a");
	EXPECT_STRING("serial@10001000", l4_fdt_name(&fdt, node));
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_find_compatible(&fdt, node, "ns16550a"));
	EXPECT_STRING("serial@10000000", l4_fdt_name(&fdt, l4_fdt_find_compatible(&fdt, L4_FDT_NONE, "ns8250")));
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_find_compatible(&fdt, L4_FDT_NONE, "ns825"));
}

TEST(FDT0004, "reg follows the parent's cells, with their defaults")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));
	uint64_t address, length;
	struct l4_fdt fdt;
	l4_fdt_node memory;

	EXPECT_TRUE(l4_fdt_open(&fdt, blob, size));
	EXPECT_TRUE(l4_fdt_reg(&fdt, l4_fdt_find(&fdt, "/soc/serial"), 0, &address, &length));
	EXPECT_EQ(0x10000000, address);
	EXPECT_EQ(0x100, length);
	EXPECT_TRUE(!l4_fdt_reg(&fdt, l4_fdt_find(&fdt, "/soc/serial"), 1, &address, &length));
	memory = l4_fdt_find(&fdt, "/memory");
	EXPECT_TRUE(l4_fdt_reg(&fdt, memory, 0, &address, &length));
	EXPECT_EQ(0x80000000, address);
	EXPECT_EQ(0x10000000, length);
	EXPECT_TRUE(l4_fdt_reg(&fdt, memory, 1, &address, &length));
	EXPECT_EQ(0x100000000UL, address);
	EXPECT_EQ(5, length);
	EXPECT_TRUE(!l4_fdt_reg(&fdt, memory, UINT32_MAX, &address, &length));
	EXPECT_TRUE(!l4_fdt_reg(&fdt, l4_fdt_root(&fdt), 0, &address, &length));
}

TEST(FDT0005, "child, sibling and parent agree")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));
	unsigned int nodes = 0;
	struct l4_fdt fdt;

	EXPECT_TRUE(l4_fdt_open(&fdt, blob, size));
	for (l4_fdt_node node = l4_fdt_root(&fdt); node != L4_FDT_NONE; node = l4_fdt_next(&fdt, node)) {
		nodes++;
		for (l4_fdt_node child = l4_fdt_child(&fdt, node); child != L4_FDT_NONE; child = l4_fdt_sibling(&fdt, child))
			EXPECT_EQ(node, l4_fdt_parent(&fdt, child));
	}
	EXPECT_EQ(6, nodes);
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_parent(&fdt, l4_fdt_root(&fdt)));
}

TEST(FDT0006, "a buffer too small by any amount fails cleanly")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));

	for (size_t capacity = 0; capacity < size; capacity++) {
		uint8_t *exact = malloc(capacity ? capacity : 1);

		EXPECT_EQ(0, make(exact, capacity));
		free(exact);
	}
	EXPECT_EQ(size, make(blob, size));
}

TEST(FDT0007, "unbalanced trees are refused")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	struct l4_fdt_writer writer;

	l4_fdt_start(&writer, blob, sizeof(blob));
	l4_fdt_begin_node(&writer, "");
	EXPECT_EQ(0, l4_fdt_finish(&writer));
	l4_fdt_start(&writer, blob, sizeof(blob));
	l4_fdt_begin_node(&writer, "");
	l4_fdt_end_node(&writer);
	l4_fdt_end_node(&writer);
	EXPECT_EQ(0, l4_fdt_finish(&writer));
	l4_fdt_start(&writer, blob, sizeof(blob));
	l4_fdt_put_flag(&writer, "outside");
	EXPECT_EQ(0, l4_fdt_finish(&writer));
	l4_fdt_start(&writer, blob, sizeof(blob));
	l4_fdt_begin_node(&writer, "");
	l4_fdt_end_node(&writer);
	l4_fdt_begin_node(&writer, "");
	l4_fdt_end_node(&writer);
	EXPECT_EQ(0, l4_fdt_finish(&writer));
}

/* Uses every function of the reader on one node. */
static void use_node(const struct l4_fdt *fdt, l4_fdt_node node)
{
	struct l4_fdt_property property;
	volatile uint64_t sum = strlen(l4_fdt_name(fdt, node));
	uint64_t address, size;
	uint32_t cursor = 0;

	l4_fdt_reg(fdt, node, 0, &address, &size);
	EXPECT_TRUE(l4_fdt_child(fdt, node) != node && l4_fdt_sibling(fdt, node) != node && l4_fdt_parent(fdt, node) != node);
	while (l4_fdt_next_property(fdt, node, &cursor, &property)) {
		const char *text = l4_fdt_string(&property);

		sum += strlen(property.name) + (text ? strlen(text) : 0) + l4_fdt_string_list_has(&property, "ns8250");
		for (uint32_t i = 0; i < property.size; i++)
			sum += property.data[i];
	}
}

static void read_exact(const uint8_t *blob, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);
	struct l4_fdt fdt;

	memcpy(exact, blob, size);
	if (l4_fdt_open(&fdt, exact, size)) {
		for (l4_fdt_node node = l4_fdt_root(&fdt); node != L4_FDT_NONE; node = l4_fdt_next(&fdt, node))
			use_node(&fdt, node);
		l4_fdt_find(&fdt, "/soc/serial@10001000");
		l4_fdt_find_compatible(&fdt, L4_FDT_NONE, "ns8250");
	}
	free(exact);
}

TEST(FDT0008, "random damage and cuts are survived")
{
	_Alignas(8) uint8_t blob[BLOB_MAX], damaged[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));

	for (size_t cut = 0; cut <= size; cut++)
		read_exact(blob, cut);
	for (int round = 0; round < 40000; round++) {
		memcpy(damaged, blob, size);
		for (uint64_t count = host_random() % 5; count-- > 0;)
			damaged[4 + host_random() % (size - 4)] = (uint8_t)(host_random() % 2 ? host_random() % 10 : host_random());
		read_exact(damaged, size);
	}
}

TEST(FDT0009, "any offset taken for a node is survived")
{
	_Alignas(8) uint8_t blob[BLOB_MAX];
	size_t size = make(blob, sizeof(blob));
	struct l4_fdt fdt;

	EXPECT_TRUE(l4_fdt_open(&fdt, blob, size));
	for (uint32_t node = 0; node < size + 16; node++) {
		struct l4_fdt_property property;

		l4_fdt_property(&fdt, node, "reg", &property);
		l4_fdt_child(&fdt, node);
		l4_fdt_sibling(&fdt, node);
		l4_fdt_parent(&fdt, node);
	}
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_child(&fdt, L4_FDT_NONE));
	EXPECT_EQ(L4_FDT_NONE, l4_fdt_parent(&fdt, L4_FDT_NONE));
	EXPECT_STRING("", l4_fdt_name(&fdt, L4_FDT_NONE));
}
