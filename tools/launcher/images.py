# SPDX-License-Identifier: BSD-2-Clause
"""What guest kernels and initrds are, and what is wrong with those that cannot work: told before anything is started.

The VMM tells formats apart itself; the checks here only spare the user a silent guest. A file is `decompress`ed first. What
kernels of one architecture look like is in images_riscv.py and images_x86_64.py.
"""

import gzip
import io
import re
import stat
import struct
import zlib
from dataclasses import dataclass

from . import errors

ELF_MACHINES = {3: "32-bit x86", 8: "MIPS", 20: "32-bit PowerPC", 21: "64-bit PowerPC", 22: "S/390", 40: "32-bit Arm", 62: "x86_64",
                183: "64-bit Arm", 243: "RISC-V", 258: "LoongArch"}
PE_MACHINES = {0x014C: "32-bit x86", 0x01C0: "32-bit Arm", 0x8664: "x86_64", 0xAA64: "64-bit Arm", 0x5064: "64-bit RISC-V",
               0x6264: "LoongArch"}
LOAD = 1  # the type of a program header that asks for memory
PIECES = 16  # that a kernel may be loaded in


@dataclass(frozen=True)
class Code:
    """The code that a guest's kernel must be of: its number in ELF files, that in PE files, its name, and where it may lie in memory."""
    elf: int
    pe: int
    name: str
    memory_base: int


@dataclass(frozen=True)
class Segment:
    """One program header of an ELF file."""
    type: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int

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
FILE_MOST = 1024 * MIB  # of a kernel, initrd or disk
UNPACKED_MOST = 1024 * MIB  # of a kernel or initrd: a small file can hold more than this computer's memory

# What may have no end, no size or other bytes the next time. A directory is refused by whoever opens it.
NO_FILES = {stat.S_IFIFO: "a pipe", stat.S_IFCHR: "a character device", stat.S_IFBLK: "a block device", stat.S_IFSOCK: "a socket"}


def refuse(path, problem):
    raise errors.LauncherError(errors.IMAGE, f"{path}: {problem}")


def check_file(path):
    """Refuses, before it is opened, what is no file that can be read more than once, or one of more bytes than any guest takes."""
    try:
        status = path.stat()
    except FileNotFoundError:
        refuse(path, "no such file")
    except OSError as error:
        refuse(path, error.strerror)
    kind = NO_FILES.get(stat.S_IFMT(status.st_mode))
    if kind:
        refuse(path, f"is {kind}; right would be a regular file with the same in it, since it is read more than once")
    if status.st_size > FILE_MOST:
        refuse(path, f"has {-(-status.st_size // MIB)}M, and {FILE_MOST // MIB}M are the most")


