/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Takes the program's first argument, a startup block or boot information; ends the program where it is neither. */
void l4_startup_adopt(const void *block);

/* Fills argv (L4_STARTUP_ARGUMENTS + 1 elements) and gives argc. */
int l4_startup_arguments(char **argv);
