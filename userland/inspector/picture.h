/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All capabilities and mappings of the machine, as lines on the console that tools/composer/inspection.py reads. All numbers are hexadecimal. What lies between two lines
 * with the same number was all there at one time:
 *
 *   @begin NUMBER
 *   @c DEPTH TYPE RIGHTS SIZE_BITS OBJECT VALUE HOLDER SLOT PLACE COUNT OBJECT_STEP PLACE_STEP
 *        COUNT capabilities of one kind, of which each is one step of OBJECT_STEP (in its own size) and of PLACE_STEP (in slots) from the last one
 *   @m START SIZE PADDR RIGHTS
 *        pages of the space in the last capability's line
 *   @end NUMBER LINES CRC
 *        the number of lines between, and the CRC-32, in eight digits, of them with their line ends
 *
 * It is collected before it is written: a write takes long, and while others work nothing stands still for long.
 */
#pragma once

#include <l4/abi/types.h>

/* Looks, through an inspector capability, until nothing has changed meanwhile. Ends the program where there is more than fits. */
void picture_take(l4_cap_t inspector);

/* Writes what was seen. */
void picture_write(unsigned int number);
