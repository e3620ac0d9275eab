/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in systems, by the names that the bundle's config knows. */
#pragma once

#include <servers/system.h>

extern const struct system_description system_linux;
extern const struct system_description system_guest_test;
extern const struct system_description system_jitter;
extern const struct system_description system_servers_test;

/* Null where there is no such system. */
const struct system_description *system_by_name(const char *name);
