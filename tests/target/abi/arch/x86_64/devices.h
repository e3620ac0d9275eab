/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities to the machine's ports and interrupt lines, and what a line signals. */
#pragma once

#include "../../worker.h"

l4_cap_t issue_ports(l4_word_t first, l4_word_t count);
l4_cap_t issue_line(l4_word_t line);

/* What has been signalled since the last time; 0: nothing. */
l4_word_t take_bits(l4_cap_t notification);

/* For some milliseconds. */
void expect_nothing(l4_cap_t notification);
void expect_bits(l4_cap_t notification, l4_word_t expected);
/* By a capability without a badge. */
void expect_signal(l4_cap_t notification);

/*
 * Has the line signal the notification, but only in windows of an owner beside those of the case, which so does all that it does outside of its owner's. The three below are
 * for a case with one such line.
 */
void confine(l4_cap_t handler, l4_cap_t notification);

/* Whether there is a signal. It must have come between two windows of the case. */
bool has_come(l4_cap_t notification);
void expect_in_owners_window(l4_cap_t notification);

/* Lets the line interrupt again. */
void acknowledge(l4_cap_t handler);
