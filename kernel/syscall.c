/* SPDX-License-Identifier: BSD-2-Clause */
/* Where system calls and faults enter the portable kernel, and where it leaves. */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/entry.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/trace.h>

static void set_results(struct thread *self, const struct invocation *inv, status_t status)
{
	word_t *words = arch_message(self);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		words[i] = i < inv->results ? inv->result[i] : 0;
	arch_set_result(self, status, l4_tag(0, inv->results), 0);
	trace_result(self, status);
}

/* A call on a kernel object. The object's destruction may have been that of the caller. */
static void invoke(struct thread *self, struct slot *target, word_t tag)
{
	struct cpu *cpu = cpu_self();
	struct invocation inv = {
		.thread = self,
		.target = target,
		.label = l4_tag_label(tag),
		.length = l4_tag_length(tag),
		.registers = arch_message(self),
	};
	cpu->invoker = self;
	status_t status = inv.length > L4_MESSAGE_WORDS ? L4_INVALID_ARGUMENT : object_invoke(&inv);
	if (!cpu->invoker)
		return;
	if (status == STATUS_RESTART) {
		arch_restart_syscall(self);
		trace_result(self, status);
	} else if (!self->context_is_full) { /* else the call has given the caller new registers */
		set_results(self, &inv, status);
	}
}

static void call(struct thread *self, word_t cap, word_t tag)
{
	struct slot *target = thread_lookup(self, cap);
	struct invocation none = {0};
	if (!target || slot_is_empty(target))
		set_results(self, &none, L4_INVALID_CAP);
	else if (slot_type(target) != L4_TYPE_ENDPOINT)
		invoke(self, target, tag);
	else if (!slot_has_rights(target, L4_WRITE))
		set_results(self, &none, L4_NO_RIGHT);
	else if (!ipc_tag_is_valid(tag))
		set_results(self, &none, L4_INVALID_ARGUMENT);
	else
		ipc_call(self, target, tag);
}

void kernel_syscall(int64_t number, word_t cap, word_t tag)
{
	struct thread *self = cpu_self()->current;
	trace_syscall(self, number, cap, tag);
	switch (number) {
	case L4_SYS_CALL:
		call(self, cap, tag);
		break;
	case L4_SYS_REPLY_RECV:
		ipc_reply_recv(self, cap, tag);
		break;
	case L4_SYS_SEND:
	case L4_SYS_SEND_NONBLOCKING:
		ipc_send(self, cap, tag, number == L4_SYS_SEND);
		break;
	case L4_SYS_RECV:
	case L4_SYS_RECV_NONBLOCKING:
		ipc_recv(self, cap, number == L4_SYS_RECV);
		break;
	case L4_SYS_YIELD:
		set_results(self, &(struct invocation){0}, L4_OK);
		sched_yield(self);
		break;
	default:
		set_results(self, &(struct invocation){0}, L4_BAD_OPERATION);
	}
	sched_exit();
}

void kernel_fault(const struct fault *fault)
{
	fault_raise(cpu_self()->current, fault);
	sched_exit();
}

void kernel_leave(void)
{
	sched_exit();
}
