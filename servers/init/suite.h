/* SPDX-License-Identifier: BSD-2-Clause */
/* The system `suite`: one program of the bundle gets the whole machine, to test it. */
#pragma once

/*
 * Starts the program `suite` with everything that init has: its startup block names "cnode", "thread", "vspace", "sched_context", "domain",
 * "irq_control", "system" and all untypeds. All settings of the config but system= are its arguments, KEY=VALUE; of `cases` only the
 * value, split at commas.
 */
__attribute__((noreturn)) void suite_start(void);
