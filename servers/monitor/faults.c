/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"

#include <stdio.h>

#include <l4/abi/fault.h>
#include <l4/debug.h>
#include <servers/layout.h>

#include "lifecycle.h"
#include "say.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define TEXT_SIZE 160

static const char *access_text(l4_word_t access)
{
	switch (access) {
	case L4_READ: return "read from";
	case L4_WRITE: return "wrote to";
	case L4_EXECUTE: return "jumped to";
	default: return "used";
	}
}

static const char *reason_text(l4_word_t reason)
{
	switch (reason) {
	case MONITOR_FAULT_UNMAPPED: return "where it has no memory";
	case MONITOR_FAULT_PROTECTED: return "where it has no right to";
	case MONITOR_FAULT_GUARD: return "below its stack: stack overflow";
	case MONITOR_FAULT_QUOTA: return "and has used up all the memory that it may have";
	default: return "where it must not";
	}
}

static void describe(char text[TEXT_SIZE], const l4_word_t *words)
{
	l4_word_t address = words[MONITOR_FAULT_ADDRESS];
	switch (words[MONITOR_FAULT_LABEL]) {
	case L4_FAULT_PAGE:
	case L4_FAULT_ACCESS:
		snprintf(text, TEXT_SIZE, "%s address %#lx, %s", access_text(words[MONITOR_FAULT_ACCESS]), address, reason_text(words[MONITOR_FAULT_REASON]));
		return;
	case L4_FAULT_ILLEGAL_INSTRUCTION:
		snprintf(text, TEXT_SIZE, "executed an instruction that does not exist or is not allowed (%#lx)", address);
		return;
	case L4_FAULT_BREAKPOINT:
		snprintf(text, TEXT_SIZE, "ran into a breakpoint");
		return;
	case L4_FAULT_MISALIGNED:
		snprintf(text, TEXT_SIZE, "%s the misaligned address %#lx", access_text(words[MONITOR_FAULT_ACCESS]), address);
		return;
	case L4_FAULT_SYSCALL:
		snprintf(text, TEXT_SIZE, "made a system call that does not exist");
		return;
	default:
		snprintf(text, TEXT_SIZE, "failed: %s", l4_fault_name(words[MONITOR_FAULT_LABEL]));
		return;
	}
}

void fault_report(struct part *part, const char *who, const l4_word_t *words)
{
	char text[TEXT_SIZE];
	describe(text, words);
	say("partition '%s': the %s %s (pc %#lx, cause %lu)", part->description->name, who, text, words[MONITOR_FAULT_PC], words[MONITOR_FAULT_CAUSE]);
	lifecycle_failed(part);
}

/* Of a program without a pager: is the address in the guard below its stack? */
static bool in_guard(const struct part *part, l4_word_t address)
{
	l4_word_t bottom = LAYOUT_STACK_TOP - part->description->stack_pages * PAGE_SIZE;
	return address < bottom && address >= bottom - LAYOUT_GUARD_PAGES * PAGE_SIZE;
}

void fault_from_kernel(const struct part *part, l4_word_t label, const l4_word_t *message, l4_word_t *words)
{
	words[MONITOR_FAULT_LABEL] = label;
	words[MONITOR_FAULT_ADDRESS] = message[L4_FAULT_ADDRESS];
	words[MONITOR_FAULT_PC] = message[L4_FAULT_PC];
	words[MONITOR_FAULT_ACCESS] = message[L4_FAULT_RIGHT];
	words[MONITOR_FAULT_CAUSE] = message[L4_FAULT_CAUSE];
	words[MONITOR_FAULT_REASON] = label != L4_FAULT_PAGE ? MONITOR_FAULT_OTHER
				      : in_guard(part, message[L4_FAULT_ADDRESS]) ? MONITOR_FAULT_GUARD : MONITOR_FAULT_UNMAPPED;
}

void fault_exit(struct part *part, l4_word_t status)
{
	if (status == 0) {
		say("partition '%s' has ended", part->description->name);
		lifecycle_ended(part);
		return;
	}
	say("partition '%s' has ended with status %lu", part->description->name, status);
	lifecycle_failed(part);
}
