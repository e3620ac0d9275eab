/* SPDX-License-Identifier: BSD-2-Clause */
#include "attempt.h"

#include <l4/registers.h>

#include "../../faults.h"

static void write_code(const uint8_t *code)
{
	l4_cap_t frame = new_frame();

	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ | L4_WRITE);
	memset((void *)CASE_VADDR, RET, PAGE);
	memcpy((void *)CASE_VADDR, code, CODE_MAX);
	EXPECT_OK(l4_frame_map(frame, L4_SLOT_VSPACE, CASE_VADDR, L4_READ | L4_EXECUTE, NULL));
}

static void clean_up(struct worker *worker)
{
	delete_cap(worker->thread);
	*worker = (struct worker){0};
	revoke_cap(fixture.user_memory);
	revoke_cap(fixture.object_memory);
}

static l4_word_t label_of(uint32_t outcome)
{
	switch (outcome) {
	case DE:
		return L4_FAULT_ARITHMETIC;
	case DB:
	case BP:
		return L4_FAULT_BREAKPOINT;
	case UD:
	case NM:
		return L4_FAULT_ILLEGAL_INSTRUCTION;
	case PF:
		return L4_FAULT_PAGE;
	case AC:
		return L4_FAULT_MISALIGNED;
	default:
		return L4_FAULT_ACCESS;
	}
}

/* As it was told: by the right exception, at the right place. */
static bool is_told(const struct attempt *attempt, const struct l4_result *result, const struct l4_registers *m)
{
	uint32_t outcome = 1U << (m->word[L4_FAULT_CAUSE] & 31);

	return attempt->outcome & outcome && result->tag == l4_tag(label_of(outcome), L4_FAULT_LENGTH) &&
	       (attempt->at == ANYWHERE || m->word[L4_FAULT_PC] == CASE_VADDR + attempt->at);
}

/* The program counter is that of the instruction, not the one behind. */
static bool is_fault(const struct l4_registers *m)
{
	return !((DB | BP) >> (m->word[L4_FAULT_CAUSE] & 31) & 1);
}

/* Whatever the thread has in its registers, the kernel goes back to it, and it fails again. */
static void expect_again(const struct attempt *attempt, l4_cap_t endpoint, const struct l4_registers *first)
{
	struct l4_registers m;

	answer();
	struct l4_result result = look(endpoint, &m);
	if (result.status != L4_OK || !is_told(attempt, &result, &m) || memcmp(&m, first, L4_FAULT_LENGTH * sizeof(l4_word_t)) != 0)
		l4_test_fail(__FILE__, __LINE__, "%s, tried again", attempt->what);
}

static void try(const struct attempt *attempt)
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_faulter(endpoint, 8);
	struct l4_registers m;

	receive_ready();
	write_code(attempt->code);
	worker_jump(worker, CASE_VADDR);
	struct l4_result result = look(endpoint, &m);
	bool returned = result.status == L4_WOULD_BLOCK && worker->done == 1;
	if (!(returned ? attempt->outcome & NONE : result.status == L4_OK && is_told(attempt, &result, &m)))
		l4_test_fail(__FILE__, __LINE__, "%s", attempt->what);
	if (!returned && is_fault(&m))
		expect_again(attempt, endpoint, &m);
	clean_up(worker);
}

static void expect_neighbour(void)
{
	struct worker *neighbour = new_remote(WORKER_PRIORITY);

	remote_syscall(neighbour, L4_SYS_YIELD, 0, 0);
	EXPECT_EQ(1, neighbour->done);
	expect_clean(neighbour);
	check_kernel();
	clean_up(neighbour);
}

void try_all(const struct attempt *attempts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		try(&attempts[i]);
		watchdog_feed();
	}
	expect_neighbour();
}
