# SPDX-License-Identifier: BSD-2-Clause
"""Guest kernels for RISC-V: a Linux Image, an ELF file, a flat binary."""

import struct

from . import images

CODE = images.Code(elf=243, pe=0x5064, name="64-bit RISC-V", memory_base=0x80000000)
FLAT_PLACE = images.LARGE_PAGE  # of a flat binary, in memory


def check_image(data, path):
    """A Linux Image by its header: returns the bytes of memory that it asks for, its .bss included. Very old ones have no image_size."""
    text_offset, image_size = struct.unpack_from("<QQ", data, 8)
    if text_offset % images.LARGE_PAGE:
        images.refuse(path, f"an Image whose header makes no sense (text_offset {text_offset:#x} is no multiple of 2M)")
    images.check_pe(data, path, CODE)
    return text_offset + max(image_size, len(data))


def check_elf(data, path):
    """Returns the bytes of memory that the program headers ask for."""
    loads = [segment for segment in images.check_elf(data, path, CODE) if segment.type == images.LOAD]
    images.check_entry(images.header_entry(data, loads), loads, path, "entry")
    return max(load.paddr + load.memsz for load in loads) - CODE.memory_base


def check_kernel(data, path):
    """Refuses what cannot be a RISC-V kernel. Returns (format, bytes of memory that it needs)."""
    images.refuse_what_is_no_kernel(data, path, CODE, "a Linux Image, an ELF file or a flat binary, perhaps gzip'd")
    if data.startswith(b"\x7fELF"):
        return "elf", check_elf(data, path)
    if data[0x38:0x3C] == b"RSC\x05":
        return "image", check_image(data, path)
    if data[0x202:0x206] == b"HdrS":
        images.refuse(path, "a Linux bzImage for x86; a guest needs 64-bit RISC-V code (or give --arch x86_64)")
    if data.startswith(b"MZ"):
        images.check_pe(data, path, CODE)
        images.refuse(path, "an EFI program without a RISC-V Image header; a guest has no EFI firmware")
    images.refuse_empty_or_text(data, path)
    return "flat", FLAT_PLACE + len(data)
