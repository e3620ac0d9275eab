# SPDX-License-Identifier: BSD-2-Clause
"""Guest files that cannot work are refused before anything starts, each by a message of its own."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest
from harness import made
from launcher import arches, cpio, disks, errors, images, system

PATH = Path("the-file")
GOOD_CPIO = cpio.archive([cpio.Entry("init", b"#!/bin/sh\n")])
OTHER_NOTE = made.pvh_note(1, owner=b"GNU\0")

GOOD_KERNELS = {
    "riscv": {
        "elf": made.elf(),
        "elf, position-independent": made.elf(kind=3),
        "image": made.image(),
        "image without a size": made.image(image_size=0),
        "image, gzip'd": gzip.compress(made.image()),
        "flat": b"\x6f\0\0\0" * 16,
    },
    "x86_64": {
        "elf": made.pvh_elf(),
        "elf, position-independent": made.pvh_elf(kind=3),
        "elf, gzip'd": gzip.compress(made.pvh_elf()),
        "elf with another note before its entry": made.pvh_elf(note=OTHER_NOTE + made.pvh_note(0x1000000)),
        "elf with many notes before its entry": made.pvh_elf(note=1024 * OTHER_NOTE + made.pvh_note(0x1000000)),
        "elf without notes": made.pvh_elf(note=b""),
        "elf with a note of another owner": made.pvh_elf(note=made.pvh_note(0, owner=b"GNU\0")),
        "elf with another note of Xen": made.pvh_elf(note=made.pvh_note(0, kind=6)),
        "elf whose note is cut": made.pvh_elf(note=made.pvh_note(0)[:-4]),
        "elf whose note is endless": made.pvh_elf(note=b"\xff" * 24),
        "flat": b"\x6f\0\0\0" * 16,
        "bzimage": made.bzimage(),
        "bzimage, relocatable": made.bzimage(relocatable=1),
        "bzimage, gzip'd": gzip.compress(made.bzimage()),
    },
}

# What is no kernel for any architecture.
NO_KERNELS = {
    "gzip, cut": (gzip.compress(made.image())[:-20], "truncated or damaged"),
    "gzip, damaged": (gzip.compress(made.image())[:-8] + bytes(8), "truncated or damaged"),
    "xz": (b"\xfd7zXZ\0" + bytes(64), "an xz archive"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(64), "a zstd archive"),
    "cpio": (GOOD_CPIO, "a cpio archive"),
    "device tree": (b"\xd0\x0d\xfe\xed" + bytes(64), "a flattened device tree"),
    "U-Boot image": (b"\x27\x05\x19\x56" + bytes(64), "U-Boot image"),
    "script": (b"#!/bin/sh\n", "a script"),
    "text": (b"this is no kernel\n", "a text file"),
    "zeros": (bytes(4096), "nothing but zeros"),
}

BAD_KERNELS = {
    "riscv": NO_KERNELS | {
        "ELF for x86": (made.elf(machine=made.X86_64), "x86_64"),
        "ELF for Arm": (made.elf(machine=made.AARCH64), "64-bit Arm"),
        "ELF for an unknown machine": (made.elf(machine=4711), "machine 4711"),
        "ELF of 32 bits": (made.elf(bits=1), "64-bit little-endian"),
        "ELF, big-endian": (made.elf(order=2), "64-bit little-endian"),
        "ELF, an object file": (made.elf(kind=1), "no executable"),
        "ELF below memory": (made.elf(place=0x200000), "for memory at 0x200000; a guest's kernel may lie from 0x80000000 on"),
        "ELF with its entry elsewhere": (made.elf(start=0x80000000), "whose entry 0x80000000 lies outside"),
        "ELF with segments in disorder": (made.elf(segments=2), "segments overlap"),
        "ELF with too many segments": (made.elf(segments=17), "17 segments; a guest is loaded in at most 16"),
        "ELF with nothing to load": (made.elf(segment=4), "without anything to load"),
        "ELF cut in its header": (made.elf()[:40], "truncated"),
        "ELF cut in its program headers": (made.elf()[:100], "program headers lie beyond its end"),
        "ELF cut in its segment": (made.elf(cut=1), "a segment ends at byte 376, the file at 375"),
        "Image cut": (made.image(cut=1), "truncated Image: a section ends"),
        "Image cut in its section table": (made.image()[:90], "section table lies beyond its end"),
        "Image cut in its header": (made.image()[:40], "truncated Image"),
        "Image at an odd place": (made.image(text_offset=0x1234), "makes no sense"),
        "Image for Arm by its EFI header": (made.image(pe_machine=0xAA64), "64-bit Arm"),
        "Image for Arm by its own header": (made.image(magic=b"ARM\x64"), "Linux Image for 64-bit Arm"),
        "EFI program for x86": (made.image(magic=bytes(4), pe_machine=0x8664), "x86_64"),
        "EFI program for RISC-V": (made.image(magic=bytes(4)), "without a RISC-V Image header"),
        "EFI zboot": (b"MZ\0\0zimg" + bytes(64), "zboot"),
        "bzImage": (made.bzimage(), "bzImage for x86"),
        "gzip of an ELF for x86": (gzip.compress(made.elf(machine=made.X86_64)), "x86_64"),
    },
    "x86_64": NO_KERNELS | {
        "ELF for RISC-V": (made.elf(), "an ELF file for RISC-V; a guest needs x86_64 code"),
        "ELF of 32 bits": (made.pvh_elf(bits=1), "64-bit little-endian"),
        "ELF, an object file": (made.pvh_elf(kind=1), "no executable"),
        "ELF cut in its header": (made.pvh_elf()[:40], "truncated"),
        "ELF cut in its program headers": (made.pvh_elf()[:100], "program headers lie beyond its end"),
        "ELF cut in its segment": (made.pvh_elf(cut=1), "a truncated ELF file: a segment ends"),
        "ELF with its PVH entry elsewhere": (made.pvh_elf(entry=0x100), "PVH entry 0x100 lies outside"),
        "ELF with its entry elsewhere": (made.pvh_elf(note=b"", start=0x100), "whose entry 0x100 lies outside"),
        "ELF with too many notes": (made.pvh_elf(note=1025 * OTHER_NOTE), "an ELF file of more than 1024 notes"),
        "ELF below 1 MiB": (made.pvh_elf(place=0xff000), "for memory at 0xff000; a guest's kernel may lie from 0x100000 on"),
        "bzImage cut in its header": (made.bzimage()[:0x260], "truncated bzImage: its header"),
        "bzImage cut in its payload": (made.bzimage()[:0x900], "truncated bzImage: its payload"),
        "bzImage cut": (made.bzimage(cut=1), "truncated bzImage: its payload ends at byte 5120, the file at 5119"),
        "bzImage of nothing": (made.bzimage(system_size=0x200), "makes no sense"),
        "bzImage of an old protocol": (made.bzimage(version=0x020B), "boot protocol 2.11"),
        "bzImage for 32 bits": (made.bzimage(xloadflags=0, pe_machine=0x014C), "32-bit x86"),
        "zImage": (made.bzimage(loadflags=0), "32-bit x86"),
        "bzImage without a payload": (made.bzimage(payload_length=0), "makes no sense"),
        "bzImage that is larger than it says": (made.bzimage(init_size=0x10), "makes no sense"),
        "bzImage for Arm by its EFI header": (made.bzimage(pe_machine=0xAA64), "64-bit Arm"),
        "Image for RISC-V": (made.image(), "64-bit RISC-V; a guest needs x86_64 code (or give --arch riscv)"),
        "Image for Arm": (made.image(magic=b"ARM\x64"), "Linux Image for 64-bit Arm; a guest needs x86_64"),
        "EFI program": (made.image(magic=bytes(4), pe_machine=0x8664), "no EFI firmware"),
        "EFI zboot": (b"MZ\0\0zimg" + bytes(64), "zboot"),
    },
}

BAD_INITRDS = {
    "not an archive": (b"\x7fELF" + bytes(64), "neither a cpio archive"),
    "old cpio": (b"070707" + bytes(64), "neither a cpio archive"),
    "cpio, cut": (GOOD_CPIO[:60], "no end mark"),
    "gzip, cut": (gzip.compress(GOOD_CPIO)[:-10], "truncated or damaged"),
    "gzip of no archive": (gzip.compress(b"hello"), "neither a cpio archive"),
}


def refusal(action, *arguments):
    """The message with which ACTION refuses its file."""
    with pytest.raises(errors.LauncherError) as caught:
        action(*arguments)
    assert caught.value.status == errors.IMAGE
    return str(caught.value)


def check_kernel(name, data):
    return arches.BY_NAME[name].check_kernel(images.decompress(data, PATH), PATH)


def cases(table):
    """(architecture's name, name of the case) of all of TABLE."""
    return [pytest.param(arch, name, id=f"{arch}-{name}") for arch, kernels in table.items() for name in kernels]


@pytest.mark.parametrize("isa, name", cases(GOOD_KERNELS))
def test_good_kernel(isa, name):
    kind, size = check_kernel(isa, GOOD_KERNELS[isa][name])
    assert name.startswith(kind) and size > 0


@pytest.mark.parametrize("isa, name", cases(BAD_KERNELS))
def test_bad_kernel(isa, name):
    data, message = BAD_KERNELS[isa][name]
    text = refusal(check_kernel, isa, data)
    assert text.startswith("the-file: ") and message in text


# What the launcher refuses and the VMM would start, beside files of other kinds that it would take for flat binaries: headers that are surely damaged
# or contradict each other.
STRICTER = {"bzImage without a payload", "bzImage that is larger than it says", "bzImage for Arm by its EFI header", "zImage", "Image for Arm by its EFI header",
            "Image cut in its header", "ELF with too many notes"}


@pytest.fixture(scope="module")
def vmm_says(tmp_path_factory):
    """vmm_says(isa, kernel, memory): what the VMM's own reader makes of the bytes of an unpacked kernel."""
    path = tmp_path_factory.mktemp("kernels") / "kernel"

    def ask(isa, kernel, memory=64 << 20):
        path.write_bytes(kernel)
        base = {"riscv": 0x80000000, "x86_64": 0x100000}[isa]
        end = memory + (base if isa == "riscv" else 0)
        tool = arches.BY_NAME[isa].variant("debug") / "tests" / "host" / "vmm_kernel.tool"
        return subprocess.run([tool, path, hex(base), hex(end)], check=True, text=True, stdout=subprocess.PIPE, timeout=60).stdout

    return ask


@pytest.mark.parametrize("isa, name", cases(GOOD_KERNELS))
def test_vmm_starts_what_the_launcher_takes(vmm_says, isa, name):
    """With just the memory that the launcher asks for, and not with less."""
    kernel = images.decompress(GOOD_KERNELS[isa][name], PATH)
    _, need = check_kernel(isa, kernel)
    assert vmm_says(isa, kernel, need).startswith("end ")
    assert "does not fit" in vmm_says(isa, kernel, need - 1)


@pytest.mark.parametrize("isa, name", cases(BAD_KERNELS))
def test_vmm_starts_nothing_that_the_launcher_refuses(vmm_says, isa, name):
    data, _ = BAD_KERNELS[isa][name]
    known = data.startswith((b"\x7fELF", b"MZ"))
    assert not vmm_says(isa, data).startswith("end ") or name in STRICTER or not known


@pytest.mark.parametrize("name", BAD_INITRDS)
def test_bad_initrd(name):
    data, message = BAD_INITRDS[name]
    text = refusal(images.check_initrd, data, PATH)
    assert text.startswith("the-file: ") and message in text


def test_good_initrds():
    for data in (GOOD_CPIO, gzip.compress(GOOD_CPIO), gzip.compress(GOOD_CPIO) + GOOD_CPIO, b"\xfd7zXZ\0" + bytes(64)):
        images.check_initrd(data, PATH)


def test_no_prefix_of_a_kernel_is_taken():
    """However short a download broke off: never a crash of the checks, and a cut file is never taken for a whole one."""
    wholes = {"riscv": (made.elf(), made.image(), gzip.compress(made.image())), "x86_64": (made.pvh_elf(), made.bzimage())}
    for isa, whole in ((isa, whole) for isa in wholes for whole in wholes[isa]):
        for length in range(5, len(whole) - 1, 7):
            refusal(check_kernel, isa, whole[:length])


@pytest.mark.parametrize("make, message", [(lambda path: None, "no such file"), (lambda path: path.touch(), "the file is empty"),
                                           (lambda path: path.mkdir(), "Is a directory")])
def test_unreadable(tmp_path, make, message):
    path = tmp_path / "kernel"
    make(path)
    assert message in refusal(images.read, path)


@pytest.mark.parametrize("read", [images.read, disks.check, disks.read])
def test_what_is_no_regular_file_is_not_even_opened(read):
    """A pipe holds its bytes once only, and a device may have no end."""
    start, end = os.pipe()
    os.write(end, bytes(disks.SECTOR))
    os.close(end)
    assert refusal(read, Path(f"/dev/fd/{start}")).startswith(f"/dev/fd/{start}: is a pipe; right would be a regular file")
    assert os.read(start, 2 * disks.SECTOR) == bytes(disks.SECTOR)
    os.close(start)
    assert "/dev/null: is a character device" in refusal(read, Path("/dev/null"))


@pytest.mark.parametrize("read", [images.read, disks.read])
def test_file_larger_than_any_guest_takes_is_not_read(tmp_path, read):
    path = tmp_path / "file"
    with open(path, "wb") as file:
        file.truncate((1 << 30) + disks.SECTOR)
    assert refusal(read, path) == f"{path}: has 1025M, and 1024M are the most"


@pytest.mark.parametrize("text, size", [("192M", 192 << 20), ("1G", 1 << 30), ("2048k", 2 << 20), ("64MiB", 64 << 20)])
def test_memory_sizes(text, size):
    assert images.parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "192", "M", "1.5G", "-2M", "0M", "3M", "2T", "1K", "2M 2M"])
