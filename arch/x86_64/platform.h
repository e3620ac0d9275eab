/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/boot.h>

#include "boot_info.h"

/* Describes the machine's memory, and drives its interrupt controllers and timer. */
void platform_discover(struct boot_platform *platform, struct boot_info *boot);
