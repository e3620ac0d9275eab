/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

struct boot_range {
	paddr_t start;
	paddr_t end; /* exclusive */
};

#define BOOT_RANGES_MAX 16

/* What the back end has found out about the machine. Ranges of one kind do not overlap. */
struct boot_platform {
	struct boot_range ram[BOOT_RANGES_MAX];
	unsigned ram_count;
	struct boot_range reserved[BOOT_RANGES_MAX]; /* in RAM: firmware, kernel */
	unsigned reserved_count;
	struct boot_range device[BOOT_RANGES_MAX];   /* outside RAM: registers that users may drive */
	unsigned device_count;
	struct boot_range devicetree;                /* in RAM; empty where there is none */
	struct boot_range bundle;                    /* in RAM; empty where there is none */
	ticks_t ticks_per_second;
	unsigned irq_lines;
	unsigned first_message_line;                 /* lines from here on are raised by messages; irq_lines + 1 where none are */
	unsigned io_ports;                           /* ports 0 to io_ports - 1 exist */
	bool has_vcpu;
	const void *init_elf;                        /* the first program, linked into the kernel */
	size_t init_elf_size;
};

/* The portable kernel's start, on the boot processor. The platform description may be overwritten once it returns to user mode: never. */
NORETURN void kernel_boot(const struct boot_platform *platform);
