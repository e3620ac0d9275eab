/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a VMM expects of its creator, beyond what every program's startup block has (l4/startup.h). One VMM process serves one guest.
 *
 * The block's own fields: the untypeds are the VMM's, object memory (VMM_OBJECT_BYTES at least) and user memory (the guest's memory
 * at least, in pieces of 2 MiB or more); VMM_CNODE_SLOTS(guest memory) slots are free; VMM_WINDOW_BYTES(guest memory) of address space are free.
 *
 * The VMM is started as an active program: its thread has a sched_context bound, and the priority VMM_PRIORITY + 1. Once the guest is
 * built it makes itself passive: from then on the guest's thread lends it the guest's own time, and a second thread, with a small
 * budget of its own, carries console input in. The creator need do nothing for that.
 *
 * It ends by MONITOR_GUEST_STATE (servers/monitor.h), and never by a return from main.
 */
#pragma once

#include <stdint.h>

/* Capabilities: slots of the VMM's own cnode; L4_SLOT_CNODE, L4_SLOT_THREAD and L4_SLOT_VSPACE too, with READ and WRITE. */
#define VMM_DOMAIN "domain"               /* W; its badge (if any) is VMM_PRIORITY + 2 or more */
#define VMM_MONITOR "monitor"             /* W on the monitor's endpoint, minted for this partition */
/* "guest_slot1" to "guest_slot15": what the guest's own cnode gets in that slot, an endpoint or notification with its final badge; absent: empty. */
#define VMM_GUEST_SLOT "guest_slot"
#define VMM_GUEST_SLOTS 16
/* L4_HEALTH_WATCHDOG (l4/health.h): the guest owes signs of life. It gives them by slot HEALTH_GUEST_SLOT (servers/health.h) and by a port of that name. */
/* The console channel, as l4/console_client.h says. */

/* Values. */
#define VMM_MEMORY_SIZE "memory_size"     /* bytes of guest memory, a multiple of 2 MiB */
#define VMM_PRIORITY "priority"           /* of the guest; its VMM runs at one more, the VMM's input thread at two more */
#define VMM_BUDGET "budget"               /* of the guest's sched_context, ticks; 0 or absent: the whole processor */
#define VMM_PERIOD "period"
#define VMM_PAGE_LEVELS "page_levels"     /* bootinfo.page_levels: 3 is Sv39, 4 is Sv48 */
#define VMM_FEATURES "features"           /* enum vmm_feature */
/* "seed0" to "seed3": words of entropy, where the host has any (its device tree's /chosen/rng-seed); of each incarnation its own. */
#define VMM_SEED "seed"
#define VMM_SEED_WORDS 4
/* The payload: addresses, mapped read-only into the VMM, and sizes in bytes. */
#define VMM_KERNEL "kernel"
#define VMM_KERNEL_SIZE "kernel_size"
#define VMM_INITRD "initrd"               /* absent: none */
#define VMM_INITRD_SIZE "initrd_size"
#define VMM_CMDLINE "cmdline"             /* not terminated; absent: empty */
#define VMM_CMDLINE_SIZE "cmdline_size"
#define VMM_DISK "disk"                   /* the disk's image; absent: no disk */
#define VMM_DISK_SIZE "disk_size"
#define VMM_DISK_COPY "disk_copy"         /* address of as many bytes that are the VMM's to write; absent: the disk is read-only */
#define VMM_DISK_KEPT "disk_kept"         /* 1: the copy has what was written before; absent: it is to be filled */

#define VMM_OBJECT_BYTES (512UL << 10)
#define VMM_CNODE_SLOTS(memory) (2 * ((memory) >> 21) + 64)
#define VMM_WINDOW_BYTES(memory) ((memory) + (2UL << 30))

/* Extensions of the hart that a guest may be told of (from the host's riscv,isa). */
enum vmm_feature {
	VMM_FEATURE_SSTC = 1 << 0,
	VMM_FEATURE_ZBA = 1 << 1,
	VMM_FEATURE_ZBB = 1 << 2,
	VMM_FEATURE_ZBC = 1 << 3,
	VMM_FEATURE_ZBS = 1 << 4,
};
