/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/cpio.h>

#define ARCHIVE_MAX 4096

static size_t put_padded(uint8_t *archive, size_t at, const void *data, size_t size)
{
	memcpy(archive + at, data, size);
	at += size;
	while (at % 4)
		archive[at++] = 0;
	return at;
}

static size_t put_file(uint8_t *archive, size_t at, const char *name, const void *data, size_t size)
{
	char header[111];

	snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 1, 0100644, 0, 0, 1, 0, (unsigned int)size, 0, 0,
		 0, 0, (unsigned int)strlen(name) + 1, 0);
	memcpy(archive + at, header, 110);
	at = put_padded(archive, at + 110, name, strlen(name) + 1);
	return put_padded(archive, at, data, size);
}

/* Three files and the trailer. */
static size_t make(uint8_t *archive)
{
	size_t size = put_file(archive, 0, "config", "system=suite\n", 13);

	size = put_file(archive, size, "./empty", "", 0);
	size = put_file(archive, size, "bin/init", "\177ELF...", 7);
	return put_file(archive, size, "TRAILER!!!", "", 0);
}

/* Reads the archive from memory of exactly `size` bytes, so that the sanitizer sees each step outside. Gives the number of files. */
static int walk(const uint8_t *archive, size_t size, enum l4_cpio_result *result)
{
	uint8_t *exact = malloc(size ? size : 1);
	struct l4_cpio_file file;
	size_t offset = 0, sum = 0;
	int files = 0;

	memcpy(exact, archive, size);
	while ((*result = l4_cpio_next(exact, size, &offset, &file)) == L4_CPIO_FILE) {
		files++;
		sum += strlen(file.name);
		for (size_t i = 0; i < file.size; i++)
			sum += file.data[i];
	}
	free(exact);
	return sum == SIZE_MAX ? -1 : files;
}

TEST(CPIO0001, "the files of an archive come in order, with names, sizes and data")
{
	_Alignas(4) uint8_t archive[ARCHIVE_MAX];
	size_t size = make(archive), offset = 0;
	struct l4_cpio_file file;

	EXPECT_EQ(L4_CPIO_FILE, l4_cpio_next(archive, size, &offset, &file));
	EXPECT_STRING("config", file.name);
	EXPECT_EQ(13, file.size);
	EXPECT_TRUE(memcmp(file.data, "system=suite\n", 13) == 0);
	EXPECT_EQ(0100644, file.mode);
	EXPECT_EQ(L4_CPIO_FILE, l4_cpio_next(archive, size, &offset, &file));
	EXPECT_STRING("empty", file.name);
	EXPECT_EQ(0, file.size);
	EXPECT_EQ(L4_CPIO_FILE, l4_cpio_next(archive, size, &offset, &file));
	EXPECT_STRING("bin/init", file.name);
	EXPECT_EQ(L4_CPIO_END, l4_cpio_next(archive, size, &offset, &file));
}

TEST(CPIO0002, "find gives the file of that name, and false for others")
{
	_Alignas(4) uint8_t archive[ARCHIVE_MAX];
	size_t size = make(archive);
	struct l4_cpio_file file;

	EXPECT_TRUE(l4_cpio_find(archive, size, "bin/init", &file));
	EXPECT_EQ(7, file.size);
	EXPECT_TRUE(!l4_cpio_find(archive, size, "bin/ini", &file));
	EXPECT_TRUE(!l4_cpio_find(archive, size, "TRAILER!!!", &file));
}

TEST(CPIO0003, "an archive cut off anywhere is bad, and nothing behind its end is read")
{
	_Alignas(4) uint8_t archive[ARCHIVE_MAX];
	size_t size = make(archive);
	enum l4_cpio_result result;

	for (size_t cut = 0; cut < size - 3; cut++) { /* 3 bytes of padding end it */
		walk(archive, cut, &result);
		EXPECT_EQ(L4_CPIO_BAD, result);
	}
	EXPECT_EQ(3, walk(archive, size, &result));
	EXPECT_EQ(L4_CPIO_END, result);
}

TEST(CPIO0004, "sizes of 4 GiB and names without an end are bad")
{
	_Alignas(4) uint8_t archive[ARCHIVE_MAX];
	size_t size = make(archive);
	enum l4_cpio_result result;

	memcpy(archive + 6 + 6 * 8, "ffffffff", 8);
	EXPECT_EQ(0, walk(archive, size, &result));
	EXPECT_EQ(L4_CPIO_BAD, result);
	size = make(archive);
	memcpy(archive + 6 + 11 * 8, "ffffffff", 8);
	EXPECT_EQ(0, walk(archive, size, &result));
	EXPECT_EQ(L4_CPIO_BAD, result);
	size = make(archive);
	memcpy(archive + 6 + 11 * 8, "00000000", 8);
	EXPECT_EQ(0, walk(archive, size, &result));
	EXPECT_EQ(L4_CPIO_BAD, result);
}

TEST(CPIO0005, "random damage is survived")
{
	_Alignas(4) uint8_t archive[ARCHIVE_MAX], damaged[ARCHIVE_MAX];
	size_t size = make(archive);
	enum l4_cpio_result result;

	for (int round = 0; round < 100000; round++) {
		memcpy(damaged, archive, size);
		for (uint64_t bytes = host_random() % 4; bytes-- > 0;)
			damaged[host_random() % size] = host_random() % 2 ? "0123456789abcdef"[host_random() % 16] : (uint8_t)host_random();
		walk(damaged, host_random() % 8 ? size : host_random() % size, &result);
	}
}
