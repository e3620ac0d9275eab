/* SPDX-License-Identifier: BSD-2-Clause */
#include "budget.h"

#include "terminal.h"

bool budget_allows(uint32_t *budget)
{
	if (*budget)
		return true;
	if (terminal_call_back())
		return false;
	*budget = UINT32_MAX;
	return true;
}
