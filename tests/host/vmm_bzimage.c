/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels of x86_64: bzImages, ELF files with and without a PVH entry, flat binaries. */
#include <host_test.h>
#include <image.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <boot.h>
#include <bzimage.h>

#define MIB (1UL << 20)
#define BASE BOOT_KERNEL_MIN

static const struct image_memory memory = {BASE, 64 * MIB - BASE};
static struct image image;

/* boot.c fills guest memory too; nothing here does. */
void *guest_memory(uint64_t gpa, uint64_t length)
{
	(void)gpa;
	(void)length;
	return NULL;
}

enum { SETUP_SECTORS = 1, START = 2 * 512, KERNEL = 1024, FILE_SIZE = START + KERNEL };

static void put(uint8_t *file, unsigned int at, uint64_t value, unsigned int bytes)
{
	memcpy(file + at, &value, bytes);
}

/* As Debian's kernels are: relocatable, wanting 16 MiB. */
static void make(uint8_t file[FILE_SIZE])
{
	memset(file, 0, FILE_SIZE);
	file[BZIMAGE_SETUP_SECTORS] = SETUP_SECTORS;
	put(file, BZIMAGE_SYSTEM_SIZE, KERNEL / 16, 4);
	put(file, BZIMAGE_BOOT_FLAG, BZIMAGE_BOOT_FLAG_VALUE, 2);
	memcpy(file + BZIMAGE_MAGIC, BZIMAGE_MAGIC_TEXT, 4);
	put(file, BZIMAGE_VERSION, 0x20f, 2);
	put(file, BZIMAGE_INITRD_MAX, 0x7fffffff, 4);
	put(file, BZIMAGE_ALIGNMENT, 2 * MIB, 4);
	file[BZIMAGE_RELOCATABLE] = 1;
	put(file, BZIMAGE_XLOAD_FLAGS, 0x7f, 2);
	put(file, BZIMAGE_PREFERRED_ADDRESS, 16 * MIB, 8);
	put(file, BZIMAGE_INIT_SIZE, 40 * MIB, 4);
}

static const char *parse(const void *file, size_t size)
{
	/* An exact copy on the heap, so that the sanitizer sees every byte too far. */
	uint8_t *copy = malloc(size ? size : 1);
	memcpy(copy, file, size);
	const char *why = image_parse(&image, &memory, copy, size);
	free(copy);
	return why;
}

TEST(VBZ0101, "a bzImage's kernel goes where it wants to be, with room to unpack itself")
{
	uint8_t file[FILE_SIZE];
	make(file);
	EXPECT_TRUE(!parse(file, FILE_SIZE));
	EXPECT_EQ(BOOT_LINUX, image.protocol);
	EXPECT_EQ(16 * MIB + 0x200, image.entry);
	EXPECT_EQ(1, image.count);
	EXPECT_EQ(16 * MIB, image.piece[0].gpa);
	EXPECT_EQ(KERNEL, image.piece[0].size);
	EXPECT_EQ(56 * MIB, image.end);
}

TEST(VBZ0102, "a relocatable one that does not fit there goes as low as its alignment allows, another is refused")
{
	uint8_t file[FILE_SIZE];
	make(file);
	put(file, BZIMAGE_INIT_SIZE, 50 * MIB, 4);
	EXPECT_TRUE(!parse(file, FILE_SIZE));
	EXPECT_EQ(2 * MIB + 0x200, image.entry);
	EXPECT_EQ(52 * MIB, image.end);
	put(file, BZIMAGE_PREFERRED_ADDRESS, UINT64_MAX, 8);
	EXPECT_TRUE(!parse(file, FILE_SIZE));
	EXPECT_EQ(2 * MIB + 0x200, image.entry);
	put(file, BZIMAGE_INIT_SIZE, 63 * MIB, 4);
	EXPECT_STRING("kernel does not fit into the guest's memory", parse(file, FILE_SIZE));
	make(file);
	file[BZIMAGE_RELOCATABLE] = 0;
	put(file, BZIMAGE_INIT_SIZE, 50 * MIB, 4);
	EXPECT_STRING("kernel does not fit into the guest's memory", parse(file, FILE_SIZE));
	make(file);
	put(file, BZIMAGE_INIT_SIZE, 50 * MIB, 4);
	put(file, BZIMAGE_ALIGNMENT, 3 * MIB, 4);
	EXPECT_STRING("kernel's alignment is no power of two below 1 GiB", parse(file, FILE_SIZE));
}

