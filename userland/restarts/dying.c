/* SPDX-License-Identifier: BSD-2-Clause */
/* Is restarted while the server holds its call. */
#include <l4/debug.h>
#include <l4/restartable.h>
#include <l4/startup.h>
#include <system/dying.h>

#include "service.h"

int main(void)
{
	struct l4_registers m = {{0}};
	L4_REQUIRE(l4_call_restartable(l4_startup_cap(SYSTEM_CHANNEL_FROM_DYING), l4_tag(SERVICE_HOLD, 0), &m).status);
	return 1; /* nobody answers */
}
