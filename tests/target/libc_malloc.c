/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/test.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <l4/heap.h>
#include <l4/startup.h>

#define BLOCKS 200

TEST(LIBC0010, "malloc gives aligned blocks that do not overlap, free gives them back")
{
	static unsigned char *block[BLOCKS];
	size_t left = 0;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < BLOCKS; i++) {
			block[i] = malloc(i + 1);
			EXPECT_TRUE(block[i] && (uintptr_t)block[i] % 8 == 0);
			memset(block[i], (int)i, i + 1);
		}
		for (size_t i = 0; i < BLOCKS; i++) {
			for (size_t j = 0; j <= i; j++)
				EXPECT_EQ(i, block[i][j]);
			free(block[i]);
		}
		if (round == 0)
			left = l4_heap_left();
	}
	EXPECT_EQ(left, l4_heap_left());
}

TEST(LIBC0011, "calloc clears, realloc keeps the content")
{
	unsigned char *block = malloc(1000);

	memset(block, 0xff, 1000);
	free(block);
	block = calloc(250, 4);
	for (int i = 0; i < 1000; i++)
		EXPECT_EQ(0, block[i]);
	memset(block, 0x5a, 1000);
	block = realloc(block, 5000);
	for (int i = 0; i < 1000; i++)
		EXPECT_EQ(0x5a, block[i]);
	free(block);
}

TEST(LIBC0012, "malloc beyond the heap gives null and ENOMEM, and the heap stays usable")
{
	void *volatile block; /* or the compiler, which knows malloc, leaves the call out */

	errno = 0;
	block = malloc(l4_startup()->heap_end - l4_startup()->heap_start);
	EXPECT_TRUE(block == NULL);
	EXPECT_EQ(ENOMEM, errno);
	block = malloc(SIZE_MAX / 2);
	EXPECT_TRUE(block == NULL);
	block = malloc(100);
	EXPECT_TRUE(block != NULL);
	free(block);
}
