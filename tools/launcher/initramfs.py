# SPDX-License-Identifier: BSD-2-Clause
"""The guest's initial file system: BusyBox, the four small files in guest/, and the modules that its console and its disk need."""

import gzip
from pathlib import Path

from . import cpio

GUEST = Path(__file__).parent / "guest"


def entries(busybox, modules):
    """The members of the archive around BUSYBOX, a statically linked program's bytes, and MODULES, of (name, bytes).

    /init loads modules in the order of their names.
    """
    text = {name: (GUEST / name).read_bytes() for name in ("init", "inittab", "rcS", "profile")}
    yield from (cpio.directory(name) for name in ("bin", "dev", "etc", "modules", "proc", "sys"))
    # The kernel opens the console for /init before anything could have been mounted on /dev.
    yield cpio.character_device("dev/console", 5, 1)
    yield cpio.program("bin/busybox", busybox)
    yield cpio.symlink("bin/sh", "busybox")
    yield cpio.program("init", text["init"])
    yield cpio.program("etc/rcS", text["rcS"])
    yield cpio.Entry("etc/inittab", text["inittab"])
    yield cpio.Entry("etc/profile", text["profile"])
    yield from (cpio.Entry(f"modules/{name}", data) for name, data in modules)


def make(busybox, modules=()):
    return gzip.compress(cpio.archive(entries(busybox, modules)), compresslevel=6, mtime=0)
