/* SPDX-License-Identifier: BSD-2-Clause */
#include "init.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <l4/cpio.h>
#include <l4/debug.h>
#include <l4/stubs.h>

#include "bundle.h"
#include "handover.h"
#include "memory.h"
#include "resolve.h"
#include "suite.h"
#include "systems/systems.h"

struct init init;

void init_fail(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("init: ");
	vprintf(format, arguments);
	printf("\n");
	fflush(stdout);
	va_end(arguments);
	l4_system_halt(L4_BOOT_SYSTEM, INIT_EXIT_FAILED);
	for (;;)
		l4_thread_suspend(L4_BOOT_THREAD);
}

void init_require(l4_status_t status, const char *what)
{
	if (status != L4_OK)
		init_fail("%s: %s", what, l4_error_name(status));
}

static void read_config(void)
{
	struct l4_cpio_file file;
	if (!l4_cpio_find(init.bundle, init.bundle_size, "config", &file))
		init_fail("the boot bundle has no file 'config'");
	const char *problem = config_parse(&init.config, (const char *)file.data, file.size);
	if (problem)
		init_fail("%s", problem);
}

static void build_system(const char *name)
{
	static struct system_description system;
	const struct system_description *table = system_by_name(name);
	if (!table)
		init_fail("config: there is no system '%s'", name);
	const char *problem = system_resolve(&system, table, &init.config);
	if (problem)
		init_fail("%s", problem);
	bundle_check_programs(&system);
	handover(&system);
}

int main(void)
{
	init.bootinfo = l4_bootinfo();
	if (!init.bootinfo)
		init_fail("this program was not started by the kernel");
	memory_init();
	bundle_map();
	read_config();
	const char *name = config_value(&init.config, "system");
	if (!name)
		init_fail("config: no line system=NAME");
	if (strcmp(name, "suite") == 0)
		suite_start();
	else
		build_system(name);
	init_fail("the program that was to take over came back");
}
