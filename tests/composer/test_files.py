# SPDX-License-Identifier: BSD-2-Clause
"""Programs and guests' files that are missing or wrong, told before anything is started."""

import pytest

from composer import check_memory, description, files
from composer.problems import DescriptionError
from harness import made

NATIVE = "[partition.a]\npriority = 100\nprogram = {}\n"
GUEST = "[partition.g]\nkind = 'guest'\npriority = 100\nmemory = '64M'\n"
MACHINES = {"riscv": made.RISCV, "x86_64": made.X86_64}


@pytest.fixture
def check(tmp_path):
    """check(text, built=None, **files): the problems of a description, beside which the files lie."""

    def run(text, built=None, arch="riscv", **contents):
        for name, data in contents.items():
            (tmp_path / name.replace("__", ".")).write_bytes(data)
        (tmp_path / "s.toml").write_text(text, encoding="utf-8")
        servers = {name: tmp_path / "server" for name in ("monitor", "console", "vmm", "pager")}
        (tmp_path / "server").write_bytes(made.elf(machine=MACHINES[arch]))
        system = description.load(tmp_path / "s.toml", arch)
        try:
            files.check(system, None if built is None else {**servers, **{name: tmp_path / path for name, path in built.items()}})
        except DescriptionError as error:
            return "\n".join(map(str, error.problems)).replace(str(tmp_path) + "/", "")
        return None

    return run


@pytest.mark.parametrize("arch", MACHINES)
def test_a_program_of_ones_own(check, arch):
    assert check(NATIVE.format('"./my.elf"'), arch=arch, my__elf=made.elf(machine=MACHINES[arch])) is None


def test_a_program_of_the_build(check):
    assert check(NATIVE.format('"demo"'), built={"demo": "demo.elf"}, demo__elf=made.elf()) is None
    assert check(NATIVE.format('"demo"')) is None


def test_a_program_that_the_build_has_not(check):
    assert check(NATIVE.format('"dmeo"'), built={"demo": "demo.elf"}) \
        == "s.toml:3: partition.a.program: the build has no program 'dmeo'; did you mean 'demo'?; a file of one's own is named by its path, " \
           "with a / in it"


@pytest.mark.parametrize("name, data, message", [
    ("missing", None, "my.elf: No such file or directory"),
    ("empty", b"", "my.elf: this is no ELF file; right would be a program linked for Bulkhead on riscv"),
    ("a script", b"#!/bin/sh\n", "my.elf: this is no ELF file"),
    ("only a header", made.elf()[:40], "my.elf: not a 64-bit little-endian ELF file"),
    ("32 bits", made.elf(bits=1), "my.elf: not a 64-bit little-endian ELF file"),
    ("the other architecture", made.elf(machine=made.X86_64), "my.elf: an ELF file for x86_64; right would be one for RISC-V"),
    ("a third architecture", made.elf(machine=made.AARCH64), "my.elf: an ELF file for 64-bit Arm; right would be one for RISC-V"),
    ("an object file", made.elf(kind=1), "my.elf: an ELF file that is no program (an object file or a core dump?)"),
    ("nothing to load", made.elf(segment=made.NOTE), "my.elf: an ELF file without anything to load"),
    ("cut within its headers", made.elf()[:100], "my.elf: a truncated ELF file: its program headers lie beyond its end"),
    ("cut", made.elf(cut=100), "my.elf: a truncated ELF file: a segment ends beyond its end"),
])
def test_a_program_that_is_wrong(check, name, data, message):
    contents = {} if data is None else {"my__elf": data}
    assert (check(NATIVE.format('"./my.elf"'), **contents) or "").startswith(f"s.toml:3: partition.a.program: {message}"), name


def test_a_program_larger_than_its_memory(check):
    found = check(NATIVE.format('"./my.elf"'), my__elf=made.elf(body=bytes(600 << 10)))
    assert found == "s.toml:1: partition.a.memory: 512K do not hold program 'my' (604K) with its stack and heap; right would be at least \"1M\""


def test_a_program_of_more_pages_than_the_monitor_maps(check):
    text = NATIVE.format('"./my.elf"') + "memory = '16M'\nheap = '5M'\n"
    assert check(text, my__elf=made.elf(body=bytes(400 << 10))) is None
    assert check(text, my__elf=made.elf(body=bytes(600 << 10))) == \
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
    with pytest.raises(DescriptionError, match="s.toml:10: partition.h.disk: all disks together have 257M, and 256M are the most"):
        load(text, one=(128 << 20) + 512, other=128 << 20)


def test_all_at_once(check):
    found = check(NATIVE.format('"./my.elf"') + "[partition.b]\npriority = 1\nprogram = './other.elf'\n", my__elf=b"x")
    assert len(found.split("\n")) == 2
