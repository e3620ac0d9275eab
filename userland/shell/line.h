/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that a person types on the console. */
#pragma once

#include <stdbool.h>

#define LINE_SIZE 80

/*
 * Reads one line, with its echo, behind the prompt. Backspace deletes a character, Ctrl-U all of them, Ctrl-C drops the line (which is empty
 * then); the arrows up and down go through the lines before. Blocks. False where there is no console.
 */
bool line_read(const char *prompt, char line[LINE_SIZE]);
