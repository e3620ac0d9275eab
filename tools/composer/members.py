# SPDX-License-Identifier: BSD-2-Clause
"""The members of a system's bundle, beside its manifest."""

from pathlib import Path

from .model import GUEST


def programs(system):
    """Names of all programs that the system is made of, each with the file it comes from, or None for the build's."""
    named = {partition.program: partition.file for partition in system.partitions}
    if any(partition.demand for partition in system.partitions):
        named["pager"] = None
    return named


def collect(system, built, guests):
    """Bytes by name. BUILT maps the build's programs to their paths; GUESTS maps each guest's name to its files: an object with `kernel`, `initrd`
    and `disk` (bytes) and `command_line`."""
    files = {name: Path(file or built[name]).read_bytes() for name, file in programs(system).items()}
    for partition in system.partitions:
        if partition.kind == GUEST:
            guest = guests[partition.name]
            contents = {"kernel": guest.kernel, "initrd": guest.initrd, "disk": guest.disk, "cmdline": guest.command_line.encode()}
            files |= {partition.member(what): content for what, content in contents.items() if content}
    return files
