# SPDX-License-Identifier: BSD-2-Clause
"""The device tree that the VMM writes, as the device-tree compiler reads it."""

import re
import subprocess

import pytest

pytestmark = pytest.mark.arch("riscv")


@pytest.fixture(scope="module")
def source(arch):
    program = arch.variant("debug") / "tests" / "host" / "vmm_devicetree.tool"
    blob = subprocess.run([program], check=True, stdout=subprocess.PIPE, timeout=60).stdout
    result = subprocess.run(["dtc", "-I", "dtb", "-O", "dts"], check=True, input=blob, capture_output=True, timeout=60)
    assert not result.stderr, f"dtc warns: {result.stderr.decode()}"
    return result.stdout.decode()


@pytest.mark.parametrize("pattern", [
    r'bootargs = "console=ttyS0"',
    r'stdout-path = "/soc/serial@10000000"',
    r"linux,initrd-start = <0x00 0x8f000000>",
    r"linux,initrd-end = <0x00 0x8f123456>",
    r"rng-seed = <0x10203 ",
    r"memory@80000000 \{\s+device_type = \"memory\";\s+reg = <0x00 0x80000000 0x00 0x10000000>",
    r"timebase-frequency = <0x989680>",
    r'riscv,isa = "rv64imafdc_zicsr_zifencei_zbb_sstc"',
    r'mmu-type = "riscv,sv48"',
    r'plic@c000000 \{\s+compatible = "sifive,plic-1.0.0',
    r'serial@10000000 \{\s+compatible = "ns16550a"',
    r'pcie@30000000 \{\s+compatible = "pci-host-ecam-generic"',
    r"ranges = <0x2000000 0x00 0x40000000 0x00 0x40000000 0x00 0x10000000>",
    r"interrupt-map = <0x00 0x00 0x00 0x01 0x02 0x10 0x800 0x00 0x00 0x01 0x02 0x11 ",
])
def test_tree_says(source, pattern):
    assert re.search(pattern, source), source
