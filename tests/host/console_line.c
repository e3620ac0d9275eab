/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>

#include <string.h>

#include "../../servers/console/line.h"

static struct line line;

static void write(const char *bytes, size_t size)
{
	memset(&line, 0x5a, sizeof(line));
	line_clear(&line);
	for (size_t i = 0; i < size && !line_is_full(&line); i++)
		line_add(&line, bytes[i]);
	line_finish(&line);
}

static void expect(const char *text, const char *bytes)
{
	write(bytes, strlen(bytes));
	EXPECT_EQ(strlen(text), line.length);
	EXPECT_EQ(0, memcmp(text, line.text, line.length));
}

TEST(CLIN0001, "a text stays as it is, in each of UTF-8's lengths")
{
	expect("", "");
	expect("a b\tc~", "a b\tc~");
	expect("\u00a0\u00e9\u07ff \u0800\u20ac\ud7ff\uffff \U00010000\U0010ffff", "\u00a0\u00e9\u07ff \u0800\u20ac\ud7ff\uffff \U00010000\U0010ffff");
}

TEST(CLIN0002, "control characters are left out: ASCII's, DEL, and C1's as bytes and as characters")
{
	expect("[2Jx", "\x1b[2J\rx");
	expect("ab", "a\x7f" "b");
	expect("2J", "\x9b" "2J");
	expect("2J", "\xc2\x9b" "2J");
	expect("2Jx", "\xc2\x80\xc2\x9f" "2J\xc2\x90x");
}

TEST(CLIN0003, "what is no character is left out, and what comes behind it is not")
{
	expect("2J", "\xe0\x82\x9b" "2J");         /* longer ways to write it */
	expect("2J", "\xf0\x80\x82\x9b" "2J");
	expect("2J", "\xe0\x80\x9b" "2J");
	expect("[2J", "\xc0\x9b\xc1\xbf[2J");
	expect("xyz", "x\xc3y\xe2\x82z\xf0\x9f\x98"); /* unfinished */
	expect("\u20ac", "\xe2\x82\u20ac");
	expect("x", "\xf5\x80\x80\x80\xff\xfe\xbfx");
}

TEST(CLIN0004, "a character that the line has no room for is not cut")
{
	char bytes[2 * LINE_SIZE];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = "\xe2\x82\xac"[i % 3];
	write(bytes, sizeof(bytes));
	EXPECT_EQ(LINE_SIZE / 3 * 3, line.length);
	EXPECT_EQ(0, memcmp(bytes, line.text, line.length));
}

/* Decodes by the definition: each length has values of its own. False: no text without control characters. */
static bool is_text(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size;) {
		unsigned int behind = bytes[i] < 0x80 ? 0 : bytes[i] >> 5 == 6 ? 1 : bytes[i] >> 4 == 14 ? 2 : bytes[i] >> 3 == 30 ? 3 : 4;
		uint32_t value = behind == 0 ? bytes[i] : bytes[i] & (0x3f >> behind);
		if (behind > 3 || i + behind >= size)
			return false;
		for (unsigned int k = 1; k <= behind; k++) {
			if (bytes[i + k] >> 6 != 2)
				return false;
			value = value << 6 | (bytes[i + k] & 0x3f);
		}
		static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
		if (value < least[behind] || (value < 0x20 && value != '\t') || (value >= 0x7f && value < 0xa0))
			return false;
		i += behind + 1;
	}
	return true;
}

TEST(CLIN0005, "whatever comes, what is shown is text without control characters")
{
	static const char likely[] = "\x1b\x7f\x80\x82\x9b\x9f\xa0\xbf\xc0\xc2\xe0\xe2\xed\xf0\xf4\xf5" "a";
	char bytes[40];
	for (int round = 0; round < 200000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = host_random() % 4 ? likely[host_random() % (sizeof(likely) - 1)] : (char)host_random();
		write(bytes, host_random() % (sizeof(bytes) + 1));
		EXPECT_TRUE(is_text((const uint8_t *)line.text, line.length));
	}
}
