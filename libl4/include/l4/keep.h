/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that a program keeps through warm restarts, where its description says so (`keep`). Its startup block has the address under the first name, and
 * under the second 1 where the memory is as the program's last incarnation left it; after every other start it is cleared. The last incarnation may have ended
 * between any two writes, and by a mistake: what is found there must be looked at before it is believed.
 */
#pragma once

#define L4_KEEP "keep"
#define L4_KEEP_WARM "keep.warm"
