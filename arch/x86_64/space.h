/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/vspace.h>

/* Turns process-context identifiers on where the processor has them. Precondition: map_boot. */
void space_boot(void);
/* Makes the process's space current; none where it is null. */
void space_enter(struct vspace *space);
