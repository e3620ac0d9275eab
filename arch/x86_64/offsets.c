/* SPDX-License-Identifier: BSD-2-Clause */
/* Offsets of fields for assembly. Compiled, but not linked: the build reads the marks (site_scons/site_tools/asmoffsets.py). */
#include <kernel/arch.h>

#include "interrupts.h"
#include "processor.h"
#include "virt/svm.h"

#define VALUE(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(value))
#define OFFSET(name, type, field) VALUE(name, offsetof(type, field))
#define CONTEXT(name) VALUE(CONTEXT_##name, offsetof(struct thread, context.registers[REG_##name]))

void offsets(void);

_Static_assert(L4_SYS_CALL == -1 && L4_SYS_REPLY_RECV == -2, "the entry tells them from all others by one comparison");

void offsets(void)
{
	OFFSET(CPU_CURRENT, struct cpu, current);
	OFFSET(CPU_TAKEN, struct cpu, arch.taken);
	CONTEXT(RBX);
	CONTEXT(R8);
	CONTEXT(R9);
	CONTEXT(R10);
	CONTEXT(R12);
	CONTEXT(R13);
	CONTEXT(R14);
	CONTEXT(R15);
	CONTEXT(RIP);
	CONTEXT(RSP);
	CONTEXT(RBP);
	CONTEXT(FS_BASE);
	CONTEXT(RFLAGS);
	CONTEXT(RAX);
	CONTEXT(RCX);
	CONTEXT(RDX);
	CONTEXT(RSI);
	CONTEXT(RDI);
	CONTEXT(R11);
	VALUE(SYS_CALL, L4_SYS_CALL);
	VALUE(SYS_REPLY_RECV, L4_SYS_REPLY_RECV);
	OFFSET(SVM_HOST_STATE, struct svm, host_state);
	VALUE(SYS_SET_THREAD_POINTER, L4_SYS_SET_THREAD_POINTER);
	VALUE(VECTOR_INTERRUPTS, VECTOR_FIRST);
}
