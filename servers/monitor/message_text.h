/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts in messages. Programs and VMMs may send anything. */
#pragma once

#include <stddef.h>

/* Copies `size` bytes, a multiple of words, from word `first` of the message in the IPC buffer on, and ends them with a 0. What is no plain text becomes '?'. */
void message_text(char *text, size_t size, unsigned int first);
