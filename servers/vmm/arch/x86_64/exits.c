/* SPDX-License-Identifier: BSD-2-Clause */
#include "exits.h"

#include <l4/abi/arch.h>
#include <l4/abi/fault.h>
#include <l4/syscall.h>

#include "cpuid.h"
#include "guest.h"
#include "hypercall.h"
#include "layout.h"
#include "machine.h"
#include "msr.h"
#include "nearby.h"
#include "ports.h"
#include "terminal.h"

enum vector { VECTOR_GENERAL_PROTECTION = 13 };

static l4_word_t general_protection(struct l4_registers *m)
{
	m->word[0] = VECTOR_GENERAL_PROTECTION | L4_GUEST_INJECT_ERROR_CODE;
	m->word[1] = 0;
	return l4_tag(L4_GUEST_INJECT, 2);
}

static l4_word_t port(struct machine *machine, struct l4_registers *m)
{
	uint16_t number = m->word[L4_GUEST_PORT_NUMBER];
	unsigned int width = m->word[L4_GUEST_PORT_WIDTH];
	if (!width)
		guest_failed_at(m->word[L4_GUEST_PORT_PC], number, "its devices take one byte, word or double word at a time (IN, OUT)",
				"it used string I/O (INS, OUTS) at port %#x", number);
	if (m->word[L4_GUEST_PORT_ACCESS] == L4_READ)
		m->word[0] = ports_read(machine, number, width);
	else
		ports_write(machine, number, width, m->word[L4_GUEST_PORT_VALUE]);
	return l4_tag(L4_GUEST_DONE, 1);
}

static l4_word_t model_specific_register(struct machine *machine, struct l4_registers *m)
{
	uint32_t number = m->word[L4_GUEST_MSR_NUMBER];
	uint64_t value = m->word[L4_GUEST_MSR_VALUE];
	bool done = m->word[L4_GUEST_MSR_ACCESS] == L4_READ ? msr_read(machine, number, &value) : msr_write(machine, number, value);
	if (!done)
		return general_protection(m);
	m->word[0] = value;
	return l4_tag(L4_GUEST_DONE, 1);
}

static l4_word_t cpuid(const struct machine *machine, struct l4_registers *m)
{
	const struct cpuid_guest guest = {
		.cr4 = m->word[L4_GUEST_CPUID_CR4],
		.xcr0 = m->word[L4_GUEST_CPUID_XCR0],
		.xcr0_mask = machine->xcr0_mask,
		.tsc_khz = machine->tsc_khz,
	};
	struct cpuid_registers r = cpuid_answer(&guest, m->word[L4_GUEST_CPUID_LEAF], m->word[L4_GUEST_CPUID_SUBLEAF]);
	m->word[0] = r.eax | (uint64_t)r.ebx << 32;
	m->word[1] = r.ecx | (uint64_t)r.edx << 32;
	return l4_tag(L4_GUEST_DONE, 2);
}

static const char *nearest(char text[NEARBY_SIZE], uint64_t address)
{
	static const struct nearby parts[] = {
		{"its PCI devices' registers", LAYOUT_PCI_MEMORY, LAYOUT_PCI_MEMORY_SIZE},
		{"its local APIC", LAYOUT_APIC, LAYOUT_APIC_SIZE},
	};
	nearby_describe(text, address, parts, sizeof(parts) / sizeof(parts[0]));
	return text;
}

/* No device of this machine has registers in memory, so no instruction needs to be taken apart. */
static __attribute__((noreturn)) void memory_access(const struct l4_registers *m)
{
	static const char *const texts[] = {[L4_READ] = "read from", [L4_WRITE] = "wrote to", [L4_EXECUTE] = "jumped to"};
	l4_word_t access = m->word[L4_GUEST_MMIO_ACCESS], address = m->word[L4_GUEST_MMIO_ADDRESS];
	const char *deed = m->word[L4_GUEST_MMIO_WALK] ? "has page tables at" : access < sizeof(texts) / sizeof(texts[0]) && texts[access] ? texts[access] : "used";
	char where[NEARBY_SIZE];
	guest_failed_at(m->word[L4_GUEST_MMIO_PC], access, "none of its devices has registers in memory; a larger `memory` adds to the end of its own",
			"it %s address %#lx, where there is no memory; %s", deed, address, nearest(where, address));
}

/* A board would reset after a triple fault. Here its guest would start anew for ever, and nobody would learn why. */
static __attribute__((noreturn)) void exception(const struct l4_registers *m)
{
	l4_word_t pc = m->word[L4_FAULT_PC], detail = m->word[L4_FAULT_ADDRESS];
	switch (m->word[L4_FAULT_CAUSE]) {
	case L4_GUEST_SHUTDOWN:
		guest_failed_at(pc, detail, "its interrupt descriptor table or the stacks in it are not usable there", "it could not handle its own exception (triple fault)");
	case L4_GUEST_REFUSED: guest_failed_at(pc, detail, NULL, "the processor refuses the state of its system registers");
	case L4_GUEST_TASK_SWITCH: guest_failed_at(pc, detail, "no 64-bit kernel does that", "it switched tasks by hardware");
	default: guest_failed_at(pc, detail, NULL, "it left guest mode for a reason that the VMM does not know, exit code %#lx", detail);
	}
}

/* Answers the message in `m`, which is no hypercall; gives the answer's tag. Out of line, so that hypercalls do not pay for the registers that it needs. */
static __attribute__((noinline)) l4_word_t answer(struct machine *machine, l4_word_t tag, struct l4_registers *m)
{
	switch (l4_tag_label(tag)) {
	case L4_FAULT_GUEST_PORT: return port(machine, m);
	case L4_FAULT_GUEST_MSR: return model_specific_register(machine, m);
	case L4_FAULT_GUEST_CPUID: return cpuid(machine, m);
	case L4_FAULT_GUEST_MMIO: memory_access(m);
	case L4_FAULT_GUEST_EXCEPTION: exception(m);
	case EXITS_TERMINAL_EVENT:
		terminal_event();
		machine_terminal_event(machine);
		return 0;
	default: guest_failed("unhandled guest exit, label", l4_tag_label(tag));
	}
}

static inline bool is_hypercall(const struct l4_result *in)
{
	return in->status == L4_OK && in->tag == l4_tag(L4_FAULT_GUEST_HYPERCALL, L4_HYPERCALL_LENGTH);
}

/* `m` is never in memory: hypercalls are answered in registers. */
void exits_serve(struct machine *machine, l4_cap_t endpoint)
{
	struct l4_registers m;
	struct l4_result in = l4_recv(endpoint, &m);
	for (;;) {
		while (is_hypercall(&in)) {
			struct hypercall_result result = hypercall_answer(m.word[0], m.word[1], m.word[2]);
			m.word[0] = result.error;
			m.word[1] = result.value;
			in = l4_reply_recv(endpoint, l4_tag(0, 2), &m);
		}
		/* A wait that was cancelled (the VMM was suspended and resumed) has brought nothing to answer. */
		if (in.status != L4_OK) {
			in = l4_recv(endpoint, &m);
			continue;
		}
		struct l4_registers other = m;
		l4_word_t tag = answer(machine, in.tag, &other);
		pci_poll(&machine->pci);
		m = other;
		in = l4_reply_recv(endpoint, tag, &m);
	}
}
