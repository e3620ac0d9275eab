/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the tracer writes a record, in hexadecimal numbers:
 *
 *   @t KIND TIME THREAD DETAIL WORD WORD WORD
 *
 * The time is counted from the last record's. From THREAD on each number is the difference from that of the last record of its kind, as 64 bits, and those at the
 * end that are 0 are left out.
 */
#pragma once

#include <l4/abi/trace.h>

#define TRACE_LINE_SIZE 136 /* seven numbers of 16 digits and fewer, with blanks, line end and terminator */

/* Gives the length. Records are to come one after another. Precondition: the kind is an enum l4_trace. */
size_t trace_line(const struct l4_trace_record *record, char line[TRACE_LINE_SIZE]);
