# SPDX-License-Identifier: BSD-2-Clause
"""From a description, built programs and guests' files to a bundle, and to a machine that boots it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from composer import check_memory, description, files, headers, members, overrides, report
from composer.model import GUEST

from . import bundle, disks, errors, faultlines, images, machine, paths, payload

DESCRIPTIONS = paths.TOP / "systems"

LEAST_MACHINE = 512 * machine.MIB
STEP = 128 * machine.MIB

# Where the build puts the programs that a bundle holds, and the target by which it makes them and the kernel.
PROGRAMS = ["servers/*/*.elf", "userland/*.elf"]
TARGET = "system"


def programs(arch, mode):
    """Every server and program of a variant by its plain name. The kernel carries init itself."""
    found = [path for pattern in PROGRAMS for path in sorted(arch.variant(mode).glob(pattern))]
    return {path.stem: path for path in found if path.stem != "init"}


@dataclass(frozen=True)
class Guest:
    """A guest's checked files, as the VMM gets them."""
    kernel: bytes
    initrd: bytes
    command_line: str
    memory: int
    disk: bytes = b""


def check_memory_most(arch, memory):
    if memory > arch.memory_most:
        raise errors.LauncherError(errors.IMAGE, f"--memory {memory // images.MIB}M is too much: an {arch.name} guest has at most "
                                   f"{arch.memory_most // images.MIB}M")


def load_guest(arch, kernel, initrd, command_line, memory, disk=b""):
    """Reads and checks a guest's kernel and initrd, which may be None."""
    check_memory_most(arch, memory)
    kernel_data = images.decompress(images.read(kernel), kernel)
    _, kernel_size = arch.check_kernel(kernel_data, kernel)
    initrd_data = b""
    if initrd:
        initrd_data = images.read(initrd)
        images.check_initrd(initrd_data, initrd)
    images.check_fit(memory, kernel_size, len(initrd_data))
    return Guest(kernel_data, initrd_data, command_line, memory, disk)


