/* SPDX-License-Identifier: BSD-2-Clause */
/* What an x86_64 kernel finds in memory when it is entered. */
#include <boot.h>
#include <bzimage.h>
#include <host_test.h>
#include <vcpu_state.h>

#include <stdlib.h>
#include <string.h>

#include <guest.h>
#include <l4/abi/arch.h>

static uint8_t memory[BOOT_KERNEL_MIN];
static uint64_t reg[L4_VCPU_REG_COUNT];

void *guest_memory(uint64_t gpa, uint64_t length)
{
	return gpa <= sizeof(memory) && length <= sizeof(memory) - gpa ? memory + gpa : NULL;
}

void guest_set_register(unsigned int number, uint64_t value)
{
	reg[number] = value;
}

static uint64_t get(uint64_t gpa, unsigned int bytes)
{
	uint64_t value = 0;
	memcpy(&value, memory + gpa, bytes);
	return value;
}

static const struct boot typical = {
	.kernel = 16 << 20,
	.memory_size = 256UL << 20,
	.initrd = 0xf000000,
	.initrd_size = 0x123456,
	.command_line = "console=hvc0 quiet and more",
	.command_line_size = 18,
	.seed = {1, 2, 3, [BOOT_SEED_SIZE - 1] = 64},
};

static void make_header(uint8_t file[1024])
{
	memset(file, 0, 1024);
	memset(file + BZIMAGE_HEADER, 0x5a, 1024 - BZIMAGE_HEADER);
	const uint16_t flag = BZIMAGE_BOOT_FLAG_VALUE;
	const uint32_t longest = 2047;
	memcpy(file + BZIMAGE_BOOT_FLAG, &flag, 2);
	memcpy(file + BZIMAGE_MAGIC, BZIMAGE_MAGIC_TEXT, 4);
	memcpy(file + BZIMAGE_COMMAND_LINE_SIZE, &longest, 4);
	file[BZIMAGE_JUMP + 1] = 0x6a; /* the header ends at 0x26c */
}

TEST(VBO0101, "boot_params are the kernel's header, and what the loader knows")
{
	uint8_t file[1024];
	struct boot boot = typical;
	memset(memory, 0, sizeof(memory));
	make_header(file);
	boot.file = file;
	boot.file_size = sizeof(file);
	EXPECT_TRUE(!boot_linux_describe(&boot));
	EXPECT_EQ(0x5a, memory[BOOT_DESCRIPTION + 0x26b]);
	EXPECT_EQ(0, memory[BOOT_DESCRIPTION + 0x26c]);
	EXPECT_EQ(0, memory[BOOT_DESCRIPTION + BZIMAGE_HEADER - 1]);
	EXPECT_EQ(0xff, memory[BOOT_DESCRIPTION + BZIMAGE_LOADER]);
	EXPECT_EQ(boot.initrd, get(BOOT_DESCRIPTION + BZIMAGE_INITRD, 4));
	EXPECT_EQ(boot.initrd_size, get(BOOT_DESCRIPTION + BZIMAGE_INITRD_SIZE, 4));
	EXPECT_STRING("console=hvc0 quiet", (char *)memory + get(BOOT_DESCRIPTION + BZIMAGE_COMMAND_LINE, 4));
	EXPECT_EQ(BOOT_TABLES, get(BOOT_DESCRIPTION + 0x70, 8));
	uint64_t data = get(BOOT_DESCRIPTION + BZIMAGE_SETUP_DATA, 8);
	EXPECT_EQ(9, get(data + 8, 4));
	EXPECT_EQ(0, memcmp(memory + data + 16, boot.seed, get(data + 12, 4)));
}

TEST(VBO0102, "the memory map is the same by both protocols, and leaves out what is not memory")
{
	memset(memory, 0, sizeof(memory));
	EXPECT_TRUE(!boot_linux_describe(&typical));
	EXPECT_EQ(3, memory[BOOT_DESCRIPTION + 0x1e8]);
	uint64_t first[3][3];
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int j = 0; j < 2; j++)
			first[i][j] = get(BOOT_DESCRIPTION + 0x2d0 + 20 * i + 8 * j, 8);
		first[i][2] = get(BOOT_DESCRIPTION + 0x2d0 + 20 * i + 16, 4);
	}
	EXPECT_EQ(1 << 20, first[2][0]);
	EXPECT_EQ(typical.memory_size, first[2][0] + first[2][1]);
	EXPECT_EQ(1, first[2][2]);
	memset(memory, 0, sizeof(memory));
	EXPECT_TRUE(!boot_pvh_describe(&typical));
	EXPECT_EQ(3, get(BOOT_DESCRIPTION + 48, 4));
	uint64_t map = get(BOOT_DESCRIPTION + 40, 8);
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int j = 0; j < 3; j++)
			EXPECT_EQ(first[i][j], get(map + 24 * i + 8 * j, j == 2 ? 4 : 8));
	}
}

