/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest program: says hello, and ends. */
#include <stdio.h>

int main(int argc, char **argv)
{
	printf("Hello from partition '%s'.\n", argc > 0 ? argv[0] : "?");
	return 0;
}