TEST(VBZ0103, "bzImages without a 64-bit entry, cut off or empty are refused")
{
	uint8_t file[FILE_SIZE];
	make(file);
	put(file, BZIMAGE_VERSION, 0x20b, 2);
	EXPECT_STRING("kernel is older than Linux 3.8: it has no 64-bit entry", parse(file, FILE_SIZE));
	make(file);
	put(file, BZIMAGE_XLOAD_FLAGS, 0x7e, 2);
	EXPECT_STRING("kernel is a 32-bit one: it has no 64-bit entry", parse(file, FILE_SIZE));
	make(file);
	for (size_t size = BZIMAGE_HEADER_MIN; size < FILE_SIZE; size++)
		EXPECT_STRING("kernel file is truncated", parse(file, size));
	file[BZIMAGE_SETUP_SECTORS] = 0; /* means 4 */
	EXPECT_STRING("kernel file is truncated", parse(file, FILE_SIZE));
	make(file);
	put(file, BZIMAGE_SYSTEM_SIZE, 0x20, 4);
	EXPECT_STRING("kernel file is empty behind its header", parse(file, FILE_SIZE));
}

TEST(VBZ0104, "kernels for other machines, and what is packed, are told apart")
{
	uint8_t file[1024] = {0};
	memcpy(file + 56, "RSC\x05", 4);
	EXPECT_STRING("kernel is for another architecture: riscv", parse(file, sizeof(file)));
	memcpy(file + 56, "ARM\x64", 4);
	EXPECT_STRING("kernel is for another architecture: arm64", parse(file, sizeof(file)));
	memset(file, 0, sizeof(file));
	memcpy(file, "MZ", 2);
	EXPECT_STRING("kernel is an EFI program without a Linux boot header", parse(file, sizeof(file)));
	memcpy(file, "\x1f\x8b", 2);
	EXPECT_STRING("kernel file is gzip'd; it must be unpacked before", parse(file, sizeof(file)));
}

TEST(VBZ0105, "anything else is a flat binary at 1 MiB")
{
	uint8_t file[40] = {0xf4};
	EXPECT_TRUE(!parse(file, sizeof(file)));
	EXPECT_EQ(BOOT_LINUX, image.protocol);
	EXPECT_EQ(1 * MIB, image.entry);
	EXPECT_EQ(1 * MIB + sizeof(file), image.end);
}

struct elf_file {
	Elf64_Ehdr header;
	Elf64_Phdr segment[3];
	uint32_t note[3];
	char owner[4];
	uint64_t entry;
	uint8_t text[64];
};

/* As Linux is: a segment between the others has no virtual address. */
static struct elf_file make_elf(void)
{
	struct elf_file file = {
		.header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT}, .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
			   .e_entry = 16 * MIB, .e_phoff = offsetof(struct elf_file, segment), .e_ehsize = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3},
		.segment = {{.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = offsetof(struct elf_file, text), .p_vaddr = 0xffffffff81000000,
			     .p_paddr = 16 * MIB, .p_filesz = 64, .p_memsz = 64},
			    {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = offsetof(struct elf_file, text), .p_vaddr = 0,
			     .p_paddr = 18 * MIB, .p_filesz = 8, .p_memsz = 2 * MIB},
			    {.p_type = PT_NOTE, .p_offset = offsetof(struct elf_file, note), .p_filesz = offsetof(struct elf_file, text) - offsetof(struct elf_file, note)}},
		.note = {4, 8, 18},
		.owner = "Xen",
		.entry = 16 * MIB + 0x20,
	};
	return file;
}