def read(path):
    """The file's bytes; an empty or unreadable one is refused."""
    check_file(path)
    try:
        data = path.read_bytes()
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
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(data)).read(UNPACKED_MOST + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        return refuse(path, f"a gzip file that is truncated or damaged ({error})")
    return unpacked if len(unpacked) <= UNPACKED_MOST else refuse(path, f"a gzip file with more than {UNPACKED_MOST // MIB}M in it")


def refuse_what_is_no_kernel(data, path, code, right):
    """Refuses files of other kinds by how they begin; RIGHT tells what a kernel of CODE would be."""
    for magic, what in NO_KERNEL:
        if data.startswith(magic):
            refuse(path, f"is {what}, no kernel; right would be {right}")
    if data[4:8] == b"zimg" and data.startswith(b"MZ"):
        refuse(path, "an EFI zboot image; a guest has no EFI firmware: give the Image inside it")
    if data[0x38:0x3C] == b"ARM\x64":
        refuse(path, f"a Linux Image for 64-bit Arm; a guest needs {code.name} code")


def refuse_empty_or_text(data, path):
    """Refuses what is surely no code."""
    if not any(data):
        refuse(path, "no kernel: it holds nothing but zeros")
    if TEXT.fullmatch(data[:4096]):
        refuse(path, "a text file, no kernel")


def check_elf(data, path, code):
    """Returns the program headers of an executable for CODE, of which at least one is to be loaded."""
    if len(data) < 64:
        refuse(path, f"an ELF file of {len(data)} bytes, truncated: its header alone has 64")
    if data[4] != 2 or data[5] != 1:
        refuse(path, f"not a 64-bit little-endian ELF file; a guest needs {code.name} code")
    kind, machine = struct.unpack_from("<HH", data, 16)
    if machine != code.elf:
        refuse(path, f"an ELF file for {ELF_MACHINES.get(machine, f'machine {machine}')}; a guest needs {code.name} code")
    if kind not in (2, 3):
        refuse(path, "an ELF file that is no executable (an object file or a core dump?)")
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    if size < 56 or offset + size * count > len(data):
        refuse(path, "a truncated ELF file: its program headers lie beyond its end")
    segments = [Segment(*struct.unpack_from("<IIQQQQQQ", data, offset + size * i)) for i in range(count)]
    if not any(segment.type == LOAD for segment in segments):
        refuse(path, "an ELF file without anything to load")
    check_loads([segment for segment in segments if segment.type == LOAD], len(data), path, code)
    return segments


def check_loads(loads, size, path, code):
    """Refuses an executable whose segments are not all in its SIZE bytes, or not one behind the other in the guest's memory."""
    if len(loads) > PIECES:
        refuse(path, f"an ELF file of {len(loads)} segments; a guest is loaded in at most {PIECES}")
    free = code.memory_base
    for load in loads:
        if load.offset + load.filesz > size:
            refuse(path, f"a truncated ELF file: a segment ends at byte {load.offset + load.filesz}, the file at {size}")
        if load.paddr < code.memory_base:
            refuse(path, f"an ELF file for memory at {load.paddr:#x}; a guest's kernel may lie from {code.memory_base:#x} on")
        if load.filesz > load.memsz or load.paddr < free:
            refuse(path, "an ELF file whose segments overlap, are not in order, or are larger in the file than in memory")
        free = load.paddr + load.memsz


def header_entry(data, loads):
    """The physical address at which an executable's header has it entered: it may be a virtual one there."""
    entry, = struct.unpack_from("<Q", data, 24)
    found = [entry - load.vaddr + load.paddr for load in loads if load.vaddr <= entry < load.vaddr + load.memsz]
    return found[0] if found else entry


def check_entry(entry, loads, path, name):
    if not any(load.paddr <= entry < load.paddr + load.memsz for load in loads):
        refuse(path, f"an ELF file whose {name} {entry:#x} lies outside of all that it loads")


def check_pe(data, path, code):
    """The EFI header, which Linux's images carry, tells the architecture and the file's true size."""
    if not data.startswith(b"MZ"):
        return
    at = struct.unpack_from("<I", data, 60)[0] if len(data) >= 64 else len(data)
    if at + 24 > len(data):
        refuse(path, "a truncated Image: its EFI header lies beyond its end")
    if data[at:at + 4] != b"PE\0\0":
        refuse(path, "an Image or EFI program whose EFI header is damaged")
    machine, count = struct.unpack_from("<HH", data, at + 4)
    if machine != code.pe:
        refuse(path, f"a kernel for {PE_MACHINES.get(machine, f'machine {machine:#x}')}; a guest needs {code.name} code")
    table = at + 24 + struct.unpack_from("<H", data, at + 20)[0]
    if table + 40 * count > len(data):
        refuse(path, "a truncated Image: its section table lies beyond its end")
    for section in range(count):
        size, start = struct.unpack_from("<II", data, table + 40 * section + 16)
        if start + size > len(data):
            refuse(path, f"a truncated Image: a section ends at byte {start + size}, the file at {len(data)}")


def first_archive(data, path):
    """The first of an initrd's archives, unpacked if it is gzip's. Others may follow, each packed in a way of its own."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        archive = member.decompress(data, UNPACKED_MOST + 1)
    except zlib.error as error:
        return refuse(path, f"a gzip file that is truncated or damaged ({error})")
    if len(archive) > UNPACKED_MOST:
        refuse(path, f"a gzip file with more than {UNPACKED_MOST // MIB}M in it")
    return archive if member.eof else refuse(path, "a gzip file that is truncated or damaged (it has no end)")


def check_initrd(data, path):
    """Refuses an initrd that is surely damaged. Linux unpacks it itself, so it is passed on as it is."""
    if data.startswith(OTHER_INITRD):
        return
    archive = first_archive(data, path)
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
