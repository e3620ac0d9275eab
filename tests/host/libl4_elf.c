/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <l4/abi/types.h>
#include <l4/elf.h>

#define SEGMENTS 3

/* A file of the system's own <elf.h>: code, data with zeros behind, and a segment that is not loaded. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segment[SEGMENTS];
	uint8_t code[64];
	uint8_t data[32];
};

static struct image make(void)
{
	struct image image = {
		.header = {
			.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT}, .e_type = ET_EXEC, .e_machine = EM_RISCV,
			.e_version = EV_CURRENT, .e_entry = 0x400010, .e_phoff = offsetof(struct image, segment), .e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = SEGMENTS,
		},
		.segment = {
			{.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = offsetof(struct image, code), .p_vaddr = 0x400000, .p_paddr = 0x80400000,
			 .p_filesz = 64, .p_memsz = 64},
			{.p_type = PT_TLS, .p_offset = 1, .p_filesz = UINT64_MAX},
			{.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = offsetof(struct image, data), .p_vaddr = 0x401000, .p_filesz = 32,
			 .p_memsz = 5000},
		},
	};

	memset(image.code, 0xc0, sizeof(image.code));
	memset(image.data, 0xda, sizeof(image.data));
	return image;
}

/* Owner and contents of a note, padded as files have them. */
static size_t put_note(uint8_t *at, const char *owner, uint32_t type, const void *data, uint32_t size)
{
	const uint32_t header[] = {strlen(owner) + 1, size, type};
	size_t descriptor = sizeof(header) + ((header[0] + 3) & ~3u);

	memcpy(at, header, sizeof(header));
	memcpy(at + sizeof(header), owner, header[0]);
	memcpy(at + descriptor, data, size);
	return descriptor + ((size + 3) & ~3u);
}

/* The same file, with notes in place of its code. */
static struct image make_with_notes(void)
{
	struct image image = make();
	size_t length = put_note(image.code, "other", 18, "no", 3);

	length += put_note(image.code + length, "Xen", 18, "yes!", 4);
	image.segment[1] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = offsetof(struct image, code), .p_filesz = length};
	return image;
}

static enum l4_elf_error open_it(const struct image *image)
{
	struct l4_elf elf;

	return l4_elf_open(&elf, image, sizeof(*image), L4_ELF_RISCV);
}

TEST(ELF0001, "segments come with addresses, contents and rights; others are passed over")
{
	struct image image = make();
	struct l4_elf_segment segment;
	struct l4_elf elf;
	unsigned int index = 0;

	EXPECT_EQ(L4_ELF_OK, l4_elf_open(&elf, &image, sizeof(image), L4_ELF_RISCV));
	EXPECT_EQ(0x400010, elf.entry);
	EXPECT_TRUE(l4_elf_segment(&elf, &index, &segment));
	EXPECT_EQ(0x400000, segment.vaddr);
	EXPECT_EQ(0x80400000, segment.paddr);
	EXPECT_EQ(L4_READ | L4_EXECUTE, segment.rights);
	EXPECT_TRUE(segment.data == image.code);
	EXPECT_TRUE(l4_elf_segment(&elf, &index, &segment));
	EXPECT_EQ(L4_READ | L4_WRITE, segment.rights);
	EXPECT_EQ(32, segment.file_size);
	EXPECT_EQ(5000, segment.memory_size);
	EXPECT_TRUE(!l4_elf_segment(&elf, &index, &segment));
}

TEST(ELF0002, "each kind of wrong file has its own error")
{
	struct image image = make();
	struct l4_elf elf;

	EXPECT_EQ(L4_ELF_NOT_ELF, l4_elf_open(&elf, "MZ\220", 3, L4_ELF_RISCV));
	EXPECT_EQ(L4_ELF_NOT_ELF, l4_elf_open(&elf, &image, 3, L4_ELF_RISCV));
	EXPECT_EQ(L4_ELF_WRONG_MACHINE, l4_elf_open(&elf, &image, sizeof(image), EM_X86_64));
	image.header.e_ident[EI_CLASS] = ELFCLASS32;
	EXPECT_EQ(L4_ELF_WRONG_CLASS, open_it(&image));
	image = make();
	image.header.e_type = ET_REL;
	EXPECT_EQ(L4_ELF_WRONG_TYPE, open_it(&image));
	image = make();
	image.header.e_phentsize = 10;
	EXPECT_EQ(L4_ELF_TRUNCATED, open_it(&image));
	image = make();
	image.header.e_phoff = UINT64_MAX - 8;
	EXPECT_EQ(L4_ELF_TRUNCATED, open_it(&image));
}

