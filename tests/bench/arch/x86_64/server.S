/* SPDX-License-Identifier: BSD-2-Clause */
/* Position-independent: copied into a page of the server's own space. Answers each message with itself, from the endpoint in slot 1 of its cnode. The numbers are pinned in ipc.c. */
#define ENDPOINT 1
#define SYS_RECV 3
#define SYS_REPLY_RECV -2

	.section .rodata
	.globl	bench_server, bench_server_end
bench_server:
	movl	$SYS_RECV, %eax
	movl	$ENDPOINT, %edi
	xorl	%esi, %esi
	syscall
1:	movl	$ENDPOINT, %edi
	movq	$SYS_REPLY_RECV, %rax
	syscall
	jmp	1b
bench_server_end:
