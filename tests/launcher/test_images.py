# SPDX-License-Identifier: BSD-2-Clause
"""Guest files that cannot work are refused before anything starts, each by a message of its own."""

import gzip
from pathlib import Path

import pytest
from harness import made
from launcher import cpio, errors, images, system

PATH = Path("the-file")
GOOD_CPIO = cpio.archive([cpio.Entry("init", b"#!/bin/sh\n")])

GOOD_KERNELS = {
    "elf": made.elf(),
    "elf, position-independent": made.elf(kind=3),
    "image": made.image(),
    "image, gzip'd": gzip.compress(made.image()),
    "flat": b"\x6f\0\0\0" * 16,
}

BAD_KERNELS = {
    "ELF for x86": (made.elf(machine=made.X86_64), "x86_64"),
    "ELF for Arm": (made.elf(machine=made.AARCH64), "64-bit Arm"),
    "ELF for an unknown machine": (made.elf(machine=4711), "machine 4711"),
    "ELF of 32 bits": (made.elf(bits=1), "64-bit little-endian"),
    "ELF, big-endian": (made.elf(order=2), "64-bit little-endian"),
    "ELF, an object file": (made.elf(kind=1), "no executable"),
    "ELF with nothing to load": (made.elf(segment=4), "without anything to load"),
    "ELF cut in its header": (made.elf()[:40], "truncated"),
    "ELF cut in its program headers": (made.elf()[:100], "program headers lie beyond its end"),
    "ELF cut in its segment": (made.elf(cut=1), "a segment ends at byte 376, the file at 375"),
    "Image cut": (made.image(cut=1), "truncated Image: a section ends"),
    "Image cut in its section table": (made.image()[:90], "section table lies beyond its end"),
    "Image cut in its header": (made.image()[:40], "truncated Image"),
    "Image of no size": (made.image(image_size=0), "makes no sense"),
    "Image at an odd place": (made.image(text_offset=0x1234), "makes no sense"),
    "Image for Arm by its EFI header": (made.image(pe_machine=0xAA64), "64-bit Arm"),
    "Image for Arm by its own header": (made.image(magic=b"ARM\x64"), "Linux Image for 64-bit Arm"),
    "EFI program for x86": (made.image(magic=bytes(4), pe_machine=0x8664), "x86_64"),
    "EFI program for RISC-V": (made.image(magic=bytes(4)), "without a RISC-V Image header"),
    "EFI zboot": (b"MZ\0\0zimg" + bytes(64), "zboot"),
    "bzImage": (made.bzimage(), "bzImage for x86"),
    "gzip, cut": (gzip.compress(made.image())[:-20], "truncated or damaged"),
    "gzip, damaged": (gzip.compress(made.image())[:-8] + bytes(8), "truncated or damaged"),
    "gzip of an ELF for x86": (gzip.compress(made.elf(machine=made.X86_64)), "x86_64"),
    "xz": (b"\xfd7zXZ\0" + bytes(64), "an xz archive"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(64), "a zstd archive"),
    "cpio": (GOOD_CPIO, "a cpio archive"),
    "device tree": (b"\xd0\x0d\xfe\xed" + bytes(64), "a flattened device tree"),
    "U-Boot image": (b"\x27\x05\x19\x56" + bytes(64), "U-Boot image"),
    "script": (b"#!/bin/sh\n", "a script"),
    "text": (b"this is no kernel\n", "a text file"),
    "zeros": (bytes(4096), "nothing but zeros"),
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


def check_kernel(data):
    return images.check_kernel(images.decompress(data, PATH), PATH)


@pytest.mark.parametrize("name", GOOD_KERNELS)
def test_good_kernel(name):
    kind, size = check_kernel(GOOD_KERNELS[name])
    assert name.startswith(kind) and size > 0


@pytest.mark.parametrize("name", BAD_KERNELS)
def test_bad_kernel(name):
    data, message = BAD_KERNELS[name]
    text = refusal(check_kernel, data)
    assert text.startswith("the-file: ") and message in text


@pytest.mark.parametrize("name", BAD_INITRDS)
def test_bad_initrd(name):
    data, message = BAD_INITRDS[name]
    text = refusal(images.check_initrd, data, PATH)
    assert text.startswith("the-file: ") and message in text


def test_good_initrds():
    for data in (GOOD_CPIO, gzip.compress(GOOD_CPIO), b"\xfd7zXZ\0" + bytes(64)):
        images.check_initrd(data, PATH)


def test_no_prefix_of_a_kernel_is_taken():
    """However short a download broke off: never a crash of the checks, and a cut file is never taken for a whole one."""
    for whole in (made.elf(), made.image(), gzip.compress(made.image())):
        for length in range(5, len(whole) - 1, 7):
            refusal(check_kernel, whole[:length])


@pytest.mark.parametrize("make, message", [(lambda path: None, "no such file"), (lambda path: path.touch(), "the file is empty"),
                                           (lambda path: path.mkdir(), "Is a directory")])
def test_unreadable(tmp_path, make, message):
    path = tmp_path / "kernel"
    make(path)
    assert message in refusal(images.read, path)


@pytest.mark.parametrize("text, size", [("192M", 192 << 20), ("1G", 1 << 30), ("2048k", 2 << 20), ("64MiB", 64 << 20)])
def test_memory_sizes(text, size):
    assert images.parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "192", "M", "1.5G", "-2M", "0M", "3M", "2T", "1K", "2M 2M"])
def test_bad_memory_sizes(text):
    with pytest.raises(ValueError, match="right would be|multiple of 2M"):
        images.parse_memory(text)


def test_guest_must_fit_in_its_memory(tmp_path):
    kernel = tmp_path / "Image"
    kernel.write_bytes(made.image(image_size=40 << 20))
    system.load_guest(kernel, None, "", 64 << 20)
    assert "--memory 32M is too small" in refusal(system.load_guest, kernel, None, "", 32 << 20)


def test_guest_must_fit_in_the_machine():
    assert system.machine_memory(None, 256 << 20, 40 << 20) == 512 << 20
    assert system.machine_memory(None, 600 << 20, 40 << 20) == 768 << 20
    assert "--machine-memory 256M is too small" in refusal(system.machine_memory, 256 << 20, 256 << 20, 0)
    assert "give the guest less" in refusal(system.machine_memory, None, 1 << 50, 0)
