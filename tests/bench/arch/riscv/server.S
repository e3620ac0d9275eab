/* SPDX-License-Identifier: BSD-2-Clause */
/* Position-independent: copied into a page of the server's own space. Answers each message with itself, from the endpoint in slot 1 of its cnode. The numbers are pinned in ipc.c. */
#define ENDPOINT 1
#define SYS_RECV 3
#define SYS_REPLY_RECV -2

	.section .rodata
	.balign	4
	.globl	bench_server, bench_server_end
bench_server:
	li	a7, SYS_RECV
	li	a0, ENDPOINT
	li	a1, 0
	ecall
1:	li	a0, ENDPOINT
	li	a7, SYS_REPLY_RECV
	ecall
	j	1b
bench_server_end:
