# SPDX-License-Identifier: BSD-2-Clause
"""Small guest files made by hand, right in every field unless a test says otherwise."""

import struct

RISCV, X86_64, AARCH64 = 243, 62, 183
LOAD = 1


def elf(machine=RISCV, kind=2, bits=2, order=1, segment=LOAD, body=b"\x73\0\0\0" * 64, cut=0):
    """An executable of one segment with BODY; CUT bytes are missing at its end."""
    ident = b"\x7fELF" + bytes([bits, order, 1]) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0x80200000, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    program = struct.pack("<IIQQQQQQ", segment, 5, 120, 0x80200000, 0x80200000, len(body), len(body) + 4096, 4096)
    data = header + program + body
    return data[:len(data) - cut]


def image(magic=b"RSC\x05", text_offset=0x200000, image_size=0x10000, pe_machine=0x5064, body=b"\x13\0\0\0" * 512, cut=0):
    """A Linux Image with its EFI header, whose one section ends with the file; CUT bytes are missing at its end."""
    header = struct.pack("<2sHIQQQIIQ8s4sI", b"MZ", 0x106F, 0, text_offset, image_size, 0, 2, 0, 0, b"RISCV\0\0\0", magic, 64)
    pe = struct.pack("<4sHHIIIHH", b"PE\0\0", pe_machine, 1, 0, 0, 0, 0, 0x206)
    start = len(header) + len(pe) + 40
    section = struct.pack("<8sIIIIIIHHI", b".text", len(body), start, len(body), start, 0, 0, 0, 0, 0)
    data = header + pe + section + body
    return data[:len(data) - cut]


def bzimage():
    """What an x86 kernel looks like to a boot loader."""
    data = bytearray(0x1000)
    data[0x1FE:0x200] = b"\x55\xaa"
    data[0x202:0x206] = b"HdrS"
    return bytes(data)
