# SPDX-License-Identifier: BSD-2-Clause
"""From built programs and a guest's files to a machine: the system named `linux`, a guest beside the native control task."""

from dataclasses import dataclass
from pathlib import Path

from . import bundle, errors, images, machine, paths

# What the kernel and the servers take of the machine beside the guest's memory and the bundle.
RESERVED = 64 * machine.MIB
LEAST_MACHINE = 512 * machine.MIB
STEP = 128 * machine.MIB

# Where the build puts the programs that a bundle holds, and the target by which it makes them and the kernel.
PROGRAMS = ["servers/*/*.elf", "userland/*.elf"]
TARGET = "system"


def programs(mode):
    """Every server and program of a variant by its plain name. The kernel carries init itself."""
    found = [path for pattern in PROGRAMS for path in sorted(paths.variant(mode).glob(pattern))]
    return {path.stem: path for path in found if path.stem != "init"}


@dataclass(frozen=True)
class Guest:
    """A guest's checked files, as the VMM gets them."""
    kernel: bytes
    initrd: bytes
    command_line: str
    memory: int


def load_guest(kernel, initrd, command_line, memory):
    """Reads and checks a guest's files. INITRD may be None."""
    kernel_data = images.decompress(images.read(kernel), kernel)
    _, kernel_size = images.check_kernel(kernel_data, kernel)
    initrd_data = b""
    if initrd:
        initrd_data = images.read(initrd)
        images.check_initrd(initrd_data, initrd)
    images.check_fit(memory, kernel_size, len(initrd_data))
    return Guest(kernel_data, initrd_data, command_line, memory)


def host_memory():
    """Bytes of the build machine's memory."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) << 10
    return 1 << 62


def machine_memory(wanted, guest_memory, bundle_size):
    """The machine's memory: WANTED if it suffices; with None what is enough, in round steps."""
    need = guest_memory + bundle_size + RESERVED
    if wanted is None:
        wanted = max(LEAST_MACHINE, -(-need // STEP) * STEP)
    if need > wanted:
        raise errors.LauncherError(errors.IMAGE, f"--machine-memory {wanted // images.MIB}M is too small: the guest's memory, its "
                                   f"files and the system take {-(-need // images.MIB)}M")
    if wanted > host_memory():
        raise errors.LauncherError(errors.IMAGE, f"this needs a machine with {wanted // images.MIB}M of memory, and this computer "
                                   f"has {host_memory() // images.MIB}M; give the guest less with --memory")
    return wanted


def linux_bundle(mode, guest):
    """The bundle of the system `linux`."""
    files = programs(mode)
    files["guest/kernel"] = guest.kernel
    files["guest/cmdline"] = guest.command_line.encode()
    if guest.initrd:
        files["guest/initrd"] = guest.initrd
    person = int(machine.is_interactive())
    return bundle.make_bundle("linux", files, {"guest.memory": guest.memory, "console.tty": person, "monitor.operator": person})


def linux_machine(mode, guest, wanted_memory=None, **options):
    """A machine that boots the system `linux` with GUEST in it."""
    data = linux_bundle(mode, guest)
    memory = machine_memory(wanted_memory, guest.memory, len(data))
    path = paths.variant(mode) / "linux.cpio"
    path.write_bytes(data)
    return machine.Machine(paths.variant(mode) / "bulkhead.elf", path, memory=memory, **options)
