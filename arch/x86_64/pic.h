/* SPDX-License-Identifier: BSD-2-Clause */
/* The legacy interrupt controllers, which the I/O APICs take the place of. */
#pragma once

/* Masks all that they send, and moves what they may send all the same to vectors from VECTOR_LEGACY on. */
void pic_boot(void);
