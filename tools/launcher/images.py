# SPDX-License-Identifier: BSD-2-Clause
"""What guest kernels and initrds are, and what is wrong with those that cannot work: told before anything is started.

The VMM tells formats apart itself; the checks here only spare the user a silent guest. A file is `decompress`ed first.
"""

import gzip
import re
import struct
import zlib

from . import errors

ELF_MACHINES = {3: "32-bit x86", 8: "MIPS", 20: "32-bit PowerPC", 21: "64-bit PowerPC", 22: "S/390", 40: "32-bit Arm", 62: "x86_64",
                183: "64-bit Arm", 243: "RISC-V", 258: "LoongArch"}
PE_MACHINES = {0x014C: "32-bit x86", 0x01C0: "32-bit Arm", 0x8664: "x86_64", 0xAA64: "64-bit Arm", 0x5064: "64-bit RISC-V",
               0x6264: "LoongArch"}
RISCV_ELF, RISCV_PE = 243, 0x5064

# Files that are no kernel, by how they begin. What begins like nothing known is taken for a flat binary.
NO_KERNEL = [(b"\xfd7zXZ\0", "an xz archive"), (b"BZh", "a bzip2 archive"), (b"\x28\xb5\x2f\xfd", "a zstd archive"),
             (b"\x02\x21\x4c\x18", "an lz4 archive"), (b"PK\x03\x04", "a zip archive"), (b"07070", "a cpio archive"),
             (b"\x27\x05\x19\x56", "a U-Boot image (give the kernel inside it)"), (b"\xd0\x0d\xfe\xed", "a flattened device tree"),
             (b"!<arch>", "an ar archive or Debian package"), (b"#!", "a script"), (b"hsqs", "a SquashFS image"),
             (b"\x89PNG", "a picture"), (b"%PDF", "a PDF document")]
