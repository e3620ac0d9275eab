/* SPDX-License-Identifier: BSD-2-Clause */
#include "exits.h"

#include <l4/abi/arch.h>
#include <l4/abi/fault.h>
#include <l4/syscall.h>

#include "guest.h"
#include "instruction.h"
#include "machine.h"
#include "nearby.h"
#include "sbi.h"
#include "terminal.h"

/* Causes of exceptions, from the privileged specification. */
enum cause {
	CAUSE_FETCH_ACCESS = 1,
	CAUSE_ILLEGAL_INSTRUCTION = 2,
	CAUSE_LOAD_ACCESS = 5,
	CAUSE_STORE_ACCESS = 7,
	CAUSE_FETCH_GUEST_PAGE = 20,
	CAUSE_LOAD_GUEST_PAGE = 21,
	CAUSE_VIRTUAL_INSTRUCTION = 22,
	CAUSE_STORE_GUEST_PAGE = 23,
};

#define INSTRUCTION_SIZE_MAX 4
#define VECTOR_MODE 3UL /* of stvec: exceptions go to the base in any mode */

static inline l4_word_t inject(struct l4_registers *m, l4_word_t cause, l4_word_t stval)
{
	m->word[0] = cause;
	m->word[1] = stval;
	return l4_tag(L4_GUEST_INJECT, 2);
}

/*
 * The kind of access that the guest's instruction wanted. The exit's own word tells another where the access was a part of it: an
 * atomic's load, or a page table that is nowhere (QEMU 7.2 says load for both).
 */
static l4_word_t access_cause(const struct l4_registers *m)
{
	uint32_t instruction = m->word[L4_GUEST_MMIO_INSTRUCTION];
	if (m->word[L4_GUEST_MMIO_ACCESS] == L4_WRITE || (instruction && instruction_is_store(instruction)))
		return CAUSE_STORE_ACCESS;
	/* It could not be fetched, and that is all it wanted. */
	if (!instruction && m->word[L4_GUEST_MMIO_VADDR] - m->word[L4_GUEST_MMIO_PC] < INSTRUCTION_SIZE_MAX)
		return CAUSE_FETCH_ACCESS;
	return CAUSE_LOAD_ACCESS;
}

/*
 * The guest's trap vector cannot be fetched: the exception of that would be taken at the vector, for ever. Nothing ever runs again, so this is the
 * end, as a triple fault is elsewhere. What trapped first is in the guest's own registers, unless that was the vector, too.
 */
static __attribute__((noreturn)) void vector_failed(uint64_t vector, uint64_t address)
{
	static const struct nearby parts[] = {
		{"its interrupt controller", MACHINE_PLIC_BASE, MACHINE_PLIC_SIZE},
		{"its serial line", MACHINE_UART_BASE, MACHINE_UART_SIZE},
		{"its PCI configuration space", MACHINE_ECAM_BASE, MACHINE_ECAM_SIZE},
		{"its PCI devices' registers", MACHINE_PCI_BASE, MACHINE_PCI_SIZE},
	};
	uint64_t cause = guest_register(L4_VCPU_REG_VSCAUSE);
	char where[NEARBY_SIZE];
	nearby_describe(where, address, parts, sizeof(parts) / sizeof(parts[0]));
	guest_failed_at(guest_register(L4_VCPU_REG_VSEPC), cause, "its stvec is wrong, or its page tables (satp) are",
			"it has its trap vector at %#lx, where it cannot be executed (address %#lx; %s), and a trap of cause %lu", vector, address, where, cause);
}

static void check_vector(uint64_t pc, uint64_t address)
{
	uint64_t vector = guest_register(L4_VCPU_REG_VSTVEC) & ~VECTOR_MODE;
	if (pc == vector)
		vector_failed(vector, address);
}

/* No device there, or an instruction that no device can answer: the guest gets the access fault that a bus error gives. */
static l4_word_t bus_error(struct l4_registers *m)
{
	l4_word_t cause = access_cause(m);
	if (cause == CAUSE_FETCH_ACCESS)
		check_vector(m->word[L4_GUEST_MMIO_PC], m->word[L4_GUEST_MMIO_ADDRESS]);
	return inject(m, cause, m->word[L4_GUEST_MMIO_VADDR]);
}