TEST(VBO0103, "hvm_start_info names initrd, command line and tables")
{
	struct boot boot = typical;
	memset(memory, 0, sizeof(memory));
	EXPECT_TRUE(!boot_pvh_describe(&boot));
	EXPECT_EQ(0x336ec578, get(BOOT_DESCRIPTION, 4));
	EXPECT_EQ(1, get(BOOT_DESCRIPTION + 12, 4));
	uint64_t module = get(BOOT_DESCRIPTION + 16, 8);
	EXPECT_EQ(boot.initrd, get(module, 8));
	EXPECT_EQ(boot.initrd_size, get(module + 8, 8));
	EXPECT_STRING("console=hvc0 quiet", (char *)memory + get(BOOT_DESCRIPTION + 24, 8));
	EXPECT_EQ(BOOT_TABLES, get(BOOT_DESCRIPTION + 32, 8));
	boot.initrd_size = 0;
	EXPECT_TRUE(!boot_pvh_describe(&boot));
	EXPECT_EQ(0, get(BOOT_DESCRIPTION + 12, 4));
}

TEST(VBO0104, "a command line that is too long is refused, not cut")
{
	static char line[BOOT_COMMAND_LINE_SIZE + 1];
	uint8_t file[1024];
	struct boot boot = typical;
	make_header(file);
	boot.command_line = line;
	boot.file = file;
	boot.file_size = sizeof(file);
	boot.command_line_size = 2047;
	EXPECT_TRUE(!boot_linux_describe(&boot));
	boot.command_line_size = 2048;
	EXPECT_STRING("command line is longer than the kernel takes", boot_linux_describe(&boot));
	boot.command_line_size = BOOT_COMMAND_LINE_SIZE - 1;
	EXPECT_TRUE(!boot_pvh_describe(&boot));
	boot.command_line_size = BOOT_COMMAND_LINE_SIZE;
	EXPECT_STRING("command line is longer than the kernel takes", boot_pvh_describe(&boot));
}

TEST(VBO0105, "headers with random contents stay inside their files and boot_params")
{
	for (unsigned int i = 0; i < 20000; i++) {
		uint8_t file[1024];
		struct boot boot = typical;
		make_header(file);
		for (unsigned int at = BZIMAGE_VERSION; at < 0x300; at++)
			file[at] = host_random();
		boot.file_size = BZIMAGE_HEADER_MIN + host_random() % (sizeof(file) - BZIMAGE_HEADER_MIN);
		file[BZIMAGE_JUMP + 1] = host_random();
		/* An exact copy on the heap, so that the sanitizer sees every byte too far. */
		uint8_t *copy = malloc(boot.file_size);
		memcpy(copy, file, boot.file_size);
		boot.file = copy;
		(void)boot_linux_describe(&boot);
		free(copy);
		EXPECT_EQ(3, memory[BOOT_DESCRIPTION + 0x1e8]);
		EXPECT_EQ(0, memory[BOOT_DESCRIPTION + 0x290]);
	}
}

/* What the tables say of an address, or all ones. */
static uint64_t translate(uint64_t vaddr)
{
	uint64_t table = reg[L4_VCPU_REG_CR3];
	for (unsigned int level = 4; level > 0; level--) {
		uint64_t entry = get(table + (vaddr >> (12 + 9 * (level - 1)) & 511) * 8, 8);
		if ((entry & 3) != 3)
			return UINT64_MAX;
		if (entry & 0x80 || level == 1)
			return (entry & ~0xfffUL & -(1UL << (12 + 9 * (level - 1)))) | (vaddr & ((1UL << (12 + 9 * (level - 1))) - 1));
		table = entry & ~0xfffUL;
	}
	return UINT64_MAX;
}

TEST(VBO0106, "Linux is entered in 64-bit mode, with all below 4 GiB mapped to itself")
{
	memset(memory, 0, sizeof(memory));
	memset(reg, 0, sizeof(reg));
	vcpu_state_set(BOOT_LINUX);
	EXPECT_EQ(0x80000011, reg[L4_VCPU_REG_CR0]);
	EXPECT_EQ(0x20, reg[L4_VCPU_REG_CR4]);
	EXPECT_EQ(0x500, reg[L4_VCPU_REG_EFER]);
	EXPECT_EQ(0xffffffff0a9b0010, reg[L4_VCPU_REG_SEGMENT(L4_SEGMENT_CS)]);
	EXPECT_EQ(0xffffffff0c930018, reg[L4_VCPU_REG_SEGMENT(L4_SEGMENT_SS)]);
	for (uint64_t vaddr = 0x123; vaddr < 4UL << 30; vaddr += 0x1ff000)
		EXPECT_EQ(vaddr, translate(vaddr));
	EXPECT_EQ(UINT64_MAX, translate(4UL << 30));
	EXPECT_EQ(0xaf9b000000ffff, get(reg[L4_VCPU_REG_GDTR_BASE] + 0x10, 8));
	EXPECT_EQ(0xcf93000000ffff, get(reg[L4_VCPU_REG_GDTR_BASE] + 0x18, 8));
	EXPECT_EQ(0x1f, reg[L4_VCPU_REG_GDTR_LIMIT]);
}

TEST(VBO0107, "a PVH kernel is entered in 32-bit protected mode, without paging")
{
	memset(memory, 0, sizeof(memory));
	memset(reg, 0, sizeof(reg));
	vcpu_state_set(BOOT_PVH);
	EXPECT_EQ(0x11, reg[L4_VCPU_REG_CR0]);
	EXPECT_EQ(0, reg[L4_VCPU_REG_CR4]);
	EXPECT_EQ(0, reg[L4_VCPU_REG_EFER]);
	EXPECT_EQ(0xffffffff0c9b0010, reg[L4_VCPU_REG_SEGMENT(L4_SEGMENT_CS)]);
	EXPECT_EQ(0x00000067008b0000, reg[L4_VCPU_REG_SEGMENT(L4_SEGMENT_TR)]);
}