TEST(ELF0003, "segments that overlap, wrap around or exceed the file are refused")
{
	struct image image = make();

	image.segment[2].p_vaddr = 0x40003f;
	EXPECT_EQ(L4_ELF_BAD_SEGMENT, open_it(&image));
	image = make();
	image.segment[2].p_vaddr = 0x300000;
	EXPECT_EQ(L4_ELF_BAD_SEGMENT, open_it(&image));
	image = make();
	image.segment[2].p_memsz = UINT64_MAX - 0x1000;
	EXPECT_EQ(L4_ELF_BAD_SEGMENT, open_it(&image));
	image = make();
	image.segment[2].p_memsz = 31;
	EXPECT_EQ(L4_ELF_BAD_SEGMENT, open_it(&image));
	image = make();
	image.segment[2].p_offset++;
	EXPECT_EQ(L4_ELF_TRUNCATED, open_it(&image));
	image = make();
	image.segment[0].p_filesz = image.segment[0].p_memsz = UINT64_MAX;
	EXPECT_EQ(L4_ELF_TRUNCATED, open_it(&image));
}

TEST(ELF0006, "a file may be in order by its physical addresses alone")
{
	struct image image = make();
	struct l4_elf elf;

	EXPECT_EQ(L4_ELF_BAD_SEGMENT, l4_elf_open_physical(&elf, &image, sizeof(image), L4_ELF_RISCV));
	image.segment[2].p_vaddr = 0;
	image.segment[2].p_paddr = 0x80401000;
	EXPECT_EQ(L4_ELF_BAD_SEGMENT, open_it(&image));
	EXPECT_EQ(L4_ELF_OK, l4_elf_open_physical(&elf, &image, sizeof(image), L4_ELF_RISCV));
}

TEST(ELF0007, "a note is found by owner and type, and only whole")
{
	struct image image = make_with_notes();
	struct l4_elf elf;
	size_t size;

	EXPECT_EQ(L4_ELF_OK, l4_elf_open(&elf, &image, sizeof(image), L4_ELF_RISCV));
	const uint8_t *found = l4_elf_find_note(&elf, "Xen", 18, &size);
	EXPECT_TRUE(found && memcmp(found, "yes!", 4) == 0);
	EXPECT_EQ(4, size);
	EXPECT_TRUE(!l4_elf_find_note(&elf, "Xen", 17, &size));
	EXPECT_TRUE(!l4_elf_find_note(&elf, "Xe", 18, &size));
	for (image.segment[1].p_filesz--; image.segment[1].p_filesz; image.segment[1].p_filesz--)
		EXPECT_TRUE(!l4_elf_find_note(&elf, "Xen", 18, &size));
}

TEST(ELF0008, "damaged notes are survived")
{
	for (int round = 0; round < 100000; round++) {
		struct image image = make_with_notes();
		struct l4_elf elf;
		size_t size = 0;

		for (unsigned int n = 0; n < 3; n++)
			image.code[host_random() % sizeof(image.code)] = (uint8_t)(host_random() % 3 ? host_random() : 0xff);
		if (host_random() % 4 == 0)
			image.segment[1].p_filesz = host_random();
		EXPECT_EQ(L4_ELF_OK, l4_elf_open(&elf, &image, sizeof(image), L4_ELF_RISCV));
		const uint8_t *found = l4_elf_find_note(&elf, "Xen", 18, &size);
		EXPECT_TRUE(!found || (found >= (uint8_t *)&image && found + size <= (uint8_t *)(&image + 1)));
	}
}

/* Opens a copy of exactly `size` bytes and touches all that the reader gives. */
static enum l4_elf_error open_exact(const void *image, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);
	struct l4_elf_segment segment;
	struct l4_elf elf;
	unsigned int index = 0;
	enum l4_elf_error error;
	uint64_t last_end = 0;

	memcpy(exact, image, size);
	error = l4_elf_open(&elf, exact, size, L4_ELF_RISCV);
	while (error == L4_ELF_OK && l4_elf_segment(&elf, &index, &segment)) {
		volatile uint8_t sum = 0;

		EXPECT_TRUE(segment.vaddr >= last_end && segment.file_size <= segment.memory_size);
		last_end = segment.vaddr + segment.memory_size;
		EXPECT_TRUE(last_end >= segment.vaddr);
		for (size_t i = 0; i < segment.file_size; i++)
			sum ^= segment.data[i];
	}
	free(exact);
	return error;
}

TEST(ELF0004, "a file cut off anywhere is refused")
{
	struct image image = make();

	for (size_t cut = 0; cut < sizeof(image); cut++)
		EXPECT_TRUE(open_exact(&image, cut) != L4_ELF_OK);
	EXPECT_EQ(L4_ELF_OK, open_exact(&image, sizeof(image)));
}

TEST(ELF0005, "random damage is survived, and what is accepted keeps the reader's promises")
{
	const struct image image = make();

	for (int round = 0; round < 200000; round++) {
		struct image damaged = image;
		uint8_t *bytes = (uint8_t *)&damaged;

		for (uint64_t count = host_random() % 4; count-- > 0;)
			bytes[4 + host_random() % (sizeof(Elf64_Ehdr) + sizeof(image.segment) - 4)] = (uint8_t)(host_random() % 3 ? host_random() : 0xff);
		open_exact(&damaged, sizeof(damaged));
	}
}
