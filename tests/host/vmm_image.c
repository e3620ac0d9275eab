/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>
#include <image.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <entry_layout.h>

#define BASE 0x80000000UL
#define MIB (1UL << 20)

static const struct image_memory memory = {BASE, 64 * MIB};
static struct image image;

/* An Image header: a jump, then what the boot protocol asks for. */
static void make_header(uint8_t *file, uint64_t text_offset, uint64_t image_size, uint64_t flags)
{
	memset(file, 0, 64);
	memcpy(file + 8, &text_offset, 8);
	memcpy(file + 16, &image_size, 8);
	memcpy(file + 24, &flags, 8);
	memcpy(file + 48, "RISCV\0\0\0", 8);
	memcpy(file + 56, "RSC\x05", 4);
}

static const char *parse(const uint8_t *file, size_t size)
{
	/* An exact copy on the heap, so that the sanitizer sees every byte too far. */
	uint8_t *copy = malloc(size ? size : 1);
	memcpy(copy, file, size);
	const char *why = image_parse(&image, &memory, copy, size);
	free(copy);
	return why;
}

TEST(VIM0101, "a Linux Image goes where its header says, with room for its zeroed memory")
{
	uint8_t file[256] = {0};
	make_header(file, 2 * MIB, 20 * MIB, 0);
	EXPECT_TRUE(!parse(file, sizeof(file)));
	EXPECT_EQ(BASE + 2 * MIB, image.entry);
	EXPECT_EQ(1, image.count);
	EXPECT_EQ(BASE + 2 * MIB, image.piece[0].gpa);
	EXPECT_EQ(sizeof(file), image.piece[0].size);
	EXPECT_EQ(BASE + 22 * MIB, image.end);
}

TEST(VIM0102, "a Linux Image that does not fit, or is big-endian, is refused")
{
	uint8_t file[256] = {0};
	make_header(file, 2 * MIB, 63 * MIB, 0);
	EXPECT_STRING("kernel does not fit into the guest's memory", parse(file, sizeof(file)));
	make_header(file, -2 * MIB, 1 * MIB, 0);
	EXPECT_STRING("kernel does not fit into the guest's memory", parse(file, sizeof(file)));
	make_header(file, 2 * MIB, UINT64_MAX, 0);
	EXPECT_STRING("kernel does not fit into the guest's memory", parse(file, sizeof(file)));
	make_header(file, 2 * MIB, 1 * MIB, 1);
	EXPECT_STRING("kernel is big-endian", parse(file, sizeof(file)));
	make_header(file, 2 * MIB + 4, 1 * MIB, 0);
	EXPECT_STRING("kernel's place is no multiple of 2 MiB", parse(file, sizeof(file)));
}

TEST(VIM0103, "an Image with an EFI stub that is shorter than its sections is truncated")
{
	uint8_t file[512] = {0};
	uint32_t pe = 64, raw_size = 256, raw_offset = 256;
	make_header(file, 2 * MIB, 1 * MIB, 0);
	memcpy(file, "MZ", 2);
	memcpy(file + 60, &pe, 4);
	memcpy(file + 64, "PE\0\0", 4);
	file[64 + 6] = 1;   /* one section */
	file[64 + 20] = 16; /* optional header */
	memcpy(file + 64 + 24 + 16 + 16, &raw_size, 4);
	memcpy(file + 64 + 24 + 16 + 20, &raw_offset, 4);
	EXPECT_TRUE(!parse(file, sizeof(file)));
	for (size_t size = 64; size < sizeof(file); size++)
		EXPECT_STRING("kernel file is truncated", parse(file, size));
}

TEST(VIM0104, "kernels for other machines, and what is packed, are told apart")
{
	uint8_t file[1024] = {0};
	memcpy(file, "MZ", 2);
	memcpy(file + 56, "ARM\x64", 4);
	EXPECT_STRING("kernel is for another architecture: arm64", parse(file, sizeof(file)));
	memset(file, 0, sizeof(file));
	memcpy(file + 0x202, "HdrS", 4);
	EXPECT_STRING("kernel is for another architecture: x86", parse(file, sizeof(file)));
	memset(file, 0, sizeof(file));
	memcpy(file, "\x1f\x8b", 2);
	EXPECT_STRING("kernel file is gzip'd; it must be unpacked before", parse(file, sizeof(file)));
	EXPECT_STRING("no kernel, or an empty file", parse(file, 0));
}

