/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring of what has happened on this processor, and the calls by which it is started and read. It is written from the start to the end and then from the start again: the
 * newest records stay.
 */
#include <kernel/trace.h>

#include <kernel/arch.h>
#include <kernel/boot.h>
#include <kernel/device.h>
#include <kernel/dispatch.h>
#include <kernel/identity.h>
#include <kernel/ipc.h>
#include <kernel/vcpu.h>
#include <l4/abi/trace.h>

#define TYPE_SHIFT 8
#define NUMBER_MASK 0xff

void trace_boot(struct boot_range *object_memory)
{
	struct cpu_trace *trace = &cpu_self()->trace;
	size_t size = trace_ring_size(object_memory->end - object_memory->start);
	trace->ring = arch_object_pointer(object_memory->start);
	trace->capacity = size / sizeof(*trace->ring);
	object_memory->start += size;
}

static uint32_t thread_number(const struct thread *thread)
{
	return thread ? (uint32_t)(arch_object_paddr(thread) >> L4_PAGE_BITS) : 0;
}

/* `event` has all but the time and the processor. */
static void record(struct l4_trace_record event)
{
	struct cpu *cpu = cpu_self();
	event.time = arch_now();
	event.processor = (uint8_t)cpu->number;
	cpu->trace.ring[cpu->trace.count++ % cpu->trace.capacity] = event;
}

static bool is_on(void)
{
	return cpu_self()->trace.on;
}

/* --- Tracepoints --- */

void trace_syscall(struct thread *thread, int64_t number, word_t cap, word_t tag)
{
	static const struct slot none;
	if (!is_on())
		return;
	const struct slot *named = number == L4_SYS_YIELD ? NULL : thread_lookup(thread, cap), *slot = named ? named : &none;
	record((struct l4_trace_record){.kind = L4_TRACE_SYSCALL, .thread = thread_number(thread),
					.detail = (uint16_t)((number & NUMBER_MASK) | (word_t)slot_type(slot) << TYPE_SHIFT), .word = {slot_identity(slot), tag, cap}});
}

void trace_result(const struct thread *thread, status_t status)
{
	if (is_on())
		record((struct l4_trace_record){.kind = L4_TRACE_RESULT, .thread = thread_number(thread), .detail = (uint16_t)status});
}

static void trace_switch(struct thread *thread)
{
	const struct domain *domain = thread ? thread_domain(thread) : NULL;
	cpu_self()->trace.running = thread;
	record((struct l4_trace_record){.kind = L4_TRACE_SWITCH, .thread = thread_number(thread),
					.word = {domain ? domain_identity(domain) : 0, thread ? thread->priority : 0}});
}

void trace_run(struct thread *thread)
{
	if (!is_on())
		return;
	if (thread != cpu_self()->trace.running)
		trace_switch(thread);
	if (thread && thread_vcpu(thread))
		record((struct l4_trace_record){.kind = L4_TRACE_GUEST_ENTER, .thread = thread_number(thread)});
}

static word_t window_domain(const struct domain *domain)
{
	return domain == &idle_domain ? L4_TRACE_NOBODY : domain_identity(domain);
}

void trace_window(const struct schedule_place *place)
{
	const struct schedule *table = place->table;
	if (is_on())
		record((struct l4_trace_record){.kind = L4_TRACE_WINDOW, .detail = (uint16_t)place->window,
						.word = {table ? place->start + table->pad : 0, window_domain(place->domain), table ? arch_object_paddr(table) : 0}});
}

void trace_interrupt(unsigned line)
{
	if (is_on())
		record((struct l4_trace_record){.kind = L4_TRACE_INTERRUPT, .thread = thread_number(cpu_self()->current), .detail = (uint16_t)line});
}

void trace_timer(void)
{
	trace_interrupt(L4_TRACE_TIMER);
}

void trace_guest_exit(const struct thread *thread, word_t cause, word_t detail)
{
	if (is_on())
		record((struct l4_trace_record){.kind = L4_TRACE_GUEST_EXIT, .thread = thread_number(thread), .word = {cause, detail}});
}

void trace_fault(const struct thread *thread, const struct fault *fault)
{
	if (is_on())
		record((struct l4_trace_record){.kind = L4_TRACE_FAULT, .thread = thread_number(thread), .detail = (uint16_t)fault->label,
						.word = {fault->words[L4_FAULT_ADDRESS], fault->words[L4_FAULT_PC]}});
}

void trace_signal(const struct notification *notification, word_t bits)
{
	if (is_on())
		record((struct l4_trace_record){.kind = L4_TRACE_SIGNAL, .thread = thread_number(cpu_self()->current), .word = {arch_object_paddr(notification), bits}});
}

void trace_virq(const struct virq *virq)
{
	if (is_on())
		record((struct l4_trace_record){.kind = L4_TRACE_VIRQ, .thread = thread_number(cpu_self()->current), .detail = (uint16_t)virq->line,
						.word = {arch_object_paddr(virq)}});
}

/* --- Operations --- */

status_t trace_start(struct invocation *inv)
{
	struct cpu *cpu = cpu_self();
	struct cpu_trace *trace = &cpu->trace;
	trace->count = 0;
	trace->running = trace->ring;
	trace->on = true;
	trace_window(&cpu->place);
	invocation_result(inv, 0, trace->capacity);
	return L4_OK;
}

status_t trace_stop(struct invocation *inv)
{
	struct cpu_trace *trace = &cpu_self()->trace;
	trace->on = false;
	invocation_result(inv, 0, trace->count);
	return L4_OK;
}

static void give(struct invocation *inv, unsigned position, const struct l4_trace_record *event)
{
	const word_t *words = (const word_t *)event;
	for (unsigned i = 0; i < L4_TRACE_RECORD_WORDS; i++)
		invocation_result(inv, position + i, words[i]);
}

status_t trace_read(struct invocation *inv, const struct trace_read_args *args)
{
	const struct cpu_trace *trace = &cpu_self()->trace;
	word_t oldest = trace->count > trace->capacity ? trace->count - trace->capacity : 0;
	word_t first = args->position > oldest ? args->position : oldest;
	word_t left = first < trace->count ? trace->count - first : 0, number = left < L4_TRACE_READ_MAX ? left : L4_TRACE_READ_MAX;
	invocation_result(inv, L4_TRACE_READ_COUNT, number);
	invocation_result(inv, L4_TRACE_READ_FIRST, first);
	for (unsigned i = 0; i < number; i++)
		give(inv, L4_TRACE_READ_RECORDS + i * L4_TRACE_RECORD_WORDS, &trace->ring[(first + i) % trace->capacity]);
	return L4_OK;
}

#include <kernel/dispatch_trace.inc>
