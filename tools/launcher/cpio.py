# SPDX-License-Identifier: BSD-2-Clause
"""A writer of cpio archives in the "newc" format. The same entries give the same bytes: no times, no owners."""

import stat
from dataclasses import dataclass

TRAILER = "TRAILER!!!"


@dataclass(frozen=True)
class Entry:
    """One member. For a device node RDEV is (major, minor); for a symbolic link DATA is its target."""
    name: str
    data: bytes = b""
    mode: int = stat.S_IFREG | 0o644
    rdev: tuple = (0, 0)


def directory(name):
    return Entry(name, mode=stat.S_IFDIR | 0o755)


def program(name, data):
    return Entry(name, data, stat.S_IFREG | 0o755)


def symlink(name, target):
    return Entry(name, target.encode(), stat.S_IFLNK | 0o777)


def character_device(name, major, minor):
    return Entry(name, mode=stat.S_IFCHR | 0o600, rdev=(major, minor))


def _pad(data):
    return data + bytes(-len(data) % 4)


def _member(inode, entry):
    name = entry.name.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    fields = (inode, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, *entry.rdev, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _pad(header + name) + _pad(entry.data)


def archive(entries):
    """The archive's bytes, with its members in the order given."""
    members = [_member(number, entry) for number, entry in enumerate(entries, 1)]
    return b"".join(members) + _member(0, Entry(TRAILER, mode=0))
