/* SPDX-License-Identifier: BSD-2-Clause */
/* A program without tests: writes the ACPI tables of a guest, which lie at the address in its argument, to standard output, for test_vmm_acpi.py. */
#include <acpi.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static uint8_t tables[4096];
	uint64_t base = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	size_t size = acpi_write(base, tables, sizeof(tables));
	/* Every shorter buffer is too short, and none is overrun. */
	for (size_t less = 0; less < size; less++) {
		uint8_t *exact = malloc(less ? less : 1);
		if (acpi_write(base, exact, less))
			return 1;
		free(exact);
	}
	return size == 0 || fwrite(tables, 1, size, stdout) != size;
}
