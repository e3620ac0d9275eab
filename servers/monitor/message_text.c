/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_text.h"

#include <string.h>

#include <l4/ipc.h>

void message_text(char *text, size_t size, unsigned int first)
{
	for (unsigned int i = 0; i < size / sizeof(l4_word_t); i++) {
		l4_word_t word = l4_ipc_buffer->message[first + i];
		memcpy(text + i * sizeof(word), &word, sizeof(word));
	}
	text[size] = 0;
	for (char *c = text; c < text + size; c++)
		if (*c && (*c < ' ' || *c > '~'))
			*c = '?';
}
