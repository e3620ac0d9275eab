/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>
#include <plic.h>

enum { PENDING = 0x1000, ENABLE = 0x2000, THRESHOLD = 0x200000, CLAIM = 0x200004 };

static struct plic plic;

static uint32_t get(uint32_t offset)
{
	uint32_t value = 0xdeadbeef;

	EXPECT_TRUE(plic_read(&plic, offset, 4, &value));
	return value;
}

static void set(uint32_t offset, uint32_t value)
{
	EXPECT_TRUE(plic_write(&plic, offset, 4, value));
}

TEST(VPL0101, "after reset nothing interrupts, whatever the devices do")
{
	plic_reset(&plic);
	for (unsigned int source = 1; source < PLIC_SOURCES; source++)
		plic_set_level(&plic, source, true);
	EXPECT_TRUE(!plic_output(&plic));
	EXPECT_EQ(0, get(CLAIM));
	EXPECT_EQ(0xfffffffe, get(PENDING));
}

TEST(VPL0102, "claims come by priority, then by number")
{
	plic_reset(&plic);
	set(ENABLE, UINT32_MAX);
	const unsigned int sources[] = {3, 7, 9, 31};
	const unsigned int priorities[] = {2, 5, 5, 1};
	for (unsigned int i = 0; i < 4; i++) {
		set(4 * sources[i], priorities[i]);
		plic_set_level(&plic, sources[i], true);
	}
	EXPECT_EQ(7, get(CLAIM));
	EXPECT_EQ(9, get(CLAIM));
	EXPECT_EQ(3, get(CLAIM));
	EXPECT_EQ(31, get(CLAIM));
	EXPECT_EQ(0, get(CLAIM));
	EXPECT_TRUE(!plic_output(&plic));
	set(CLAIM, 9);
	EXPECT_EQ(9, get(CLAIM));
}

TEST(VPL0103, "the threshold masks the line, not the claim")
{
	plic_reset(&plic);
	set(ENABLE, 2);
	set(4, 3);
	plic_set_level(&plic, 1, true);
	set(THRESHOLD, 3);
	EXPECT_TRUE(!plic_output(&plic));
	set(THRESHOLD, 2);
	EXPECT_TRUE(plic_output(&plic));
	set(THRESHOLD, 7);
	EXPECT_EQ(1, get(CLAIM));
}

TEST(VPL0104, "completing what was not claimed, not enabled or does not exist changes nothing")
{
	plic_reset(&plic);
	set(ENABLE, 2);
	set(4, 1);
	plic_set_level(&plic, 1, true);
	EXPECT_EQ(1, get(CLAIM));
	set(CLAIM, 0);
	set(CLAIM, 2);
	set(CLAIM, 32);
	set(CLAIM, 33);
	set(CLAIM, UINT32_MAX);
	set(ENABLE, 0);
	set(CLAIM, 1);
	set(ENABLE, 2);
	EXPECT_EQ(0, get(CLAIM));
	set(CLAIM, 1);
	EXPECT_EQ(1, get(CLAIM));
}

TEST(VPL0105, "source 0 does not exist, and registers keep what fits")
{
	plic_reset(&plic);
	set(0, 7);
	EXPECT_EQ(0, get(0));
	set(ENABLE, UINT32_MAX);
	EXPECT_EQ(0xfffffffe, get(ENABLE));
	set(4, UINT32_MAX);
	EXPECT_EQ(7, get(4));
	set(THRESHOLD, UINT32_MAX);
	EXPECT_EQ(7, get(THRESHOLD));
	set(PENDING, UINT32_MAX);
	EXPECT_EQ(0, get(PENDING));
}

TEST(VPL0106, "other widths and misaligned words are not answered; other registers read 0")
{
	uint32_t value;

	plic_reset(&plic);
	EXPECT_TRUE(!plic_read(&plic, 4, 1, &value));
	EXPECT_TRUE(!plic_read(&plic, 4, 2, &value));
	EXPECT_TRUE(!plic_read(&plic, 8, 8, &value));
	EXPECT_TRUE(!plic_read(&plic, 5, 4, &value));
	EXPECT_TRUE(!plic_write(&plic, 6, 4, 1));
	for (uint32_t offset = 4 * PLIC_SOURCES; offset < 0x400000; offset += 0x7c) {
		if (offset == ENABLE || offset == PENDING || offset == THRESHOLD || offset == CLAIM)
			continue;
		set(offset, UINT32_MAX);
		EXPECT_EQ(0, get(offset));
	}
}

/* The rules of the specification, one after the other, over all sources. */
static unsigned int model_best(unsigned int threshold)
{
	unsigned int best = 0;

	for (unsigned int source = 1; source < PLIC_SOURCES; source++) {
		bool asks = plic.level >> source & ~(plic.in_service >> source) & plic.enable >> source & 1;
		if (asks && plic.priority[source] > (best ? plic.priority[best] : threshold))
			best = source;
	}
	return best;
}

TEST(VPL0107, "any sequence agrees with the specification's rules")
{
	plic_reset(&plic);
	for (unsigned int i = 0; i < 200000; i++) {
		uint64_t r = host_random();
		unsigned int source = 1 + r % (PLIC_SOURCES - 1);
		switch (r >> 8 & 7) {
		case 0: set(4 * source, r >> 16); break;
		case 1: set(ENABLE, r >> 16); break;
		case 2: set(THRESHOLD, r >> 16 & 3); break;
		case 3: set(CLAIM, source); break;
		case 4: {
			unsigned int expected = model_best(0);
			EXPECT_EQ(expected, get(CLAIM));
			EXPECT_TRUE(!expected || plic.in_service >> expected & 1);
			break;
		}
		default: plic_set_level(&plic, source, r >> 16 & 1); break;
		}
		EXPECT_EQ(model_best(plic.threshold) != 0, plic_output(&plic));
	}
}
