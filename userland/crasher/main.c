/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults as soon as it runs. */
#include <userland/fault.h>

int main(void)
{
	fault();
	return 0;
}
