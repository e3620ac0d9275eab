/* SPDX-License-Identifier: BSD-2-Clause */
/* A manifest with `whole-machine`: one program of the bundle gets the whole machine, to test it. */
#pragma once

/*
 * Starts the program with everything that init has: its startup block names "cnode", "thread", "vspace", "sched_context", "domain",
 * "irq_control", "system" and all untypeds.
 */
__attribute__((noreturn)) void suite_start(void);
