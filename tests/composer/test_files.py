# SPDX-License-Identifier: BSD-2-Clause
"""Programs and guests' files that are missing or wrong, told before anything is started."""

import struct

import pytest

from composer import check_memory, description, files
from composer.problems import DescriptionError
from harness import made

NATIVE = "[partition.a]\npriority = 100\nprogram = {}\n"
GUEST = "[partition.g]\nkind = 'guest'\npriority = 100\nmemory = '64M'\n"
MACHINES = {"riscv": made.RISCV, "x86_64": made.X86_64}


def program(place=0x400000, **fields):
    return made.elf(**{"place": place, **fields})


def segments(*headers, body=b"\x73\0\0\0"):
    """A program with segments of (flags, address, bytes of the file, bytes of memory)."""
    at = 64 + 56 * len(headers)
    content = body * (max(size for _, _, size, _ in headers) // len(body) + 1)
    table = b"".join(struct.pack("<IIQQQQQQ", made.LOAD, flags, at, vaddr, vaddr, size, memory, 4096) for flags, vaddr, size, memory in headers)
    return program(segments=len(headers))[:64] + table + content


@pytest.fixture
def check(tmp_path):
    """check(text, built=None, **files): the problems of a description, beside which the files lie."""

    def run(text, built=None, arch="riscv", **contents):
        for name, data in contents.items():
            (tmp_path / name.replace("__", ".")).write_bytes(data)
        (tmp_path / "s.toml").write_text(text, encoding="utf-8")
        servers = {name: tmp_path / "server" for name in ("monitor", "console", "vmm", "pager")}
        (tmp_path / "server").write_bytes(program(machine=MACHINES[arch]))
        system = description.load(tmp_path / "s.toml", arch)
        try:
            files.check(system, None if built is None else {**servers, **{name: tmp_path / path for name, path in built.items()}})
        except DescriptionError as error:
            return "\n".join(map(str, error.problems)).replace(str(tmp_path) + "/", "")
        return None

    return run


@pytest.mark.parametrize("arch", MACHINES)
def test_a_program_of_ones_own(check, arch):
    assert check(NATIVE.format('"./my.elf"'), arch=arch, my__elf=program(machine=MACHINES[arch])) is None


def test_a_program_of_the_build(check):
    assert check(NATIVE.format('"demo"'), built={"demo": "demo.elf"}, demo__elf=program()) is None
    assert check(NATIVE.format('"demo"')) is None


def test_a_program_that_the_build_has_not(check):
    assert check(NATIVE.format('"dmeo"'), built={"demo": "demo.elf"}) \
        == "s.toml:3: partition.a.program: the build has no program 'dmeo'; did you mean 'demo'?; a file of one's own is named by its path, " \
           "with a / in it"


@pytest.mark.parametrize("name, data, message", [
    ("missing", None, "my.elf: No such file or directory"),
    ("empty", b"", "my.elf: this is no ELF file; right would be a program linked for Bulkhead on riscv"),
    ("a script", b"#!/bin/sh\n", "my.elf: this is no ELF file"),
    ("only a header", program()[:40], "my.elf: not a 64-bit little-endian ELF file"),
    ("32 bits", program(bits=1), "my.elf: not a 64-bit little-endian ELF file"),
    ("the other architecture", program(machine=made.X86_64), "my.elf: an ELF file for x86_64; right would be one for RISC-V"),
    ("a third architecture", program(machine=made.AARCH64), "my.elf: an ELF file for 64-bit Arm; right would be one for RISC-V"),
    ("an object file", program(kind=1), "my.elf: an ELF file that is no program (an object file or a core dump?)"),
    ("nothing to load", program(segment=made.NOTE), "my.elf: an ELF file without anything to load"),
    ("cut within its headers", program()[:100], "my.elf: a truncated ELF file: its program headers lie beyond its end"),
    ("cut", program(cut=100), "my.elf: a truncated ELF file: a segment ends beyond its end"),
])
def test_a_program_that_is_wrong(check, name, data, message):
    contents = {} if data is None else {"my__elf": data}
    assert (check(NATIVE.format('"./my.elf"'), **contents) or "").startswith(f"s.toml:3: partition.a.program: {message}"), name


@pytest.mark.parametrize("headers, message", [
    ([(7, 0x400000, 4096, 4096)], "a segment at 0x400000 is writable and executable, which no page may be; right would be two segments"),
    ([(5, 0x400000, 4096, 100)], "a segment at 0x400000 has more bytes in the file (4096) than in memory (100)"),
    ([(5, 0x402000, 4096, 4096), (4, 0x400000, 4096, 4096)], "a segment at 0x400000 lies below what is before it in the file's headers, or in a page of that"),
    ([(5, 0x400000, 100, 100), (6, 0x400100, 100, 100)], "a segment at 0x400100 lies below what is before it in the file's headers, or in a page of that"),
    ([(5, 0x10000000, 4096, 4096)], "a segment at 0x10000000 reaches beyond 0x10000000, where other things of a program lie"),
    ([(5, 0xFFFF000, 4096, 4097)], "a segment at 0xffff000 reaches beyond 0x10000000, where other things of a program lie"),
])
@pytest.mark.parametrize("more", ["", "demand = '64K'\n"])
def test_a_program_that_cannot_be_loaded(check, headers, message, more):
    assert check(NATIVE.format('"./my.elf"') + more, my__elf=segments(*headers)).startswith(f"s.toml:3: partition.a.program: my.elf: {message}")


def test_a_program_whose_segments_lie_well(check):
    headers = [(5, 0x400000, 4096, 4096), (4, 0x401000, 0, 0), (6, 0x401000, 100, 5000), (4, 0x403FFF, 1, 1)]
    assert check(NATIVE.format('"./my.elf"'), my__elf=segments(*headers)) is None


def test_a_template_that_the_monitor_cannot_make(check):
    text = NATIVE.format('"./my.elf"') + "demand = '64K'\n"
    assert check(text, my__elf=segments((5, 0x400000, 256 << 10, 256 << 10))) is None
    assert check(text, my__elf=segments((5, 0x400000, (256 << 10) + 1, 1 << 20))) == \
        "s.toml:3: partition.a.program: my.elf: with `demand` a segment has at most 256K of the file, and that at 0x400000 has 260K"
    parts = [(6, 0x400000 + number * 0x10000, 1, 0x2000) for number in range(5)]
    assert check(text, my__elf=segments(*parts[:4])) is None
    assert check(text, my__elf=segments(*parts)) == \
        "s.toml:3: partition.a.program: my.elf: with `demand` a program has at most 8 regions, from the file or of zeros, and this one has 10"


def test_a_program_larger_than_its_memory(check):
    found = check(NATIVE.format('"./my.elf"'), my__elf=program(body=bytes(600 << 10)))
    assert found == "s.toml:1: partition.a.memory: 512K do not hold program 'my' (604K) with its stack and heap; right would be at least \"1M\""


def test_a_program_of_more_pages_than_the_monitor_maps(check):
    text = NATIVE.format('"./my.elf"') + "memory = '16M'\nheap = '5M'\n"
    assert check(text, my__elf=program(body=bytes(400 << 10))) is None
    assert check(text, my__elf=program(body=bytes(600 << 10))) == \
        "s.toml:3: partition.a.program: program 'my' and what else is mapped for 'a' have 1435 pages together, and 1400 are the most"


@pytest.mark.parametrize("key, data, message", [
    ("kernel", None, "no such file"),
    ("kernel", b"#!/bin/sh\n", "file: is a script, no kernel"),
    ("kernel", made.image(pe_machine=0xAA64), "a kernel for 64-bit Arm; a guest needs 64-bit RISC-V code"),
    ("initrd", b"nothing of the kind", "neither a cpio archive (format newc) nor one compressed"),
    ("initrd", b"", "the file is empty"),
    ("disk", None, "no such file"),
    ("disk", b"", "the file is empty"),
    ("disk", bytes(1000), "has 1000 bytes, no whole number of sectors; right would be 1024, a multiple of 512: truncate -s %512 "),
    ("disk", b"QFI\xfb" + bytes(508), "is a qcow2 image; right would be a raw one: qemu-img convert -O raw "),
    ("disk", b"\x1f\x8b" + bytes(510), "is packed by gzip; right would be the raw image in it"),
])
def test_a_guests_file_that_is_wrong(check, key, data, message):
    contents = {} if data is None else {"file": data}
    found = check(GUEST + f"{key} = 'file'\n", **contents)
    assert found.startswith(f"s.toml:5: partition.g.{key}: file: ") and message in found


def test_a_guests_memory_that_does_not_hold_its_files(check):
    found = check(GUEST + "kernel = 'file'\n", file=made.image(image_size=80 << 20))
    assert found == "s.toml:4: partition.g.memory: 64M do not hold the guest's kernel and initrd; right would be more than \"84M\""


def test_a_disk_that_is_a_folder(check):
    assert check(GUEST + "disk = '..'\n").endswith("..: Is a directory")


def test_a_disk_that_is_written_takes_memory(load):
    """In large pages, for the guest's own copy of it; one that is only read takes none."""
    none, written, read = (load(GUEST + more, disk=(8 << 20) + 512) for more in ("", "disk = 'disk'\n", "disk = 'disk'\ndisk_read_only = true\n"))
    files.check(written)
    assert written.partition("g").guest.disk_memory == 10 << 20 and check_memory.needed(written) >= check_memory.needed(none) + (10 << 20)
    assert read.partition("g").guest.disk_memory == 0 and check_memory.needed(read) == check_memory.needed(none)


def test_a_disk_whose_copy_is_of_more_pages_than_the_monitor_maps(load):
    text = GUEST + "vmm_memory = '8M'\nheap = '5M'\ndisk = 'disk'\n"
    load(text, disk=200 << 20)
    with pytest.raises(DescriptionError, match="s.toml:6: partition.g.heap: .* of 'g' and its disk's copy have 1416 pages together, and 1400 are the most"):
        load(text, disk=256 << 20)


def test_a_machine_that_does_not_hold_a_disks_copy(load):
    text = "[system]\nmemory = '192M'\n" + GUEST + "disk = 'disk'\n"
    load(text, disk=1 << 20)
    with pytest.raises(DescriptionError, match="s.toml:2: system.memory: a machine of 192M does not hold this system"):
        load(text, disk=128 << 20)


def test_disks_that_are_too_large_together(load):
    text = GUEST + "disk = 'one'\n" + GUEST.replace(".g", ".h") + "disk = 'other'\ndisk_read_only = true\n"
    load(text, one=128 << 20, other=128 << 20)
    with pytest.raises(DescriptionError, match="s.toml:10: partition.h.disk: all disks together have 258M, and 256M are the most"):
        load(text, one=(128 << 20) + 512, other=128 << 20)


def test_disks_whose_copies_are_too_large_together(load):
    """The copy of each is of whole large pages."""
    text = "".join(GUEST.replace(".g", f".{name}") + f"disk = '{name}'\n" for name in "ghi")
    load(text, g=84 << 20, h=86 << 20, i=86 << 20)
    with pytest.raises(DescriptionError, match="partition.i.disk: all disks together have 258M, and 256M are the most"):
        load(text, **{name: (85 << 20) + 512 for name in "ghi"})


def test_all_at_once(check):
    found = check(NATIVE.format('"./my.elf"') + "[partition.b]\npriority = 1\nprogram = './other.elf'\n", my__elf=b"x")
    assert len(found.split("\n")) == 2
