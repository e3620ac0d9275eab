/* SPDX-License-Identifier: BSD-2-Clause */
/* The one guest of this VMM: what its firmware interface and its devices may do to it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where `length` bytes of guest memory from guest-physical `gpa` on are for the VMM; null unless all of them are guest memory. */
void *guest_memory(uint64_t gpa, uint64_t length);

/* Interrupt lines of the vcpu (enum l4_vcpu_line) and its timer. */
void guest_set_line(unsigned int line, bool level);
void guest_set_timer(uint64_t deadline);

/* A system register of the vcpu (enum l4_vcpu_reg). */
uint64_t guest_register(unsigned int number);
void guest_set_register(unsigned int number, uint64_t value);
/* The same with a value of the guest's choice; false where its processor would refuse it. */
bool guest_offer_register(unsigned int number, uint64_t value);

/* The ends of a guest. The monitor takes the partition down, or builds it anew; nothing comes back. */
__attribute__((noreturn)) void guest_off(uint64_t reason);
__attribute__((noreturn)) void guest_reboot(uint64_t reason);
/* `text` says why, for the log; `detail` is any number worth telling. */
__attribute__((noreturn)) void guest_failed(const char *text, uint64_t detail);
/* The same for an exit that the VMM has no answer to: what the instruction at `pc` did, and what may help, or null. */
__attribute__((noreturn, format(printf, 4, 5))) void guest_failed_at(uint64_t pc, uint64_t detail, const char *hint, const char *format, ...);