TEXT = re.compile(rb"[\t\n\r\x20-\x7e]*")
OTHER_INITRD = (b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd", b"\x02\x21\x4c\x18", b"\x5d\0\0", b"\x89LZO")

MIB = 1 << 20
LARGE_PAGE = 2 * MIB
LINUX_LEAST = 80 * MIB


def refuse(path, problem):
    raise errors.LauncherError(errors.IMAGE, f"{path}: {problem}")


def read(path):
    """The file's bytes; an empty or unreadable one is refused."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        refuse(path, "no such file")
    except OSError as error:
        refuse(path, error.strerror)
    if not data:
        refuse(path, "the file is empty")
    return data


def decompress(data, path):
    """DATA, unpacked if it is gzip's."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        return refuse(path, f"a gzip file that is truncated or damaged ({error})")


def check_elf(data, path):
    """Returns the bytes of memory that the program headers ask for."""
    if len(data) < 64:
        refuse(path, f"an ELF file of {len(data)} bytes, truncated: its header alone has 64")
    if data[4] != 2 or data[5] != 1:
        refuse(path, "not a 64-bit little-endian ELF file; a guest needs 64-bit RISC-V code")
    kind, machine = struct.unpack_from("<HH", data, 16)
    if machine != RISCV_ELF:
        refuse(path, f"an ELF file for {ELF_MACHINES.get(machine, f'machine {machine}')}; a guest needs 64-bit RISC-V code")
    if kind not in (2, 3):
        refuse(path, "an ELF file that is no executable (an object file or a core dump?)")
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    if size != 56 or offset + size * count > len(data):
        refuse(path, "a truncated ELF file: its program headers lie beyond its end")
    segments = [struct.unpack_from("<IIQQQQQQ", data, offset + size * i) for i in range(count)]
    loads = [segment for segment in segments if segment[0] == 1]
    if not loads:
        refuse(path, "an ELF file without anything to load")
    for _, _, at, _, _, in_file, _, _ in loads:
        if at + in_file > len(data):
            refuse(path, f"a truncated ELF file: a segment ends at byte {at + in_file}, the file at {len(data)}")
    return max(s[4] + s[6] for s in loads) - min(s[4] for s in loads)


def check_pe(data, path):
    """The EFI header, which Linux Images carry, tells the architecture and the file's true size."""
    if not data.startswith(b"MZ"):
        return
    at = struct.unpack_from("<I", data, 60)[0] if len(data) >= 64 else len(data)
    if at + 24 > len(data):
        refuse(path, "a truncated Image: its EFI header lies beyond its end")
    if data[at:at + 4] != b"PE\0\0":
        refuse(path, "an Image or EFI program whose EFI header is damaged")
    machine, count = struct.unpack_from("<HH", data, at + 4)
    if machine != RISCV_PE:
        refuse(path, f"a kernel for {PE_MACHINES.get(machine, f'machine {machine:#x}')}; a guest needs 64-bit RISC-V code")
    table = at + 24 + struct.unpack_from("<H", data, at + 20)[0]
    if table + 40 * count > len(data):
        refuse(path, "a truncated Image: its section table lies beyond its end")
    for section in range(count):
        size, start = struct.unpack_from("<II", data, table + 40 * section + 16)
        if start + size > len(data):
            refuse(path, f"a truncated Image: a section ends at byte {start + size}, the file at {len(data)}")


def check_image(data, path):
    """A Linux Image by its header: returns the bytes of memory that it asks for, its .bss included."""
    text_offset, image_size = struct.unpack_from("<QQ", data, 8)
    if text_offset % LARGE_PAGE or image_size == 0:
        refuse(path, f"an Image whose header makes no sense (text_offset {text_offset:#x}, image_size {image_size:#x})")
    check_pe(data, path)
    return text_offset + max(image_size, len(data))


def check_kernel(data, path):
    """Refuses what cannot be a RISC-V kernel. Returns (format, bytes of memory that it needs)."""
    for magic, what in NO_KERNEL:
        if data.startswith(magic):
            refuse(path, f"is {what}, no kernel; right would be a Linux Image, an ELF file or a flat binary, perhaps gzip'd")
    if data.startswith(b"\x7fELF"):
        return "elf", check_elf(data, path)
    if data[4:8] == b"zimg" and data.startswith(b"MZ"):
        refuse(path, "an EFI zboot image; a guest has no EFI firmware: give the Image inside it")
    if data[0x38:0x3C] == b"RSC\x05":
        return "image", check_image(data, path)
    if data[0x38:0x3C] == b"ARM\x64":
        refuse(path, "a Linux Image for 64-bit Arm; a guest needs 64-bit RISC-V code")
    if data[0x1FE:0x200] == b"\x55\xaa" and data[0x202:0x206] == b"HdrS":
        refuse(path, "a Linux bzImage for x86; a guest needs 64-bit RISC-V code")
    if data.startswith(b"MZ"):
        check_pe(data, path)
        refuse(path, "an EFI program without a RISC-V Image header; a guest has no EFI firmware")
    if not any(data):
        refuse(path, "no kernel: it holds nothing but zeros")
    if TEXT.fullmatch(data[:4096]):
        refuse(path, "a text file, no kernel")
    return "flat", len(data)


def check_initrd(data, path):
    """Refuses an initrd that is surely damaged. Linux unpacks it itself, so it is passed on as it is."""
    if data.startswith(OTHER_INITRD):
        return
    archive = decompress(data, path)
    if not archive.startswith((b"070701", b"070702")):
        refuse(path, "neither a cpio archive (format newc) nor one compressed in a way that Linux knows")
    if b"TRAILER!!!" not in archive:
        refuse(path, "a truncated cpio archive: it has no end mark")


def parse_memory(text):
    """Bytes for a size such as 192M or 1G."""
    match = re.fullmatch(r"(\d+)\s*([KMG])(i?B)?", text.strip(), re.IGNORECASE)
    if not match:
        raise ValueError(f"'{text}' is no size; right would be 192M or 1G")
    size = int(match[1]) << {"K": 10, "M": 20, "G": 30}[match[2].upper()]
    if size == 0 or size % LARGE_PAGE:
        raise ValueError(f"'{text}' is not a multiple of 2M, the large page that a guest's memory is made of")
    return size


def check_fit(memory, kernel_size, initrd_size):
    """Refuses a memory size that cannot hold the guest's own files."""
    need = kernel_size + initrd_size + LARGE_PAGE
    if need > memory:
        raise errors.LauncherError(errors.IMAGE, f"--memory {memory // MIB}M is too small: the kernel takes "
                                   f"{-(-kernel_size // MIB)}M and the initrd {-(-initrd_size // MIB)}M")
