/* SPDX-License-Identifier: BSD-2-Clause */
#include "init.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <l4/cpio.h>
#include <l4/debug.h>
#include <l4/stubs.h>

#include "bundle.h"
#include "devices.h"
#include "handover.h"
#include "memory.h"
#include "suite.h"

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

bool init_holds(l4_cap_t slot)
{
	l4_word_t type = L4_TYPE_NULL, rights, badge, size_bits, has_children;
	init_require(l4_cnode_identify(L4_BOOT_CNODE, slot, &type, &rights, &badge, &size_bits, &has_children), "init's own slots");
	return type != L4_TYPE_NULL;
}

static void read_manifest(void)
{
	struct l4_cpio_file file;
	if (!l4_cpio_find(init.bundle, init.bundle_size, "manifest", &file))
		init_fail("the boot bundle has no member 'manifest'");
	const char *problem = manifest_read(&init.manifest, file.data, file.size, devices_architecture);
	if (problem)
		init_fail("%s", problem);
}

int main(void)
{
	init.bootinfo = l4_bootinfo();
	if (!init.bootinfo)
		init_fail("this program was not started by the kernel");
	memory_init();
	bundle_map();
	read_manifest();
	bundle_check_files();
	if (init.manifest.is_whole_machine)
		suite_start();
	bundle_check_programs(&init.manifest.system);
	hand_over(&init.manifest.system);
}
