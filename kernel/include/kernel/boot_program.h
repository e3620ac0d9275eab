/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/boot.h>
#include <kernel/slot.h>
#include <kernel/vspace.h>

/*
 * The first program, made from two untyped capabilities as if by retype, so that whoever gets these can take all of it back.
 */
struct boot_program {
	struct slot *object_untyped; /* in the program's cnode */
	struct slot *user_untyped;
	struct slot *cnode;          /* its slots */
	word_t next_slot;            /* for frames and page tables */
	struct vspace *space;
	struct thread *thread;
	vaddr_t image_end;
	vaddr_t bootinfo;
	vaddr_t ipc_buffer;
};

/* Makes cnode, space, thread and time. The two untyped capabilities are roots in static slots, and are moved into the cnode. */
void boot_program_create(struct boot_program *program, struct slot *object_untyped, struct slot *user_untyped);
/* Loads the ELF file into fresh frames; panics where it is not one. */
void boot_program_load(struct boot_program *program, const void *elf, size_t size);
/* Maps the bootinfo page and the IPC buffer behind the image. The page's content is copied from `bootinfo`. */
void boot_program_give(struct boot_program *program, const void *bootinfo);
void boot_program_start(struct boot_program *program);
