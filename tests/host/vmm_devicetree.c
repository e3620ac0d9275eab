/* SPDX-License-Identifier: BSD-2-Clause */
/* A program without tests: writes the device tree of a typical guest to standard output, for test_vmm_devicetree.py. */
#include <devicetree.h>

#include <stdio.h>

#include <servers/vmm.h>

int main(void)
{
	static _Alignas(8) uint8_t blob[16384];
	struct devicetree tree = {
		.memory_size = 256UL << 20,
		.ticks_per_second = 10000000,
		.page_levels = 4,
		.features = VMM_FEATURE_SSTC | VMM_FEATURE_ZBB,
		.initrd = 0x8f000000,
		.initrd_size = 0x123456,
		.command_line = "console=ttyS0 quiet",
		.command_line_size = 13,
	};
	for (unsigned int i = 0; i < DEVICETREE_SEED_SIZE; i++)
		tree.seed[i] = i;
	size_t size = devicetree_write(&tree, blob, sizeof(blob));
	/* Every shorter buffer is too short, and none is overrun. */
	for (size_t less = 0; less < size; less++) {
		if (devicetree_write(&tree, (uint8_t[16384]){0}, less))
			return 1;
	}
	/* Nor is a command line cut. */
	static const char long_line[5000] = {0};
	struct devicetree longer = tree;
	longer.command_line = long_line;
	longer.command_line_size = sizeof(long_line);
	if (devicetree_write(&longer, (uint8_t[32768]){0}, 32768))
		return 1;
	return size == 0 || fwrite(blob, 1, size, stdout) != size;
}
