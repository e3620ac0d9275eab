/* SPDX-License-Identifier: BSD-2-Clause */
#include "entry.h"

#include <string.h>

#include <l4/abi/arch.h>
#include <l4/registers.h>

#include "acpi.h"
#include "boot.h"
#include "cpuid.h"
#include "entropy.h"
#include "entropy_draw.h"
#include "exits.h"
#include "guest.h"
#include "layout.h"
#include "machine.h"
#include "objects.h"
#include "payload.h"
#include "ram.h"
#include "tsc.h"
#include "vcpu_state.h"

static struct machine machine;

void entry_make_memory(const struct config *config, const struct l4_space *guest)
{
	if (config->memory_size > MACHINE_MEMORY_MAX)
		guest_failed("guest's memory is larger than 3 GiB", config->memory_size);
	ram_make(guest, 0, config->memory_size);
	ram_repeat(guest, LAYOUT_MSIX - LAYOUT_MSIX_MEMORY);
}

/* The host's seed where there is one, what the processor's generator gives, and what differs from run to run: when things happened. */
static void make_seed(const struct config *config, uint8_t *seed)
{
	enum { FEATURES = 1, RDRAND_BIT = 1 << 30 };
	uint64_t words[ENTROPY_SEED_WORDS] = {0};
	memcpy(words, config->seed, sizeof(config->seed));
	words[VMM_SEED_WORDS] = tsc_read();
	for (unsigned int i = VMM_SEED_WORDS + 1; i < ENTROPY_SEED_WORDS && cpuid_native(FEATURES, 0).ecx & RDRAND_BIT; i++)
		words[i] = entropy_draw();
	entropy_spread(words, seed, BOOT_SEED_SIZE);
}

static void describe(const struct config *config, const struct image *image, uint64_t initrd)
{
	struct boot boot = {
		.file = config->kernel.data,
		.file_size = config->kernel.size,
		.kernel = image->piece[0].gpa,
		.memory_size = config->memory_size,
		.initrd = initrd,
		.initrd_size = config->initrd.size,
		.command_line = (const char *)config->command_line.data,
		.command_line_size = config->command_line.size,
	};
	make_seed(config, boot.seed);
	const char *why = image->protocol == BOOT_PVH ? boot_pvh_describe(&boot) : boot_linux_describe(&boot);
	if (why)
		guest_failed(why, 0);
	if (!acpi_write(BOOT_TABLES, guest_memory(BOOT_TABLES, BOOT_TABLES_SIZE), BOOT_TABLES_SIZE))
		guest_failed("ACPI tables do not fit", BOOT_TABLES_SIZE);
}

void entry_load(const struct config *config, struct entry *entry)
{
	struct image_memory memory = {BOOT_KERNEL_MIN, config->memory_size - BOOT_KERNEL_MIN};
	struct image image;
	uint64_t initrd = 0;
	const char *why = image_parse(&image, &memory, config->kernel.data, config->kernel.size);
	if (!why)
		why = boot_place_initrd(&memory, &image, config->kernel.data, config->kernel.size, config->initrd.size, &initrd);
	if (why)
		guest_failed(why, 0);
	payload_place(&image);
	if (config->initrd.size)
		payload_copy(initrd, config->initrd.data, config->initrd.size);
	describe(config, &image, initrd);
	power_reset(&machine.power, payload_has_parameter(&config->command_line, "reboot=panic_warm"));
	*entry = (struct entry){.pc = image.entry, .description = BOOT_DESCRIPTION, .protocol = image.protocol};
}

/* Linux looks for the description in rsi, a PVH kernel in ebx. */
void entry_set_registers(l4_cap_t vcpu_thread, const struct entry *entry)
{
	enum { RIP, RBX = 4, RSI = 7, RFLAGS = 17, FLAGS_FIXED = 2 };
	l4_word_t registers[L4_REGISTERS_COUNT] = {[RIP] = entry->pc, [RFLAGS] = FLAGS_FIXED};
	registers[entry->protocol == BOOT_PVH ? RBX : RSI] = entry->description;
	vcpu_state_set(entry->protocol);
	objects_require(l4_thread_write_registers(vcpu_thread, registers, L4_REGISTERS_COUNT), "VMM: vcpu's registers");
}

void entry_serve(l4_cap_t endpoint, struct block_backing *disk, unsigned int ports)
{
	machine_reset(&machine, disk, ports);
	exits_serve(&machine, endpoint);
}
