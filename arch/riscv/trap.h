/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Handles what is pending among the interrupts of the hart. */
void interrupts_handle(void);
