# SPDX-License-Identifier: BSD-2-Clause
"""Checks of the files that a system is made of: programs and guests' kernels, initrds and disks."""

import struct

from launcher import arches, disks, errors, images

from . import check_memory, limits
from .distribution import STARTUP
from .model import GUEST, MONITOR
from .problems import Problems, suggest
from .values import PAGE, format_size

OWN_PAGES = 8       # of a program's memory: IPC buffer, startup block, console's ring, and what tables take
EXECUTABLE = (2, 3)             # ELF types
EXECUTE, WRITE = 1, 2          # of a segment's flags
TEMPLATE_PAGES = 64            # RETYPE_COUNT_MAX of libl4/abi/abi.toml: the monitor makes a segment's in one go (servers/monitor/image.c)
IMAGE_REGIONS = 8              # IMAGE_REGIONS of servers/monitor/image.h


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
    path = path or built[partition.program]
    try:
        loaded = segments(read(path), path, system.arch)
        if partition.demand:
            check_template(loaded, path)
    except Bad as bad:
        problems.add(key, str(bad))
        return
    size = sum(len(pages(segment, segment.memsz)) * PAGE for segment in loaded)
    need = size + partition.stack + partition.heap + OWN_PAGES * PAGE
    if not partition.demand and need > partition.memory:
        least = 1 << (need - 1).bit_length()
        wrong = f"{format_size(partition.memory)} do not hold program '{partition.program}' ({format_size(size)}) with its stack and heap"
        problems.add(partition.path("vmm_memory" if partition.guest else "memory"), wrong, f'at least "{format_size(least)}"')
    mapped = size // PAGE + check_memory.mapped_pages(system, partition)
    if not partition.demand and partition.name != MONITOR and mapped > check_memory.PARTITION_PAGES:
        problems.add(key, f"program '{partition.program}' and what else is mapped for '{partition.name}' have {mapped} pages together, and "
                     f"{check_memory.PARTITION_PAGES} are the most")


def segments(data, path, arch):
    """What of an ELF file for ARCH is loaded."""
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
    headers = [images.Segment(*struct.unpack_from("<IIQQQQQQ", data, offset + entry_size * number)) for number in range(count)]
    loaded = [segment for segment in headers if segment.type == images.LOAD]
    if not loaded:
        raise Bad(f"{path}: an ELF file without anything to load")
    if any(segment.offset + segment.filesz > len(data) for segment in loaded):
        raise Bad(f"{path}: a truncated ELF file: a segment ends beyond its end")
    check_segments(loaded, path)
    return loaded


def pages(segment, length):
    """The numbers of the pages in which so many bytes of a segment lie, from its first on."""
    return range(segment.vaddr // PAGE, -(-(segment.vaddr + length) // PAGE)) if length else range(0)


def check_segments(loaded, path):
    """What l4_elf_open (libl4/src/elf.c) and l4_load_elf want of them."""
    end = 0
    for segment in loaded:
        where = f"{path}: a segment at {segment.vaddr:#x}"
        if segment.flags & WRITE and segment.flags & EXECUTE:
            raise Bad(f"{where} is writable and executable, which no page may be; right would be two segments")
        if segment.filesz > segment.memsz:
            raise Bad(f"{where} has more bytes in the file ({segment.filesz}) than in memory ({segment.memsz})")
        if segment.memsz and segment.vaddr // PAGE < end:
            raise Bad(f"{where} lies below what is before it in the file's headers, or in a page of that")
        if segment.vaddr + segment.memsz > STARTUP:
            raise Bad(f"{where} reaches beyond {STARTUP:#x}, where other things of a program lie")
        end = max(end, pages(segment, segment.memsz).stop)


def check_template(loaded, path):
    """What the monitor keeps of a program whose memory comes on demand: servers/monitor/image.c."""
    regions = 0
    for segment in loaded:
        in_file, in_memory = (len(pages(segment, length)) for length in (segment.filesz, segment.memsz))
        if in_file > TEMPLATE_PAGES:
            raise Bad(f"{path}: with `demand` a segment has at most {format_size(TEMPLATE_PAGES * PAGE)} of the file, and that at {segment.vaddr:#x} has "
                      f"{format_size(in_file * PAGE)}")
        regions += (in_file > 0) + (in_memory > in_file)
    if regions > IMAGE_REGIONS:
        raise Bad(f"{path}: with `demand` a program has at most {IMAGE_REGIONS} regions, from the file or of zeros, and this one has {regions}")


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

