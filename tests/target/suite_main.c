/* SPDX-License-Identifier: BSD-2-Clause */
/* A suite that is nothing but its cases. Its exit status ends the machine. */
#include <l4/test.h>

int main(int argc, char **argv)
{
	return l4_test_run(argc, argv) == 0 ? 0 : 20;
}
