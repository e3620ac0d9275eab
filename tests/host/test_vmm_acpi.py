# SPDX-License-Identifier: BSD-2-Clause
"""The ACPI tables that the VMM writes for x86_64 guests, as ACPICA's compiler reads them."""

import re
import struct
import subprocess

import pytest

pytestmark = pytest.mark.arch("x86_64")
BASE = 0xe0000


@pytest.fixture(scope="module")
def blob(arch):
    program = arch.variant("debug") / "tests" / "host" / "vmm_acpi.tool"
    return subprocess.run([program, hex(BASE)], check=True, stdout=subprocess.PIPE, timeout=60).stdout


def table(blob, address):
    length, = struct.unpack_from("<I", blob, address - BASE + 4)
    data = blob[address - BASE:address - BASE + length]
    assert len(data) == length and sum(data) % 256 == 0
    return data


@pytest.fixture(scope="module")
def tables(blob):
    """The tables by their signatures, found as an operating system finds them."""
    assert blob[:8] == b"RSD PTR " and sum(blob[:20]) % 256 == 0 and sum(blob[:36]) % 256 == 0
    xsdt = table(blob, struct.unpack_from("<Q", blob, 24)[0])
    found = {"XSDT": xsdt}
    for address in struct.unpack(f"<{(len(xsdt) - 36) // 8}Q", xsdt[36:]):
        data = table(blob, address)
        found[data[:4].decode()] = data
    found["DSDT"] = table(blob, struct.unpack_from("<Q", found["FACP"], 140)[0])
    return found


def disassemble(folder, name, data):
    (folder / f"{name}.aml").write_bytes(data)
    subprocess.run(["iasl", "-d", f"{name}.aml"], cwd=folder, check=True, capture_output=True, timeout=60)
    return (folder / f"{name}.dsl").read_text()


@pytest.fixture(scope="module")
def source(tables, tmp_path_factory):
    """The DSDT in ASL, which must also go through the compiler without complaint, back to the same code."""
    folder = tmp_path_factory.mktemp("dsdt")
    text = disassemble(folder, "dsdt", tables["DSDT"])
    result = subprocess.run(["iasl", "-p", "again", "dsdt.dsl"], cwd=folder, check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and "0 Errors, 0 Warnings" in result.stdout, result.stdout + result.stderr
    assert (folder / "again.aml").read_bytes()[36:] == tables["DSDT"][36:]
    return text


@pytest.mark.parametrize("pattern", [
    r"Name \(_S5, Package \(0x02\)",
    r"Device \(PCI0\)\s+\{\s+Name \(_HID, EisaId \(\"PNP0A03\"\)",
    r"WordBusNumber \(ResourceProducer, MinFixed, MaxFixed, PosDecode,\s+0x0000,[^,]*\s+0x0000,[^,]*\s+0x0000,",
    r"0x0CF8,\s+// Range Minimum\s+0x0CF8,\s+// Range Maximum\s+0x01,\s+// Alignment\s+0x08,",
    r"WordIO \(ResourceProducer.*\s+0x0000,.*\s+0xC000,.*\s+0xCFFF,",
    r"DWordMemory \(ResourceProducer.*ReadWrite,\s+0x00000000,.*\s+0xC0000000,.*\s+0xCFFFFFFF,",
    r"Device \(COM1\)\s+\{\s+Name \(_HID, EisaId \(\"PNP0501\"\)",
])
def test_dsdt_says(source, pattern):
    assert re.search(pattern, source), source


@pytest.mark.parametrize("name, pattern", [
    ("FACP", r"Hardware Reduced \(V5\) : 1"),
    ("FACP", r"Reset Register Supported \(V2\) : 1"),
    ("FACP", r"Legacy Devices Supported \(V2\) : 0"),
    ("FACP", r"8042 Present on ports 60/64 \(V2\) : 0"),
    ("FACP", r"CMOS RTC Not Present \(V5\) : 1"),
    ("FACP", r"Sleep Control Register : .*\s+.*: 01 \[SystemIO\]\s(.*\n)*?.*Address : 0000000000000600"),
    ("APIC", r"Subtable Type : 00 \[Processor Local APIC\]\s(.*\n)*?.*Processor Enabled : 1"),
])
def test_table_says(tables, tmp_path, name, pattern):
    text = disassemble(tmp_path, name.lower(), tables[name])
    assert re.search(pattern, text), text
