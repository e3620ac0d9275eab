# SPDX-License-Identifier: BSD-2-Clause
"""The architectures: all that differs between them for the launcher and the tests, one object for each."""

from dataclasses import dataclass
from typing import Callable

from . import errors, images, images_riscv, images_x86_64, iso, linux_image, paths, requirements


@dataclass(frozen=True, eq=False)
class Arch:
    """One architecture. NAME is that of SCons's arch=."""
    name: str
    # The machine.
    qemu: str
    machine: tuple               # QEMU's arguments for it, but the processor
    cpu: str
    cpu_without_guests: str      # the same without hardware support for guests
    # (QEMU's exit status, whether the console's last words were those of a good end) -> the system's status; None if QEMU ended for
    # reasons of its own. A signal's number comes as negative.
    status: Callable
    addr2line: str               # finds source lines in programs
    # The file that boots a system without QEMU's help: (kernel, bundle, where to) makes it, and by what its name ends.
    make_image: Callable
    image_suffix: str
    # Its guests.
    check_kernel: Callable       # (data, path) -> (format, bytes of memory needed), or a LauncherError
    kernel_formats: str
    uname: str                   # what `uname -m` says in a guest
    debian: str                  # Debian's name of the architecture
    kernel_package: str          # the metapackage of the default guest's kernel
    suites: tuple                # Debian's releases whose kernels are hosted; the first is the default
    command_line: str            # of the default guest
    memory_most: int             # bytes of memory that a guest may have
    linux_least: int             # bytes of memory without which Debian's kernel does not start
    # What its kernel and programs are built, booted and tested with.
    needs: requirements.Needs

    def variant(self, mode):
        """The folder of one variant of the build."""
        return paths.variant(mode, self.name)


def riscv_status(code, told):
    """The `virt` machine's finisher makes the system's status QEMU's own; 0 is also that of a reset."""
    if code == 0:
        return errors.OK if told else errors.SYSTEM_FAILED
    return code if code > 0 else None


def x86_64_status(code, told):
    """The debug exit port makes QEMU end with twice the system's status and one; 1 is also that of QEMU's own errors.

    With 0 QEMU ends for a reset, which its watchdog makes, and which a triple fault comes to; and for a power-off that was not the system's.
    """
    if code == 0:
        return errors.RESET
    if code == 1:
        return errors.OK if told else None
    return code >> 1 if code > 0 and code & 1 else None


RISCV = Arch(
    name="riscv",
    qemu="qemu-system-riscv64",
    machine=("-machine", "virt", "-bios", "default"),
    cpu="rv64,h=true",
    cpu_without_guests="rv64,h=false",
    status=riscv_status,
    addr2line="riscv64-unknown-elf-addr2line",
    make_image=linux_image.make,
    image_suffix=".image",
    check_kernel=images_riscv.check_kernel,
    kernel_formats="Linux Image, ELF or flat binary",
    uname="riscv64",
    debian="riscv64",
    kernel_package="linux-image-riscv64",
    suites=("trixie",),
    # A panic resets warm, by which the VMM knows it from a reboot.
    command_line="console=ttyS0 earlycon=sbi panic=-1 reboot=panic_warm",
    memory_most=1 << 40,
    linux_least=80 * images.MIB,
    needs=requirements.RISCV,
)

# A processor that has been built, without what QEMU 7.2 would say of it that it cannot emulate.
EPYC = "EPYC," + ",".join(f"{feature}=off" for feature in ("rdseed", "sha-ni", "fxsr-opt", "misalignsse", "3dnowprefetch", "osvw", "topoext",
                                                            "nrip-save", "xsavec"))

X86_64 = Arch(
    name="x86_64",
    qemu="qemu-system-x86_64",
    # q35 and not pc: it has what today's machines have (PCI Express, room for an IOMMU), and nothing of ISA but what firmware needs.
    # QEMU's default keeps the chipset's watchdog, where it is started, from resetting the machine.
    machine=("-machine", "q35", "-nodefaults", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-global", "ICH9-LPC.noreboot=false"),
    cpu=EPYC,
    cpu_without_guests=f"{EPYC},svm=off",
    status=x86_64_status,
    addr2line="x86_64-linux-gnu-addr2line",
    make_image=iso.make,
    image_suffix=".iso",
    check_kernel=images_x86_64.check_kernel,
    kernel_formats="Linux bzImage, ELF (by PVH or in 64-bit mode) or flat binary",
    uname="x86_64",
    debian="amd64",
    kernel_package="linux-image-cloud-amd64",
    suites=("trixie", "bookworm"),
    # The early console ends where hvc0 begins, so that no line comes twice.
    command_line="earlyprintk=serial console=hvc0 panic=-1 reboot=panic_warm",
    memory_most=3 << 30,         # above it lie the PCI bus and the local APIC
    linux_least=80 * images.MIB,
    needs=requirements.X86_64,
)

ALL = (RISCV, X86_64)
BY_NAME = {arch.name: arch for arch in ALL}
