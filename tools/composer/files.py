# SPDX-License-Identifier: BSD-2-Clause
"""Checks of the files that a system is made of: programs and guests' kernels, initrds and disks."""

import struct

from launcher import arches, disks, errors, images

from . import check_memory, limits
from .model import GUEST, MONITOR
from .problems import Problems, suggest
from .values import PAGE, format_size

OWN_PAGES = 8       # of a program's memory: IPC buffer, startup block, console's ring, and what tables take
EXECUTABLE = (2, 3)


class Bad(Exception):
    """What is wrong with a file."""


def read(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise Bad(f"{path}: {error.strerror}") from None


def check(system, built=None, guests=True):
    """Raises a DescriptionError where a file is missing or wrong. BUILT maps the build's programs to their paths; None: they are not built yet.
    GUESTS tells whether guests' files are to be looked at, too."""
    problems = Problems(system.places)
    for partition in system.partitions:
        check_program(system, partition, built, problems)
        if guests and partition.kind == GUEST:
            check_guest(system, partition, problems)
    missing_pager = [partition for partition in system.partitions if partition.demand and built is not None and "pager" not in built]
    for partition in missing_pager:
        problems.add(partition.path("demand"), "needs the program 'pager', which the build has not made")
    problems.finish()


def check_program(system, partition, built, problems):
    path = partition.file
    key = partition.path("program")
    if path is None and built is None:
        return
    if path is None and partition.program not in built:
        problems.add(key, f"the build has no program '{partition.program}'; {suggest(partition.program, sorted(built))}; a file of one's own is "
                     "named by its path, with a / in it")
        return
    try:
        size = image_size(read(path or built[partition.program]), path or built[partition.program], system.arch)
    except Bad as bad:
        problems.add(key, str(bad))
        return
    need = size + partition.stack + partition.heap + OWN_PAGES * PAGE
    if not partition.demand and need > partition.memory:
        least = 1 << (need - 1).bit_length()
        wrong = f"{format_size(partition.memory)} do not hold program '{partition.program}' ({format_size(size)}) with its stack and heap"
        problems.add(partition.path("vmm_memory" if partition.guest else "memory"), wrong, f'at least "{format_size(least)}"')
    pages = size // PAGE + check_memory.mapped_pages(system, partition)
    if not partition.demand and partition.name != MONITOR and pages > check_memory.PARTITION_PAGES:
        problems.add(key, f"program '{partition.program}' and what else is mapped for '{partition.name}' have {pages} pages together, and "
                     f"{check_memory.PARTITION_PAGES} are the most")


def image_size(data, path, arch):
    """Bytes of memory that an ELF file for ARCH takes, in whole pages."""
    wanted = limits.MACHINES[arch].elf
    if not data.startswith(b"\x7fELF"):
        raise Bad(f"{path}: this is no ELF file; right would be a program linked for Bulkhead on {arch}")
    if len(data) < 64 or data[4] != 2 or data[5] != 1:
        raise Bad(f"{path}: not a 64-bit little-endian ELF file")
    kind, machine = struct.unpack_from("<HH", data, 16)
    if machine != wanted:
        found = images.ELF_MACHINES.get(machine, f"machine {machine}")
        raise Bad(f"{path}: an ELF file for {found}; right would be one for {images.ELF_MACHINES[wanted]}")
    if kind not in EXECUTABLE:
        raise Bad(f"{path}: an ELF file that is no program (an object file or a core dump?)")
    offset, = struct.unpack_from("<Q", data, 32)
    entry_size, count = struct.unpack_from("<HH", data, 54)
    if entry_size != 56 or offset + entry_size * count > len(data):
        raise Bad(f"{path}: a truncated ELF file: its program headers lie beyond its end")
    segments = [images.Segment(*struct.unpack_from("<IIQQQQQQ", data, offset + entry_size * number)) for number in range(count)]
    loaded = [segment for segment in segments if segment.type == images.LOAD]
    if not loaded:
        raise Bad(f"{path}: an ELF file without anything to load")
    if any(segment.offset + segment.filesz > len(data) for segment in loaded):
        raise Bad(f"{path}: a truncated ELF file: a segment ends beyond its end")
    return sum(-(-(segment.vaddr % PAGE + segment.memsz) // PAGE) * PAGE for segment in loaded)


def check_guest(system, partition, problems):
    """The guest's own files; the default ones are the launcher's."""
    guest, arch = partition.guest, arches.BY_NAME[system.arch]
    kernel_size = initrd_size = 0
    if guest.kernel:
        try:
            kernel_size = arch.check_kernel(images.decompress(images.read(guest.kernel), guest.kernel), guest.kernel)[1]
        except errors.LauncherError as error:
            problems.add(partition.path("kernel"), str(error))
    if guest.initrd:
        try:
            data = images.read(guest.initrd)
            images.check_initrd(data, guest.initrd)
            initrd_size = len(data)
        except errors.LauncherError as error:
            problems.add(partition.path("initrd"), str(error))
    if guest.disk:
        try:
            disks.check(guest.disk)
        except errors.LauncherError as error:
            problems.add(partition.path("disk"), str(error))
    need = kernel_size + initrd_size + images.LARGE_PAGE
    if need > guest.memory:
        problems.add(partition.path("memory"), f"{format_size(guest.memory)} do not hold the guest's kernel and initrd",
                     f'more than "{-(-need // images.MIB)}M"')