TEST(VIM0105, "anything else is a flat binary at the usual place")
{
	uint8_t file[40] = {0x13};
	EXPECT_TRUE(!parse(file, sizeof(file)));
	EXPECT_EQ(BASE + 2 * MIB, image.entry);
	EXPECT_EQ(BASE + 2 * MIB + sizeof(file), image.end);
}

struct elf_file {
	Elf64_Ehdr header;
	Elf64_Phdr segment[2];
	uint8_t text[64];
};

static struct elf_file make_elf(void)
{
	struct elf_file file = {
		.header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT}, .e_type = ET_EXEC, .e_machine = EM_RISCV, .e_version = EV_CURRENT,
			   .e_entry = 0xffffffff80000010, .e_phoff = offsetof(struct elf_file, segment), .e_ehsize = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2},
		.segment = {{.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = offsetof(struct elf_file, text), .p_vaddr = 0xffffffff80000000,
			     .p_paddr = BASE + 2 * MIB, .p_filesz = 64, .p_memsz = 64},
			    {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = offsetof(struct elf_file, text), .p_vaddr = 0xffffffff80200000,
			     .p_paddr = BASE + 4 * MIB, .p_filesz = 8, .p_memsz = 8 * MIB}},
	};
	return file;
}

static const char *parse_elf(const struct elf_file *file)
{
	return parse((const uint8_t *)file, sizeof(*file));
}

TEST(VIM0106, "an ELF file goes to its physical addresses; its virtual entry becomes physical")
{
	struct elf_file file = make_elf();
	EXPECT_TRUE(!parse_elf(&file));
	EXPECT_EQ(BASE + 2 * MIB + 0x10, image.entry);
	EXPECT_EQ(2, image.count);
	EXPECT_EQ(BASE + 4 * MIB, image.piece[1].gpa);
	EXPECT_EQ(8, image.piece[1].size);
	EXPECT_EQ(BASE + 12 * MIB, image.end);
}

TEST(VIM0107, "an ELF file for another machine, outside memory or without an entry is refused")
{
	struct elf_file file = make_elf();
	file.header.e_machine = EM_X86_64;
	EXPECT_TRUE(parse_elf(&file));
	file = make_elf();
	file.segment[1].p_paddr = BASE + 60 * MIB;
	EXPECT_STRING("kernel does not fit into the guest's memory", parse_elf(&file));
	file = make_elf();
	file.segment[0].p_paddr = BASE - 4096;
	EXPECT_STRING("kernel does not fit into the guest's memory", parse_elf(&file));
	file = make_elf();
	file.header.e_entry = BASE;
	EXPECT_STRING("kernel's entry point is outside its segments", parse_elf(&file));
	file.header.e_entry = 0x1000;
	EXPECT_STRING("kernel's entry point is outside its segments", parse_elf(&file));
}

TEST(VIM0108, "files with random damage are refused or fit")
{
	for (unsigned int i = 0; i < 50000; i++) {
		struct elf_file file = make_elf();
		uint8_t *bytes = (uint8_t *)&file;
		for (unsigned int n = 0; n < 3; n++)
			bytes[host_random() % offsetof(struct elf_file, text)] = host_random();
		if (parse_elf(&file))
			continue;
		for (unsigned int n = 0; n < image.count; n++) {
			uint64_t offset = image.piece[n].gpa - BASE;
			EXPECT_TRUE(offset <= memory.size && image.piece[n].size <= memory.size - offset);
		}
		EXPECT_TRUE(image.end <= BASE + memory.size);
	}
}

TEST(VIM0109, "initrd and device tree lie as high as they fit, and never in the kernel")
{
	struct layout layout;
	struct image kernel = {.end = BASE + 10 * MIB};
	EXPECT_TRUE(!layout_make(&layout, &memory, &kernel, 5000));
	EXPECT_EQ(BASE + 64 * MIB - 8192, layout.initrd);
	EXPECT_EQ(layout.initrd - LAYOUT_DEVICETREE_SIZE, layout.devicetree);
	EXPECT_TRUE(!layout_make(&layout, &memory, &kernel, 54 * MIB - LAYOUT_DEVICETREE_SIZE));
	EXPECT_EQ(kernel.end, layout.devicetree);
	EXPECT_TRUE(layout_make(&layout, &memory, &kernel, 54 * MIB - LAYOUT_DEVICETREE_SIZE + 1));
	EXPECT_TRUE(layout_make(&layout, &memory, &kernel, 54 * MIB + 1));
	EXPECT_TRUE(layout_make(&layout, &memory, &kernel, UINT64_MAX));
	EXPECT_TRUE(layout_make(&layout, &memory, &kernel, UINT64_MAX - 4096));
}
