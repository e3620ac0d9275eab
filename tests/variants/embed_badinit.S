/* SPDX-License-Identifier: BSD-2-Clause */
/* As embed.S: a first program that is wrong on purpose (badinit.c). */
	.section .init_elf, "a", @progbits
	.balign 4096
	.globl init_elf_start
init_elf_start:
	.incbin "badinit.elf"
	.globl init_elf_end
init_elf_end:
