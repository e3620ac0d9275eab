# SPDX-License-Identifier: BSD-2-Clause
"""One file for RISC-V's boot loaders: a Linux Image (arch/riscv/boot.S has its header) that is the kernel with a bundle behind it.

U-Boot's `booti` and QEMU's -kernel place it. The header tells them how much memory it takes, the bundle included; the kernel finds the
bundle at its own end, by a size that stands behind the header. The same kernel and bundle give the same bytes.
"""

import struct

from . import errors, images

IMAGE_SIZE, MAGIC, BUNDLE_SIZE = 16, 56, 64  # offsets in the header, and behind it


def flat(data):
    """The kernel's ELF file DATA as it lies in memory, what its boot code zeroes included."""
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = [images.Segment(*struct.unpack_from("<IIQQQQQQ", data, offset + size * number)) for number in range(count)]
    loads = [segment for segment in segments if segment.type == images.LOAD]
    start = min(load.paddr for load in loads)
    memory = bytearray(max(load.paddr + load.memsz for load in loads) - start)
    for load in loads:
        memory[load.paddr - start:load.paddr - start + load.filesz] = data[load.offset:load.offset + load.filesz]
    return memory


def make(kernel, bundle, output):
    """Writes the image of the file KERNEL and BUNDLE, bytes, to OUTPUT."""
    memory = flat(kernel.read_bytes())
    size, = struct.unpack_from("<Q", memory, IMAGE_SIZE)
    if memory[MAGIC:MAGIC + 4] != b"RSC\x05" or size != len(memory):
        raise errors.LauncherError(errors.BUILD, f"cannot make the image: {kernel} does not begin with Linux's header for RISC-V")
    struct.pack_into("<Q", memory, IMAGE_SIZE, len(memory) + len(bundle))
    struct.pack_into("<Q", memory, BUNDLE_SIZE, len(bundle))
    output.write_bytes(memory + bundle)
