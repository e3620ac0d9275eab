/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/pages.h>

const uint8_t l4_page_sizes[] = {30, 21, 12, 0};
