# SPDX-License-Identifier: BSD-2-Clause
"""Small guest files made by hand, right in every field unless a test says otherwise."""

import struct

RISCV, X86_64, AARCH64 = 243, 62, 183
LOAD, NOTE = 1, 4


def pvh_note(entry, owner=b"Xen\0", kind=18):
    """The note that tells where a PVH guest is entered."""
    return struct.pack("<III", len(owner), 4, kind) + owner + struct.pack("<I", entry)


def elf(machine=RISCV, kind=2, bits=2, order=1, segment=LOAD, segments=1, body=b"\x73\0\0\0" * 64, place=0x80200000, start=None, note=b"", cut=0):
    """An executable of as many SEGMENTS with BODY at PLACE, entered at START or there, and one of the NOTE if there is; CUT bytes are missing at its end."""
    count = segments + bool(note)
    at = 64 + 56 * count
    ident = b"\x7fELF" + bytes([bits, order, 1]) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, place if start is None else start, 64, 0, 0, 64, 56, count, 0, 0, 0)
    programs = struct.pack("<IIQQQQQQ", segment, 5, at + len(note), place, place, len(body), len(body) + 4096, 4096) * segments
    if note:
        programs += struct.pack("<IIQQQQQQ", NOTE, 4, at, 0, 0, len(note), len(note), 4)
    data = header + programs + note + body
    return data[:len(data) - cut]


def pvh_elf(entry=0x1000000, **fields):
    """An x86_64 kernel with a PVH entry."""
    return elf(**{"machine": X86_64, "place": 0x1000000, "note": pvh_note(entry), **fields})


def image(magic=b"RSC\x05", text_offset=0x200000, image_size=0x10000, pe_machine=0x5064, body=b"\x13\0\0\0" * 512, cut=0):
    """A Linux Image with its EFI header, whose one section ends with the file; CUT bytes are missing at its end."""
    header = struct.pack("<2sHIQQQIIQ8s4sI", b"MZ", 0x106F, 0, text_offset, image_size, 0, 2, 0, 0, b"RISCV\0\0\0", magic, 64)
    pe = struct.pack("<4sHHIIIHH", b"PE\0\0", pe_machine, 1, 0, 0, 0, 0, 0x206)
    start = len(header) + len(pe) + 40
    section = struct.pack("<8sIIIIIIHHI", b".text", len(body), start, len(body), start, 0, 0, 0, 0, 0)
    data = header + pe + section + body
    return data[:len(data) - cut]


def bzimage(version=0x020F, xloadflags=0x1, loadflags=0x1, init_size=0x100000, payload_length=0x800, pe_machine=0x8664, system_size=0x1000,
            relocatable=0, alignment=0x200000, cut=0):
    """A Linux kernel for x86 with its setup header and its EFI header; CUT bytes are missing at its end."""
    sectors, body = 1, bytes(range(256)) * 16
    start = (sectors + 1) * 512
    data = bytearray(start) + body
    struct.pack_into("<2s58xI", data, 0, b"MZ", 0x280)
    struct.pack_into("<BxxI", data, 0x1F1, sectors, system_size // 16)
    struct.pack_into("<H", data, 0x1FE, 0xAA55)
    struct.pack_into("<4sH", data, 0x202, b"HdrS", version)
    struct.pack_into("<B", data, 0x211, loadflags)
    struct.pack_into("<IBxH", data, 0x230, alignment, relocatable, xloadflags)
    struct.pack_into("<IIQQI", data, 0x248, 0x400, payload_length, 0, 0x1000000, init_size)
    struct.pack_into("<4sHHIIIHH", data, 0x280, b"PE\0\0", pe_machine, 1, 0, 0, 0, 0, 0x206)
    struct.pack_into("<8sIIIIIIHHI", data, 0x298, b".text", len(body), start, len(body), start, 0, 0, 0, 0, 0)
    return bytes(data[:len(data) - cut])
