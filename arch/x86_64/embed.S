/* SPDX-License-Identifier: BSD-2-Clause */
/* The first program. The build finds the file. */
	.section .init_elf, "a", @progbits
	.balign 4096
	.globl init_elf_start
init_elf_start:
	.incbin "init.elf"
	.globl init_elf_end
init_elf_end:
