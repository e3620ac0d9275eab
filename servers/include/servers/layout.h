/* SPDX-License-Identifier: BSD-2-Clause */
/* Where things lie in the address space of a program that init or the monitor has built. All below 2^38 (Sv39). */
#pragma once

#define LAYOUT_STARTUP 0x10000000UL     /* one page, read-only */
#define LAYOUT_BUFFER 0x10002000UL      /* the IPC buffer */
#define LAYOUT_WINDOW 0x10004000UL      /* one page through which init and monitor write the memory of others */
#define LAYOUT_STACK_TOP 0x20000000UL   /* the stack lies below, and a guard below that */
#define LAYOUT_GUARD_PAGES 16
#define LAYOUT_SHARED 0x30000000UL      /* pages shared with others: channels, tables, device registers */
#define LAYOUT_HEAP 0x40000000UL
#define LAYOUT_DISK 0x1800000000UL    /* in VMMs: the copy of the guest's disk */
#define LAYOUT_FREE 0x2000000000UL      /* for the program to map what it likes, up to LAYOUT_FREE_END */
#define LAYOUT_FREE_END 0x3000000000UL

/* The boot bundle, in init, monitor and (only the payload's pages) VMMs. Its offset in here is that of its physical address in LAYOUT_BUNDLE_ALIGN. */
#define LAYOUT_BUNDLE 0x800000000UL
#define LAYOUT_BUNDLE_ALIGN 0x40000000UL
