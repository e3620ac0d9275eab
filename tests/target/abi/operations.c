/* SPDX-License-Identifier: BSD-2-Clause */
#include "operations.h"

const struct operation operations[] = {
#include "operations.inc"
};

const size_t operation_count = sizeof(operations) / sizeof(operations[0]);
