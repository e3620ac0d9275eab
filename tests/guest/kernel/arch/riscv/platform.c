/* SPDX-License-Identifier: BSD-2-Clause */
/* A reader of the device tree of its own, so that the VMM's writer is judged by something else than its own kind. */
#include "kernel.h"

enum { FDT_MAGIC = 0xd00dfeed, FDT_BEGIN = 1, FDT_END = 2, FDT_PROPERTY = 3, FDT_NOP = 4 };

struct hart hart;

static uint32_t cell(const void *at)
{
	const uint8_t *bytes = at;
	return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

static bool equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static bool contains(const char *text, const char *part)
{
	for (; *text; text++) {
		if (text_begins(text, part))
			return true;
	}
	return false;
}

/* The PLIC's contexts are numbered in the order in which it lists the harts' interrupts. */
static void find_context(const uint8_t *data, uint32_t size)
{
	for (uint32_t i = 0; i + 8 <= size; i += 8) {
		if (cell(data + i + 4) == IRQ_EXTERNAL) {
			hart.plic_context = i / 8;
			return;
		}
	}
}

static void property(const char *node, const char *name, const uint8_t *data, uint32_t size)
{
	if (equal(node, "chosen") && equal(name, "bootargs"))
		platform_set_arguments((const char *)data);
	if (text_begins(node, "memory@") && equal(name, "reg")) {
		platform.memory_base = (uint64_t)cell(data) << 32 | cell(data + 4);
		platform.memory_size = (uint64_t)cell(data + 8) << 32 | cell(data + 12);
	}
	if (equal(name, "timebase-frequency"))
		platform.timebase = cell(data);
	if (equal(name, "riscv,isa"))
		hart.has_sstc = contains((const char *)data, "sstc");
	if (text_begins(node, "plic@") && equal(name, "interrupts-extended"))
		find_context(data, size);
}

static uint32_t aligned(uint32_t size)
{
	return (size + 3) & ~3U;
}

bool platform_read(const void *devicetree)
{
	const uint8_t *tree = devicetree;
	if ((uintptr_t)tree % 8 || cell(tree) != FDT_MAGIC)
		return false;
	const uint8_t *at = tree + cell(tree + 8);
	const char *strings = (const char *)tree + cell(tree + 12);
	const char *node = "";
	for (uint32_t depth = 0;;) {
		uint32_t token = cell(at);
		at += 4;
		if (token == FDT_BEGIN) {
			node = (const char *)at;
			at += aligned(__builtin_strlen(node) + 1);
			depth++;
		} else if (token == FDT_PROPERTY) {
			uint32_t size = cell(at);
			property(node, strings + cell(at + 4), at + 8, size);
			at += 8 + aligned(size);
		} else if (token == FDT_END) {
			if (!--depth)
				break;
		} else if (token != FDT_NOP) {
			return false;
		}
	}
	return platform.memory_size && platform.timebase;
}
