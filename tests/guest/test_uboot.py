# SPDX-License-Identifier: BSD-2-Clause
"""U-Boot's build for supervisor mode (Debian's package u-boot-qemu) as a guest: firmware's client, ELF loader and polled UART at once."""

from pathlib import Path

import pytest

UBOOT = Path("/usr/lib/u-boot/qemu-riscv64_smode")
PROMPT = r"^=> "

pytestmark = [pytest.mark.arch("riscv"), pytest.mark.skipif(not UBOOT.is_dir(), reason="needs Debian's package u-boot-qemu")]


@pytest.fixture(params=["uboot.elf", "u-boot.bin"])
def uboot(request, boot_guest):
    """U-Boot at its prompt: as an ELF file, and as a flat binary."""
    machine = boot_guest(UBOOT / request.param, timeout=120)
    machine.expect("U-Boot 20")
    machine.expect("Hit any key to stop autoboot", timeout=60)
    machine.send("\n")
    machine.expect(PROMPT)
    return machine


def test_commands(uboot):
    uboot.send("echo $arch-$board\n")
    uboot.expect("^riscv-qemu-riscv$")
    uboot.expect(PROMPT)
    uboot.send("sbi\n")
    uboot.expect("SBI 2.0")
    uboot.expect(PROMPT)


def test_poweroff(uboot):
    uboot.send("poweroff\n")
    assert uboot.wait(30) == 0


def test_reset_comes_back(uboot):
    uboot.send("reset\n")
    uboot.expect("U-Boot 20", timeout=30)