TEST(VBZ0106, "an ELF file with a PVH note is entered where that says, one without by its header")
{
	struct elf_file file = make_elf();
	EXPECT_TRUE(!parse(&file, sizeof(file)));
	EXPECT_EQ(BOOT_PVH, image.protocol);
	EXPECT_EQ(16 * MIB + 0x20, image.entry);
	EXPECT_EQ(2, image.count);
	EXPECT_EQ(20 * MIB, image.end);
	file.note[2] = 17;
	EXPECT_TRUE(!parse(&file, sizeof(file)));
	EXPECT_EQ(BOOT_LINUX, image.protocol);
	EXPECT_EQ(16 * MIB, image.entry);
}

TEST(VBZ0107, "an ELF file for another machine, or in the low memory that the boot protocols need, is refused")
{
	struct elf_file file = make_elf();
	file.header.e_machine = EM_RISCV;
	EXPECT_STRING("an ELF file for another architecture", parse(&file, sizeof(file)));
	file = make_elf();
	file.segment[0].p_paddr = 1 * MIB - 4096;
	EXPECT_STRING("kernel does not fit into the guest's memory", parse(&file, sizeof(file)));
}

TEST(VBZ0110, "an ELF file that is entered outside of its segments is refused, by a note or without")
{
	struct elf_file file = make_elf();
	file.entry = 17 * MIB;
	EXPECT_STRING("kernel's entry point is outside its segments", parse(&file, sizeof(file)));
	file.note[2] = 17;
	EXPECT_TRUE(!parse(&file, sizeof(file)));
	file.header.e_entry = 17 * MIB;
	EXPECT_STRING("kernel's entry point is outside its segments", parse(&file, sizeof(file)));
}

static void expect_pieces_fit(void)
{
	for (unsigned int n = 0; n < image.count; n++) {
		uint64_t offset = image.piece[n].gpa - BASE;
		EXPECT_TRUE(offset <= memory.size && image.piece[n].size <= memory.size - offset);
	}
	EXPECT_TRUE(image.end <= BASE + memory.size);
}

TEST(VBZ0108, "files with random damage are refused or fit")
{
	for (unsigned int i = 0; i < 50000; i++) {
		uint8_t file[FILE_SIZE];
		struct elf_file elf = make_elf();
		make(file);
		for (unsigned int n = 0; n < 3; n++) {
			file[BZIMAGE_HEADER + host_random() % (BZIMAGE_HEADER_MIN - BZIMAGE_HEADER)] = host_random();
			((uint8_t *)&elf)[host_random() % offsetof(struct elf_file, text)] = host_random();
		}
		if (!parse(file, FILE_SIZE))
			expect_pieces_fit();
		if (!parse(&elf, sizeof(elf)))
			expect_pieces_fit();
	}
}

TEST(VBZ0109, "the initrd lies as high as it fits and the kernel takes it, and never in the kernel")
{
	struct image kernel = {.end = 10 * MIB};
	uint8_t file[FILE_SIZE];
	uint64_t initrd;
	make(file);
	EXPECT_TRUE(!boot_place_initrd(&memory, &kernel, file, FILE_SIZE, 5000, &initrd));
	EXPECT_EQ(64 * MIB - 8192, initrd);
	put(file, BZIMAGE_INITRD_MAX, 32 * MIB - 1, 4);
	EXPECT_TRUE(!boot_place_initrd(&memory, &kernel, file, FILE_SIZE, 5000, &initrd));
	EXPECT_EQ(32 * MIB - 8192, initrd);
	EXPECT_TRUE(!boot_place_initrd(&memory, &kernel, file, FILE_SIZE, 22 * MIB, &initrd));
	EXPECT_EQ(kernel.end, initrd);
	EXPECT_TRUE(boot_place_initrd(&memory, &kernel, file, FILE_SIZE, 22 * MIB + 1, &initrd));
	EXPECT_TRUE(boot_place_initrd(&memory, &kernel, file, FILE_SIZE, UINT64_MAX, &initrd));
	put(file, BZIMAGE_INITRD_MAX, 0, 4);
	EXPECT_TRUE(boot_place_initrd(&memory, &kernel, file, FILE_SIZE, 1, &initrd));
}
