/* SPDX-License-Identifier: BSD-2-Clause */
/* From boot.S to the portable kernel. */
#include <kernel/arch.h>

#include "boot_info.h"
#include "console.h"
#include "descriptors.h"
#include "machine.h"
#include "map.h"
#include "platform.h"
#include "processor.h"
#include "space.h"
#include "timer.h"
#include "tsc.h"
#include "virt/guest.h"

struct processor boot_processor;

/* Called by boot.S: the protocol, what the loader tells by it, and where the image is. */
NORETURN void kernel_start(word_t kind, paddr_t info, paddr_t image);

NORETURN void kernel_start(word_t kind, paddr_t info, paddr_t image)
{
	static struct boot_platform platform;
	static struct boot_info boot;
	console_boot();
	descriptors_boot(&boot_processor);
	machine_boot();
	map_boot(image);
	space_boot();
	boot_info_read(&boot, kind, info);
	tsc_boot();
	platform_discover(&platform, &boot);
	timer_boot();
	platform.has_vcpu = guest_boot();
	kernel_boot(&platform);
}
