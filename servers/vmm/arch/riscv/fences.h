/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* What the guest has written into its page tables before is what it is translated by afterwards. */
void guest_fence_translations(void);

/* What was written into guest memory before is what this processor fetches afterwards. */
void guest_fence_instructions(void);
