/* SPDX-License-Identifier: BSD-2-Clause */
#include "features.h"

#include <stdbool.h>
#include <string.h>

#include <servers/vmm.h>

static const struct {
	const char *name;
	enum vmm_feature feature;
} extensions[] = {
	{"sstc", VMM_FEATURE_SSTC}, {"zba", VMM_FEATURE_ZBA}, {"zbb", VMM_FEATURE_ZBB}, {"zbc", VMM_FEATURE_ZBC}, {"zbs", VMM_FEATURE_ZBS},
};

/* Is `name` one of the extensions behind an underscore in an ISA string like rv64imafdch_zicsr_zba? */
static bool isa_has(const char *isa, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = strchr(isa, '_'); at; at = strchr(at + 1, '_'))
		if (strncmp(at + 1, name, length) == 0 && (at[1 + length] == '_' || at[1 + length] == 0))
			return true;
	return false;
}

uint64_t features_of_harts(const struct l4_fdt *fdt)
{
	l4_fdt_node hart = l4_fdt_find(fdt, "/cpus/cpu");
	const char *isa = hart == L4_FDT_NONE ? "" : l4_fdt_string_of(fdt, hart, "riscv,isa", "");
	uint64_t features = 0;
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (isa_has(isa, extensions[i].name))
			features |= extensions[i].feature;
	return features;
}
