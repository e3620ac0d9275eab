/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/tls.h>

#include <string.h>

/* Of the linker script. The two sizes are absolute symbols: their addresses are the values. */
extern const char __l4_tdata_start[], __l4_tdata_size[], __l4_tls_size[];

size_t l4_tls_size(void)
{
	return (size_t)__l4_tls_size;
}

void l4_tls_init(void *block)
{
	size_t filled = (size_t)__l4_tdata_size;

	memcpy(block, __l4_tdata_start, filled);
	memset((char *)block + filled, 0, l4_tls_size() - filled);
}