def host_memory():
    """Bytes of the build machine's memory."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) << 10
    return 1 << 62


def memory_for(wanted, need):
    """The machine's memory: WANTED if it suffices; with None what is enough for what the system and its files NEED, in round steps."""
    if wanted is None:
        wanted = max(LEAST_MACHINE, -(-need // STEP) * STEP)
    if need > wanted:
        raise errors.LauncherError(errors.IMAGE, f"--machine-memory {wanted // images.MIB}M is too small: the system, its guests and "
                                   f"its files take {-(-need // images.MIB)}M")
    return wanted


def machine_memory(wanted, need):
    """The same, if this computer can have such a machine."""
    memory = memory_for(wanted, need)
    if memory > host_memory():
        raise errors.LauncherError(errors.IMAGE, f"this needs a machine with {memory // images.MIB}M of memory, and this computer "
                                   f"has {host_memory() // images.MIB}M; give the guest less with --memory")
    return memory


def find(name):
    """The description's file: of systems/ by its name, or any by its path."""
    path = Path(name) if name.endswith(".toml") else DESCRIPTIONS / f"{name}.toml"
    if path.is_file():
        return path
    known = ", ".join(sorted(other.stem for other in DESCRIPTIONS.glob("*.toml")))
    raise errors.LauncherError(errors.DESCRIPTION, f"there is no system '{name}'; there are {known}, or give the path of a description, which ends in .toml")


def guests(system):
    return [partition for partition in system.partitions if partition.kind == GUEST]


def describe(arch, name, variant=None, **own):
    """The System of that name. OWN are what the user gives its only guest instead: memory, kernel, initrd, command_line, disk; None for what is not given."""
    system = description.load(find(name), arch.name, variant)
    is_changed = any(value is not None for value in own.values())
    if is_changed:
        check_memory_most(arch, own.get("memory") or 0)
        system = overrides.with_guest(system, **own)
        overrides.check_with_options(system, own)
    files.check(system, guests=not is_changed)  # of a guest that is the user's own, what is wrong is not the description's: see check_files
    return system


def load_own(arch, partition, kernel, initrd):
    """A guest with this kernel and initrd, and all else as its description has it."""
    guest = partition.guest
    disk = disks.read(guest.disk) if guest.disk else b""
    return load_guest(arch, kernel, initrd, command_line(arch, guest), guest.memory, disk)


def load_own_guests(arch, system):
    """Guests that have a kernel of their own, by name: their files are checked."""
    return {partition.name: load_own(arch, partition, partition.guest.kernel, partition.guest.initrd)
            for partition in guests(system) if partition.guest.kernel}


def check_files(arch, system):
    """The user's own files are checked first: an error in them should not wait for an installation and a build."""
    load_own_guests(arch, system)
    for partition in guests(system):
        if partition.guest.initrd:
            images.check_initrd(images.read(partition.guest.initrd), partition.guest.initrd)
        if partition.guest.disk:
            disks.check(partition.guest.disk)


def command_line(arch, guest):
    return arch.command_line if guest.command_line is None else guest.command_line


def load_guests(arch, system, assume_yes=False, mirror=None):
    """The files of all guests, by name; the default kernel for those that name none."""
    loaded = load_own_guests(arch, system)
    for partition in guests(system):
        if partition.name not in loaded:
            default = payload.ensure(arch, assume_yes=assume_yes, mirror=mirror, disk=partition.guest.disk is not None)
            warn_of_memory(arch, partition.guest.memory)
            loaded[partition.name] = load_own(arch, partition, default.kernel, partition.guest.initrd or default.disk_initrd or default.initrd)
    return loaded


def warn_of_memory(arch, memory):
    if memory < arch.linux_least:
        print(f"warning: {memory // images.MIB}M for a guest: Debian's kernel does not start with less than {arch.linux_least // images.MIB}M",
              file=sys.stderr, flush=True)


def make_bundle(arch, mode, system, files_of_guests, person):
    """SYSTEM's bundle; PERSON tells whether somebody sits at its console."""
    from composer import manifest  # by now its library is installed

    system = overrides.with_arguments(system, "console", f"tty={int(person)}")
    system = overrides.with_arguments(system, "monitor", f"operator={int(person)}")
    files.check(system, programs(arch, mode), guests=False)
    contents = members.collect(system, programs(arch, mode), files_of_guests)
    return bundle.make(manifest.write(system, contents), contents)


def write_bundle(arch, mode, system, files_of_guests, person):
    """The same as a file among what is built."""
    path = arch.variant(mode) / "systems" / system.name / "bundle.cpio"
    path.parent.mkdir(parents=True, exist_ok=True)
    payload.write(path, make_bundle(arch, mode, system, files_of_guests, person))
    headers.write(system, path.parent / "include")
    return path


def write_image(arch, mode, system, files_of_guests, output=None):
    """The file that boots SYSTEM without QEMU's help, at OUTPUT or among what is built. Tells where."""
    bundle_path = write_bundle(arch, mode, system, files_of_guests, person=True)
    path = output or bundle_path.with_name(system.name + arch.image_suffix)
    try:
        arch.make_image(arch.variant(mode) / "bulkhead.elf", bundle_path.read_bytes(), path)
    except OSError as error:
        raise errors.LauncherError(errors.USAGE, f"cannot write {path}: {error.strerror}") from error
    return path


def fault_lines(arch, mode, system):
    """What tells source lines of SYSTEM's faults."""
    built = programs(arch, mode)
    files = {(partition.name, "program"): partition.file or built.get(partition.program) for partition in system.partitions}
    files |= {(partition.name, "pager"): built.get("pager") for partition in system.partitions if partition.demand}
    files |= {(guest.name, "guest"): guest.guest.kernel for guest in guests(system) if guest.guest.kernel}
    return faultlines.FaultLines(arch.addr2line, files)


def make_report(arch, mode, system, text, files_of_guests, trace=None):
    """The page about SYSTEM, whose description is TEXT, with the sizes of what is built and what a TRACE (report_trace.read) tells."""
    bundle_size = len(make_bundle(arch, mode, system, files_of_guests, person=True))
    sizes = {name: len(content) for name, content in members.collect(system, programs(arch, mode), files_of_guests).items()}
    return report.make(system, text, sizes, bundle_size, memory_for(system.memory, check_memory.needed(system, bundle_size)), trace)


def make_machine(arch, mode, system, files_of_guests, wanted_memory=None, **options):
    """A machine that boots SYSTEM."""
    path = write_bundle(arch, mode, system, files_of_guests, machine.is_interactive())
    memory = machine_memory(wanted_memory or system.memory, check_memory.needed(system, path.stat().st_size))
    return machine.Machine(arch, arch.variant(mode) / "bulkhead.elf", path, memory=memory, **options)
