/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"

#include <stdio.h>
#include <string.h>

#include <l4/abi/fault.h>
#include <l4/debug.h>
#include <servers/layout.h>

#include "fault_cause.h"
#include "fault_region.h"
#include "health.h"
#include "lifecycle.h"
#include "say.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define TEXT_SIZE 160
#define NUMBER_SIZE 48

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
	case MONITOR_FAULT_GUARD: return "in the guard below its stack: stack overflow";
	case MONITOR_FAULT_QUOTA: return "and has used up all the memory that it may have";
	default: return "where it must not";
	}
}

/* NULL for what is no exception of the processor's: the kernel itself tells of system calls. */
static const char *deed_text(const l4_word_t *words)
{
	return words[MONITOR_FAULT_LABEL] == L4_FAULT_SYSCALL ? NULL : fault_cause_deed(words[MONITOR_FAULT_CAUSE]);
}

static const char *rights_text(l4_word_t rights)
{
	static const char *const texts[] = {
		[L4_READ] = "only read",
		[L4_WRITE] = "only write",
		[L4_EXECUTE] = "only execute",
		[L4_READ | L4_WRITE] = "only read and write",
		[L4_READ | L4_EXECUTE] = "only read and execute",
		[L4_WRITE | L4_EXECUTE] = "only write and execute",
	};
	const char *text = rights < sizeof(texts) / sizeof(texts[0]) ? texts[rights] : NULL;
	return text ? text : "not use";
}

static const char *missing_text(l4_word_t access)
{
	return access == L4_WRITE ? "not write" : access == L4_EXECUTE ? "not execute" : "not read";
}

/* Whether the program has something there, but not the right to that access. */
static bool lacks_right(const struct part *part, const l4_word_t *words, struct fault_region *region)
{
	l4_word_t label = words[MONITOR_FAULT_LABEL];
	return (label == L4_FAULT_PAGE || label == L4_FAULT_ACCESS) && fault_region_at(part, words[MONITOR_FAULT_ADDRESS], region) &&
	       !(region->rights & words[MONITOR_FAULT_ACCESS]);
}

static void describe_lack(char text[TEXT_SIZE], const struct fault_region *region, const l4_word_t *words)
{
	l4_word_t access = words[MONITOR_FAULT_ACCESS];
	snprintf(text, TEXT_SIZE, "%s address %#lx, which lies in %s: it may %s that, and %s", access_text(access), words[MONITOR_FAULT_ADDRESS], region->name,
		 rights_text(region->rights), missing_text(access));
}

static void describe(char text[TEXT_SIZE], const l4_word_t *words)
{
	l4_word_t address = words[MONITOR_FAULT_ADDRESS];
	const char *deed = deed_text(words);
	if (deed) {
		snprintf(text, TEXT_SIZE, "%s", deed);
		return;
	}
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

static const char *hint_for_region(const struct fault_region *region, l4_word_t access)
{
	if (region->is_shared && access == L4_WRITE)
		return "the other end of the channel writes it; `two_way = true` lets both, where it is memory";
	if (access == L4_EXECUTE)
		return "nothing that can be written, and no constant, is ever executed; a pointer to a function may be damaged";
	return access == L4_WRITE ? "code and constants never change; what is to change must not be `const`" : NULL;
}

/* What would have kept it from happening, in the description where that is possible; or null. */
static const char *hint(const l4_word_t *words)
{
	l4_word_t label = words[MONITOR_FAULT_LABEL];
	if (label != L4_FAULT_PAGE && label != L4_FAULT_ACCESS)
		return NULL;
	if (words[MONITOR_FAULT_REASON] == MONITOR_FAULT_GUARD)
		return "a larger `stack` lets it go deeper, if its recursion ends";
	if (words[MONITOR_FAULT_REASON] == MONITOR_FAULT_QUOTA)
		return "a larger `demand` gives it more";
	return words[MONITOR_FAULT_ADDRESS] < PAGE_SIZE ? "an address that small comes from a null pointer" : NULL;
}

/* Which row of the partition's table is about it. A pager counts as its program. */
static enum health_event event_of(const struct part *part, l4_word_t label)
{
	if (part_is(part, PARTITION_GUEST))
		return HEALTH_VMM_DEATH;
	return label == L4_FAULT_PAGE || label == L4_FAULT_ACCESS ? HEALTH_MEMORY_FAULT : HEALTH_ILLEGAL_INSTRUCTION;
}

void fault_report(struct part *part, const char *who, const l4_word_t *words)
{
	char text[TEXT_SIZE], number[NUMBER_SIZE];
	struct fault_region region;
	bool lacks = strcmp(who, "pager") != 0 && lacks_right(part, words, &region);
	if (lacks)
		describe_lack(text, &region, words);
	else
		describe(text, words);
	fault_cause_number(number, sizeof(number), words[MONITOR_FAULT_CAUSE]);
	say("partition '%s': the %s %s (pc %#lx, %s)", part->description->name, who, text, words[MONITOR_FAULT_PC], number);
	const char *help = lacks ? hint_for_region(&region, words[MONITOR_FAULT_ACCESS]) : hint(words);
	if (help)
		say("partition '%s': hint: %s", part->description->name, help);
	health_event(part, event_of(part, words[MONITOR_FAULT_LABEL]), true);
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
	enum health_event event = part_is(part, PARTITION_GUEST) ? HEALTH_VMM_DEATH : HEALTH_APPLICATION_ERROR;
	if (status == 0)
		say("partition '%s' has ended", part->description->name);
	else if (!health_is_ignored(part, event))
		say("partition '%s' has ended with status %lu", part->description->name, status);
	if (status == 0 || health_event(part, event, true))
		lifecycle_ended(part);
}