def test_bad_memory_sizes(text):
    with pytest.raises(ValueError, match="right would be|multiple of 2M"):
        images.parse_memory(text)


@pytest.mark.parametrize("isa, data", [("riscv", made.image(image_size=40 << 20)), ("x86_64", made.bzimage(init_size=24 << 20)),
                                       ("x86_64", made.pvh_elf(entry=0x2800000 - 256, place=0x2800000 - 256))])
def test_guest_must_fit_in_its_memory(tmp_path, isa, data):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(data)
    system.load_guest(arches.BY_NAME[isa], kernel, None, "", 64 << 20)
    assert "--memory 32M is too small" in refusal(system.load_guest, arches.BY_NAME[isa], kernel, None, "", 32 << 20)


def test_guest_has_no_more_memory_than_there_may_be(tmp_path):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(made.bzimage())
    system.load_guest(arches.X86_64, kernel, None, "", 3 << 30)
    assert "--memory 4096M is too much: an x86_64 guest has at most 3072M" in refusal(system.load_guest, arches.X86_64, kernel, None, "", 4 << 30)


def test_guest_must_fit_in_the_machine():
    assert system.machine_memory(None, 300 << 20) == 512 << 20
    assert system.machine_memory(None, 700 << 20) == 768 << 20
    assert "--machine-memory 256M is too small" in refusal(system.machine_memory, 256 << 20, 300 << 20)
    assert "give the guest less" in refusal(system.machine_memory, None, 1 << 50)


def test_a_small_file_with_more_in_it_than_any_guest_takes_is_refused(monkeypatch):
    """Before it is unpacked: that would take all of this computer's memory."""
    monkeypatch.setattr(images, "UNPACKED_MOST", images.MIB)
    assert len(images.decompress(gzip.compress(bytes(images.MIB)), PATH)) == images.MIB
    with pytest.raises(errors.LauncherError, match="more than 1M in it"):
        images.decompress(gzip.compress(bytes(images.MIB + 1)), PATH)
