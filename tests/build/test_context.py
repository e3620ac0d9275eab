# SPDX-License-Identifier: BSD-2-Clause
"""What no emulator shows of the kernel's entries and exits is looked for in their code."""

import subprocess

import pytest


def code_of(arch, function):
    disassembler = arch.addr2line.replace("addr2line", "objdump")
    return subprocess.run([disassembler, "-d", "--no-show-raw-insn", f"--disassemble={function}", arch.variant("debug") / "bulkhead.elf"],
                          check=True, text=True, stdout=subprocess.PIPE).stdout


@pytest.mark.arch("riscv")
def test_a_full_return_breaks_reservations(arch):
    """QEMU forgets a reservation at every trap, a hart need not: one that was made before a preemption would hold for the thread that comes next."""
    code = code_of(arch, "resume_full")
    assert "sret" in code and "\tsc.d\t" in code
