/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fdt.h>

/* Extensions of the harts that guests may be told of (enum vmm_feature). */
uint64_t features_of_harts(const struct l4_fdt *fdt);
