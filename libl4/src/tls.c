/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/tls.h>

#include <string.h>

#include <l4/arch/tls.h>

/* Of the linker script. The two sizes are absolute symbols: their addresses are the values. */
extern const char __l4_tdata_start[], __l4_tdata_size[], __l4_tls_size[];

static size_t variables_size(void)
{
	return (size_t)__l4_tls_size;
}

size_t l4_tls_size(void)
{
	return variables_size() + L4_ARCH_TLS_HEAD;
}

void *l4_tls_init(void *block)
{
	size_t filled = (size_t)__l4_tdata_size;

	memcpy(block, __l4_tdata_start, filled);
	memset((char *)block + filled, 0, variables_size() - filled);
	return l4_arch_tls_pointer(block, variables_size());
}
