/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The native program `echo`, which a guest reaches through a slot of its own cnode without its VMM (system `guest-test`).
 * Calls arrive as the kernel makes them of the guest's hypercall: label L4_FAULT_GUEST_HYPERCALL, words a0..a5.
 * Word 0 is the operation; the answer's words 0 and 1 become the guest's a0 and a1.
 */
#pragma once

enum echo_operation {
	ECHO_ADD_ONE,    /* answers 0 and word 1 plus 1 */
	ECHO_PRINT,      /* prints the bytes of words 2 to 5, word 1 of them (at most 32), on echo's console; answers 0 */
	ECHO_STOP_VMM,   /* asks the monitor to stop the guest's VMM; answers 0 once it is stopped, or ECHO_REFUSED (config: monitor.stop=vmm) */
	ECHO_BADGE,      /* answers 0 and the badge that the call came with */
	ECHO_COUNT,      /* answers 0 and the calls so far, this one included */
	ECHO_END_TEST,   /* ends the machine with the exit status in word 1 */
};

#define ECHO_REFUSED 1
#define ECHO_UNKNOWN 2
