/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest's partition gets beside what all get. */
#include <l4/cpio.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <servers/vmm.h>

#include "build.h"
#include "disks.h"

#define PAYLOADS 4

/* Guest memory is retyped anew into the VMM's cnode each time: revoking the partition's own untypeds takes it back. */
static void give_memory(struct part *part)
{
	struct process *process = &part->program;
	process_tell(process, VMM_MEMORY_SIZE, part->description->guest_memory);
	const struct handover_pieces *pieces = &part->memory->guest;
	for (l4_word_t i = 0; i < pieces->count && !process->problem; i++) {
		const struct l4_boot_untyped info = {.size_bits = pieces->bits[i], .kind = L4_MEMORY_USER};
		l4_word_t slot = process->next_slot++;
		process_check(process, l4_untyped_retype(pieces->slot[i], L4_TYPE_UNTYPED, info.size_bits, process->cnode, slot, 1),
			      "the guest's memory could not be given");
		process_check(process, l4_startup_add_untyped(&process->startup, slot, &info) ? L4_OK : L4_OUT_OF_MEMORY, "the startup block is full");
	}
}

/* A word of entropy for this incarnation: the boot loader's word, mixed (splitmix64) with the time and how often the partition was built. */
static l4_word_t mix_seed(l4_word_t seed, const struct part *part)
{
	l4_word_t z = seed + l4_now() * 0x9e3779b97f4a7c15UL + part->incarnation;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return z ^ z >> 31;
}

static void tell_machine(struct part *part)
{
	static const char *const seed_names[VMM_SEED_WORDS] = {VMM_SEED "0", VMM_SEED "1", VMM_SEED "2", VMM_SEED "3"};
	const struct handover *handover = monitor.handover;
	process_tell(&part->program, VMM_PAGE_LEVELS, handover->page_levels);
	process_tell(&part->program, VMM_FEATURES, handover->features);
	for (l4_word_t i = 0; i < handover->seed_count; i++)
		process_tell(&part->program, seed_names[i], mix_seed(handover->seed[i], part));
}

static void tell_time(struct part *part, const struct process_config *config)
{
	struct process *process = &part->program;
	process_tell(process, VMM_PRIORITY, config->priority);
	process_tell(process, VMM_BUDGET, config->budget == config->period ? 0 : config->budget);
	process_tell(process, VMM_PERIOD, config->budget == config->period ? 0 : config->period);
	process_give(process, VMM_DOMAIN, part->domain, L4_WRITE, config->priority + 2);
}

static bool overlaps(l4_word_t vaddr, l4_word_t size, const struct l4_cpio_file *file)
{
	l4_word_t start = (l4_word_t)file->data;
	return vaddr < start + file->size && start < vaddr + size;
}

static bool is_payload(l4_word_t vaddr, l4_word_t size, const struct l4_cpio_file files[PAYLOADS])
{
	for (size_t i = 0; i < PAYLOADS; i++)
		if (files[i].size > 0 && overlaps(vaddr, size, &files[i]))
			return true;
	return false;
}

/* The frames of the bundle that hold a piece of the payload are mapped read-only where the monitor has them too. What else lies in them the VMM sees as well. */
static void map_payload(struct part *part, const struct l4_cpio_file files[PAYLOADS])
{
	for (l4_word_t i = 0; i < monitor.handover->bundle_runs; i++) {
		const struct handover_run *run = &monitor.handover->bundle[i];
		l4_word_t size = 1UL << run->page_bits;
		for (l4_word_t j = 0; j < run->count; j++)
			if (is_payload(run->vaddr + j * size, size, files))
				part_map(part, run->first + j, run->vaddr + j * size, L4_READ);
	}
}

static void give_payload(struct part *part)
{
	const struct handover *handover = monitor.handover;
	const struct {
		const char *file;
		const char *address_name;
		const char *size_name;
	} payload[PAYLOADS] = {
		{part->description->kernel, VMM_KERNEL, VMM_KERNEL_SIZE},
		{part->description->initrd, VMM_INITRD, VMM_INITRD_SIZE},
		{part->description->command_line, VMM_CMDLINE, VMM_CMDLINE_SIZE},
		{part->description->disk, VMM_DISK, VMM_DISK_SIZE},
	};
	struct l4_cpio_file files[PAYLOADS] = {0};
	for (size_t i = 0; i < PAYLOADS; i++) {
		if (payload[i].file[0] == 0 || !l4_cpio_find((const void *)handover->bundle_vaddr, handover->bundle_size, payload[i].file, &files[i]) ||
		    files[i].size == 0) {
			files[i].size = 0;
			continue;
		}
		process_tell(&part->program, payload[i].address_name, (l4_word_t)files[i].data);
		process_tell(&part->program, payload[i].size_name, files[i].size);
	}
	map_payload(part, files);
}

void build_guest(struct part *part, l4_cap_t objects)
{
	const struct process_config config = part_config(part, 0);
	struct process *process = &part->program;
	l4_thread_set_priority(process->thread, config.domain, config.priority + 1);
	process_give_own(process, "cnode", process->cnode, L4_SLOT_CNODE);
	process_give_own(process, "thread", process->thread, L4_SLOT_THREAD);
	process_give_own(process, "vspace", process->space.vspace, L4_SLOT_VSPACE);
	part_give_untyped(part, process, objects);
	give_memory(part);
	tell_machine(part);
	tell_time(part, &config);
	give_payload(part);
	disk_give(part);
}
