# SPDX-License-Identifier: BSD-2-Clause
"""Guest kernels for x86_64: a Linux bzImage with the 64-bit entry, an ELF file (entered by PVH or in 64-bit mode), a flat binary."""

import struct

from . import images

CODE = images.Code(elf=62, pe=0x8664, name="x86_64", memory_base=0x100000)

NOTE = 4               # the type of a program header that holds notes
PHYS32_ENTRY = 18      # the type of the note, of the owner Xen, that names the PVH entry
NOTES_MOST = 1024      # before that one: program headers can name the same notes over and over

# Linux's boot protocol: Documentation/arch/x86/boot.rst.
SECTOR = 512
HEADER_END = 0x268
VERSION_LEAST = 0x020C  # the first that has xloadflags
LOADED_HIGH = 1 << 0    # of loadflags
KERNEL_64 = 1 << 0      # of xloadflags
ENTRY_64 = 0x200        # the 64-bit entry, in the loaded kernel


def notes(data, segment):
    """(owner, type, descriptor) of each note in SEGMENT, as far as they are whole."""
    at, end = segment.offset, segment.offset + segment.filesz
    while end <= len(data) and at + 12 <= end:
        name_size, size, kind = struct.unpack_from("<III", data, at)
        name_at = at + 12
        descriptor_at = name_at + (name_size + 3 & ~3)
        at = descriptor_at + (size + 3 & ~3)
        if descriptor_at + size > end:
            return
        yield data[name_at:name_at + name_size], kind, data[descriptor_at:descriptor_at + size]


def pvh_entry(data, segments, path):
    """Where the first note that names a PVH entry says that it is; None where there is no such note, or it makes no sense."""
    data = memoryview(data)  # whose parts are no copies
    found = (note for segment in segments if segment.type == NOTE for note in notes(data, segment))
    for number, (owner, kind, descriptor) in enumerate(found):
        if (owner, kind) == (b"Xen\0", PHYS32_ENTRY):
            return int.from_bytes(descriptor[:4], "little") if len(descriptor) in (4, 8) else None
        if number == NOTES_MOST:
            images.refuse(path, f"an ELF file of more than {NOTES_MOST} notes; a guest's kernel has a few")
    return None


def check_elf(data, path):
    """Returns the bytes of memory that the program headers ask for: they name places in the guest's memory, which begins at 0."""
    segments = images.check_elf(data, path, CODE)
    loads = [segment for segment in segments if segment.type == images.LOAD]
    pvh = pvh_entry(data, segments, path)
    if pvh is not None:
        images.check_entry(pvh, loads, path, "PVH entry")
    else:
        images.check_entry(images.header_entry(data, loads), loads, path, "entry")
    return max(load.paddr + load.memsz for load in loads)


def check_bzimage(data, path):
    """A bzImage by its setup header: returns the bytes of memory that it asks for, from address 0 on."""
    if len(data) < HEADER_END:
        images.refuse(path, f"a truncated bzImage: its header alone ends at byte {HEADER_END}, the file at {len(data)}")
    sectors = data[0x1F1] or 4
    version, = struct.unpack_from("<H", data, 0x206)
    if version < VERSION_LEAST:
        images.refuse(path, f"a Linux kernel of boot protocol {version >> 8}.{version & 255:02}; a guest is entered in 64-bit mode, which "
                      f"needs {VERSION_LEAST >> 8}.{VERSION_LEAST & 255} or later (Linux 3.8)")
    xloadflags, = struct.unpack_from("<H", data, 0x236)
    if not data[0x211] & LOADED_HIGH or not xloadflags & KERNEL_64:
        images.refuse(path, "a Linux kernel for 32-bit x86 (without XLF_KERNEL_64 in its header); a guest needs x86_64 code")
    start = (sectors + 1) * SECTOR
    payload_offset, payload_length, _, place, init_size = struct.unpack_from("<IIQQI", data, 0x248)
    length = struct.unpack_from("<I", data, 0x1F4)[0] * 16
    if max(start + length, start + payload_offset + payload_length) > len(data):
        images.refuse(path, f"a truncated bzImage: its payload ends at byte {max(start + length, start + payload_offset + payload_length)}, "
                      f"the file at {len(data)}")
    if payload_length == 0 or init_size < payload_length or length <= ENTRY_64:
        images.refuse(path, f"a bzImage whose header makes no sense (payload_length {payload_length:#x}, init_size {init_size:#x}, "
                      f"syssize {length:#x})")
    images.check_pe(data, path, CODE)
    return least_end(data, place, max(init_size, length))


def least_end(data, place, room):
    """The end of the ROOM that a kernel needs: at its PLACE, or lower if it is relocatable."""
    alignment, = struct.unpack_from("<I", data, 0x230)
    if not data[0x234] or not alignment or alignment & (alignment - 1) or alignment > 1 << 30:
        return place + room
    return min(place, -(-CODE.memory_base // alignment) * alignment) + room


def check_kernel(data, path):
    """Refuses what cannot be an x86_64 kernel. Returns (format, bytes of memory that it needs)."""
    images.refuse_what_is_no_kernel(data, path, CODE, "a Linux bzImage, an ELF file or a flat binary, perhaps gzip'd")
    if data.startswith(b"\x7fELF"):
        return "elf", check_elf(data, path)
    if data[0x1FE:0x200] == b"\x55\xaa" and data[0x202:0x206] == b"HdrS":
        return "bzimage", check_bzimage(data, path)
    if data[0x38:0x3C] == b"RSC\x05":
        images.refuse(path, "a Linux Image for 64-bit RISC-V; a guest needs x86_64 code (or give --arch riscv)")
    if data.startswith(b"MZ"):
        images.check_pe(data, path, CODE)
        images.refuse(path, "an EFI program that is no bzImage; a guest has no EFI firmware")
    images.refuse_empty_or_text(data, path)
    return "flat", CODE.memory_base + len(data)
