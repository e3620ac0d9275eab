/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/test.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TEST(LIBC0001, "printf formats numbers, strings and widths")
{
	char text[80];

	EXPECT_EQ(48, snprintf(text, sizeof(text), "%d %5s|%-4c|%#lx|%03u|%lld|%%|%.2s", -42, "ab", 'x', 0xdeadbeefUL, 7u, 1LL << 40, "abc"));
	EXPECT_EQ(0, strcmp(text, "-42    ab|x   |0xdeadbeef|007|1099511627776|%|ab"));
}

TEST(LIBC0002, "standard output takes more than one line and more than one buffer")
{
	char long_line[400];

	memset(long_line, '.', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 1] = 0;
	EXPECT_EQ(sizeof(long_line), printf("%s\n", long_line));
	EXPECT_TRUE(fprintf(stderr, "no newline") > 0);
	EXPECT_EQ(0, fflush(stderr));
	EXPECT_EQ('\n', putchar('\n'));
}

TEST(LIBC0003, "sscanf and strtoul read back what was printed; out of range sets errno")
{
	unsigned long value;
	char word[8];

	EXPECT_EQ(2, sscanf("12345678901 word", "%lu %7s", &value, word));
	EXPECT_EQ(12345678901UL, value);
	EXPECT_EQ(0, strcmp(word, "word"));
	errno = 0;
	EXPECT_EQ(~0UL, strtoul("99999999999999999999", NULL, 10));
	EXPECT_EQ(ERANGE, errno);
}
