# SPDX-License-Identifier: BSD-2-Clause
"""Guests' disks: raw images."""

from . import images

SECTOR = 512

# How images begin that are no raw ones.
NO_RAW = [(b"QFI\xfb", "a qcow2 image"), (b"KDMV", "a VMDK image"), (b"# Disk DescriptorFile", "a VMDK image"), (b"vhdxfile", "a VHDX image"),
          (b"conectix", "a VHD image"), (b"<<< ", "a VDI image")]
PACKED = [(b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\0", "xz"), (b"BZh", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd")]


def size(path):
    """Bytes of the image; 0 where PATH is None or leads to no file that can be looked at, of which check() tells."""
    try:
        return path.stat().st_size if path and path.is_file() else 0
    except (OSError, ValueError):
        return 0


def check(path):
    """Refuses what is no raw image of whole sectors."""
    begin = first_bytes(path)
    for magic, what in NO_RAW:
        if begin.startswith(magic):
            images.refuse(path, f"is {what}; right would be a raw one: qemu-img convert -O raw {path} NEW")
    for magic, what in PACKED:
        if begin.startswith(magic):
            images.refuse(path, f"is packed by {what}; right would be the raw image in it")
    length = size(path)
    if length % SECTOR:
        images.refuse(path, f"has {length} bytes, no whole number of sectors; right would be {length - length % SECTOR + SECTOR}, a multiple of {SECTOR}: "
                      f"truncate -s %{SECTOR} {path}")


def first_bytes(path):
    """How the image begins; one that cannot be read, or has nothing in it, is refused."""
    images.check_file(path)
    try:
        with open(path, "rb") as file:
            begin = file.read(SECTOR)
    except OSError as error:
        images.refuse(path, error.strerror)
    if not begin:
        images.refuse(path, "the file is empty")
    return begin


def read(path):
    """The image's bytes, checked."""
    check(path)
    return images.read(path)