static inline l4_word_t device_access(struct machine *machine, struct l4_registers *m)
{
	l4_word_t address = m->word[L4_GUEST_MMIO_ADDRESS];
	l4_word_t width = m->word[L4_GUEST_MMIO_WIDTH];
	bool answered = false;
	l4_word_t value = 0;
	if (width && m->word[L4_GUEST_MMIO_ACCESS] == L4_READ)
		answered = machine_read(machine, address, width, &value);
	else if (width && m->word[L4_GUEST_MMIO_ACCESS] == L4_WRITE)
		answered = machine_write(machine, address, width, m->word[L4_GUEST_MMIO_VALUE]);
	if (!answered)
		return bus_error(m);
	m->word[0] = value;
	return l4_tag(L4_GUEST_DONE, 1);
}

/* What the guest's hart would have done by itself, had it been a real one without the H extension. */
static l4_word_t exception(struct l4_registers *m)
{
	l4_word_t stval = m->word[L4_FAULT_ADDRESS];
	switch (m->word[L4_FAULT_CAUSE]) {
	case CAUSE_VIRTUAL_INSTRUCTION: return inject(m, CAUSE_ILLEGAL_INSTRUCTION, stval);
	case CAUSE_FETCH_GUEST_PAGE:
		check_vector(m->word[L4_FAULT_PC], m->word[L4_GUEST_EXCEPTION_GPA]);
		return inject(m, CAUSE_FETCH_ACCESS, stval);
	/* Of an access fault the hart tells no guest-physical address. */
	case CAUSE_FETCH_ACCESS:
		check_vector(m->word[L4_FAULT_PC], stval);
		return inject(m, CAUSE_FETCH_ACCESS, stval);
	case CAUSE_LOAD_ACCESS:
	case CAUSE_LOAD_GUEST_PAGE: return inject(m, CAUSE_LOAD_ACCESS, stval);
	case CAUSE_STORE_ACCESS:
	case CAUSE_STORE_GUEST_PAGE: return inject(m, CAUSE_STORE_ACCESS, stval);
	default:
		guest_failed_at(m->word[L4_FAULT_PC], stval, NULL, "it has an exception that the VMM does not know, cause %lu", m->word[L4_FAULT_CAUSE]);
	}
}

/* A call of Bulkhead's own extension to slot 0 comes here, too: of other words, and fewer. */
static inline l4_word_t hypercall(l4_word_t tag, struct l4_registers *m)
{
	if (__builtin_expect(l4_tag_length(tag) == SBI_REGISTERS, 1))
		sbi_call(m->word);
	else
		sbi_refuse(m->word);
	return l4_tag(0, 2);
}

/* Answers the message in `m`; gives the answer's tag. */
static inline l4_word_t answer(struct machine *machine, l4_word_t tag, struct l4_registers *m)
{
	switch (l4_tag_label(tag)) {
	case L4_FAULT_GUEST_HYPERCALL:
		return hypercall(tag, m);
	case L4_FAULT_GUEST_MMIO:
		return device_access(machine, m);
	case L4_FAULT_GUEST_EXCEPTION:
		return exception(m);
	case EXITS_TERMINAL_EVENT:
		terminal_event();
		machine_terminal_event(machine);
		return 0;
	default:
		guest_failed("unhandled guest exit, label", l4_tag_label(tag));
	}
}

void exits_serve(struct machine *machine, l4_cap_t endpoint)
{
	struct l4_registers m;
	struct l4_result in = l4_recv(endpoint, &m);
	for (;;) {
		/* A wait that was cancelled (the VMM was suspended and resumed) has brought nothing to answer. */
		while (__builtin_expect(in.status != L4_OK, 0))
			in = l4_recv(endpoint, &m);
		in = l4_reply_recv(endpoint, answer(machine, in.tag, &m), &m);
	}
}
