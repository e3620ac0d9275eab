/* SPDX-License-Identifier: BSD-2-Clause */
#include "entry.h"

#include <string.h>

#include <l4/abi/arch.h>
#include <l4/registers.h>
#include <l4/time.h>

#include "devicetree.h"
#include "entropy.h"
#include "entry_layout.h"
#include "exits.h"
#include "fences.h"
#include "guest.h"
#include "machine.h"
#include "objects.h"
#include "payload.h"
#include "ram.h"
#include "sbi.h"

#define BOOT_HART 0
#define COUNTERS_BASIC 7 /* cycle, time, instret */

void entry_make_memory(const struct config *config, const struct l4_space *guest)
{
	ram_make(guest, MACHINE_MEMORY_BASE, config->memory_size);
}

/* The host's seed where there is one, and what differs from run to run on real hardware: when things happened. */
static void make_seed(const struct config *config, uint8_t *seed)
{
	uint64_t words[ENTROPY_SEED_WORDS] = {0};
	memcpy(words, config->seed, sizeof(config->seed));
	__asm__ volatile("rdtime %0" : "=r"(words[VMM_SEED_WORDS]));
	__asm__ volatile("rdcycle %0" : "=r"(words[VMM_SEED_WORDS + 1]));
	__asm__ volatile("rdinstret %0" : "=r"(words[VMM_SEED_WORDS + 2]));
	entropy_spread(words, seed, DEVICETREE_SEED_SIZE);
}

static void write_devicetree(const struct config *config, const struct layout *layout)
{
	struct devicetree tree = {
		.memory_size = config->memory_size,
		.ticks_per_second = l4_ticks_per_second(),
		.page_levels = config->page_levels,
		.features = config->features,
		.initrd = layout->initrd,
		.initrd_size = config->initrd.size,
		.command_line = (const char *)config->command_line.data,
		.command_line_size = config->command_line.size,
	};
	make_seed(config, tree.seed);
	if (!devicetree_write(&tree, guest_memory(layout->devicetree, LAYOUT_DEVICETREE_SIZE), LAYOUT_DEVICETREE_SIZE))
		guest_failed("device tree or command line is too long", LAYOUT_DEVICETREE_SIZE);
}

void entry_load(const struct config *config, struct entry *entry)
{
	struct image_memory memory = {MACHINE_MEMORY_BASE, config->memory_size};
	struct image image;
	struct layout layout;
	const char *why = image_parse(&image, &memory, config->kernel.data, config->kernel.size);
	if (!why)
		why = layout_make(&layout, &memory, &image, config->initrd.size);
	if (why)
		guest_failed(why, 0);
	payload_place(&image);
	if (config->initrd.size)
		payload_copy(layout.initrd, config->initrd.data, config->initrd.size);
	write_devicetree(config, &layout);
	sbi_set_warm_reset_is_panic(payload_has_parameter(&config->command_line, "reboot=panic_warm"));
	*entry = (struct entry){.pc = image.entry, .description = layout.devicetree};
}

/*
 * The boot protocol: hart number in a0, device tree in a1; a new vcpu has its translation and interrupts off. User mode may read
 * cycle, time and instret, as OpenSBI leaves it: Linux without the SBI's PMU extension does not allow it by itself, but its vdso reads the time.
 */
void entry_set_registers(l4_cap_t vcpu_thread, const struct entry *entry)
{
	enum { PC, A0 = 10, A1 = 11, COUNT };
	l4_word_t registers[COUNT] = {[PC] = entry->pc, [A0] = BOOT_HART, [A1] = entry->description};
	guest_set_register(L4_VCPU_REG_SCOUNTEREN, COUNTERS_BASIC);
	objects_require(l4_thread_write_registers(vcpu_thread, registers, COUNT), "VMM: vcpu's registers");
}

void entry_serve(l4_cap_t endpoint, struct block_backing *disk, unsigned int ports)
{
	static struct machine machine;
	machine_reset(&machine, disk, ports);
	guest_fence_instructions();
	exits_serve(&machine, endpoint);
}
