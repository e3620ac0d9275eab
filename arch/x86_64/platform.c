/* SPDX-License-Identifier: BSD-2-Clause */
/* From what boot loader and ACPI tell to the portable kernel's description of the machine. */
#include "platform.h"

#include <kernel/arch.h>
#include <kernel/print.h>

#include "acpi.h"
#include "interrupts.h"
#include "machine.h"
#include "map.h"

extern char image_start[], image_end[], init_elf_start[], init_elf_end[];

/* The first MiB is the BIOS's, legacy devices' and loaders'; nothing of it is given to anybody. */
#define LOW_END (1UL << 20)
/* Devices are looked for below this address. */
#define DEVICES_END (4UL << 30)
/* Where messages of devices to local APICs go, and the local APICs' own registers. */
#define MESSAGES_START 0xfee00000UL
#define MESSAGES_END 0xfef00000UL

#define IO_PORTS 0x10000

static struct boot_range image_range(void)
{
	return (struct boot_range){map_image_paddr(image_start), map_image_paddr(image_end)};
}

/* What is neither given away as memory nor as a device. */
static void keep_own(struct ranges *kept, const struct acpi *acpi)
{
	ranges_add(kept, (struct boot_range){0, LOW_END});
	ranges_add(kept, image_range());
	ranges_add(kept, (struct boot_range){MESSAGES_START, MESSAGES_END});
	for (unsigned i = 0; i < acpi->ioapic_count; i++)
		ranges_add(kept, range_outer_pages(acpi->ioapics[i].base, 1));
}

static void copy(struct ranges *from, struct boot_range *to, unsigned *count)
{
	ranges_shrink(from, BOOT_RANGES_MAX);
	for (unsigned i = 0; i < from->count; i++)
		to[i] = from->at[i];
	*count = from->count;
}

/* Below 4 GiB, what nobody claims. */
static void give_devices(struct boot_platform *platform, const struct boot_info *boot)
{
	struct ranges devices = {0};
	ranges_add(&devices, (struct boot_range){LOW_END, DEVICES_END});
	ranges_remove_all(&devices, &boot->ram);
	ranges_remove_all(&devices, &boot->kept);
	copy(&devices, platform->device, &platform->device_count);
}

/* What loader and firmware agree is memory, and the kernel does not lie in. */
static void find_memory(struct boot_info *boot)
{
	ranges_remove_all(&boot->ram, &boot->kept);
	ranges_remove(&boot->ram, image_range());
}

/* It may lie in the first MiB, but not where kernel or firmware do: all of it is given away. Precondition: find_memory. */
static void find_bundle(struct boot_platform *platform, const struct boot_info *boot)
{
	if (boot->bundle.start == boot->bundle.end) {
		print_text("bulkhead: the boot loader has loaded no boot bundle (with QEMU -initrd, with GRUB module2)\n");
		return;
	}
	struct boot_range pages = range_outer_pages(boot->bundle.start, boot->bundle.end - boot->bundle.start);
	if (!ranges_contain(&boot->ram, pages))
		panic("boot loader: the boot bundle is not in free memory, at", boot->bundle.start);
	platform->bundle = boot->bundle;
}

/* Objects could be mapped neither beyond the kernel's window nor beyond what the processor can address. */
static paddr_t memory_end(void)
{
	paddr_t addressable = 1UL << machine.paddr_bits;
	return addressable < OBJECT_WINDOW_SIZE ? addressable : OBJECT_WINDOW_SIZE;
}

static void give_memory(struct boot_platform *platform, struct boot_info *boot)
{
	ranges_remove_all(&boot->ram, &boot->kept);
	ranges_remove(&boot->ram, (struct boot_range){memory_end(), UINT64_MAX});
	copy(&boot->ram, platform->ram, &platform->ram_count);
}

void platform_discover(struct boot_platform *platform, struct boot_info *boot)
{
	static struct acpi acpi;
	acpi_read(&acpi, boot->rsdp);
	find_memory(boot);
	find_bundle(platform, boot);
	keep_own(&boot->kept, &acpi);
	give_devices(platform, boot);
	give_memory(platform, boot);
	interrupts_boot(platform, &acpi);
	platform->ticks_per_second = machine.ticks_per_second;
	platform->io_ports = IO_PORTS;
	platform->init_elf = init_elf_start;
	platform->init_elf_size = (size_t)(init_elf_end - init_elf_start);
}
