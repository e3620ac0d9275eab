# SPDX-License-Identifier: BSD-2-Clause
"""Interrupts of which nothing is due, and those that come where they are easily lost."""

import time

import pytest
from harness import boot as booting
from harness import debugger, elf

STIP = 1 << 5

PLIC = 0x0c000000
PLIC_ENABLE = PLIC + 0x2080   # of the first hart's supervisor, lines 0 to 31
PLIC_CLAIM = PLIC + 0x201004
UART = 0x10000000
UART_LINE = 10

MESSAGES = 0xfee00000  # a write there is a message to the processor's local APIC
NMI = 4 << 8           # of a message, instead of a vector
FLAG_INTERRUPTS = 1 << 9
VECTOR_SIZE = 16       # bytes of an entry's code


@pytest.fixture
def alone(boot, programs, tmp_path):
    """alone(...): a machine with a shell and nobody beside it, and what gives its debugger."""

    def start(**options):
        path = tmp_path / "debugger"
        machine = boot("alone", programs(), debugger=path, **options)
        return machine, lambda: debugger.Debugger(path)

    return start


@pytest.fixture
def kernel(arch):
    """The ELF file of what boots in these tests."""
    return arch.variant("debug") / booting.default_kernel


def expect_shell(machine):
    """The console's interrupts are heard, and the clock's."""
    machine.send("spin 1\r")
    machine.expect("^done$")


@pytest.mark.arch("riscv")
def test_timer_interrupt_before_its_time(alone):
    """A timer that is set anew in the moment in which it expires may interrupt all the same, where firmware or an emulator serves it. Whoever
    computes then goes on. Done to the one timer that a debugger can do it to: the firmware's."""
    machine, stop = alone(cpu="rv64,sstc=false")
    machine.expect(r"^> $")
    machine.send("spin 3\r")
    machine.expect("spin 3\n")
    stopped = stop()
    mip = stopped.numbers()["mip"]
    pending = stopped.read(mip)
    assert not pending & STIP
    stopped.write(mip, pending | STIP)
    assert stopped.read(mip) & STIP
    stopped.close()
    machine.expect("^done$")


@pytest.mark.arch("riscv")
def test_line_claimed_at_boot(alone):
    """Whoever ran before may have claimed the console's line, and not completed it."""
    machine, stop = alone(is_held=True)
    held = stop()
    held.write_word(PLIC + 4 * UART_LINE, 1)
    held.write_word(PLIC_ENABLE, 1 << UART_LINE)
    held.write_bytes(UART + 1, b"\x02")  # it can take a byte
    assert held.read_word(PLIC_CLAIM) == UART_LINE
    held.write_bytes(UART + 1, b"\x00")
    held.close()
    machine.expect(r"^> $")
    expect_shell(machine)


@pytest.mark.arch("x86_64")
@pytest.mark.parametrize("computes", [False, True])
def test_messages_that_nobody_sends(alone, computes):
    """By any vector, and an NMI. The processor would take those from 16 on by exceptions' entries, without the error code that some expect."""
    machine, stop = alone()
    machine.expect(r"^> $")
    if computes:
        machine.send("spin 3\r")
        machine.expect("spin 3\n")
    for messages in [17], [18], [*range(16, 256), NMI]:
        stopped = stop()
        for message in messages:
            stopped.write_word(MESSAGES, message)
        stopped.close()
    if computes:
        machine.expect("^done$")
    expect_shell(machine)
    assert "[monitor]" not in machine.text


def is_requested(stopped):
    """An interrupt comes to the local APIC soon, though the processor stands still."""
    deadline = time.monotonic() + 3
    while "IRR\t (none)" in stopped.monitor("info lapic"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.arch("x86_64")
def test_nmi_before_the_processor_waits(alone, kernel):
    """Between STI and HLT it is the NMI's end that lets an interrupt in, before the processor waits: the interrupt must be dealt with all the same.

    On a busy host the processor also waits while the console has used up its time and not acknowledged its line: then it is tried again."""
    machine, stop = alone()
    machine.expect(r"^> $")
    for first, second in "ab", "cd", "ef", "gh", "ij":
        stopped = stop()
        machine.send(first)
        stopped.go_to(elf.address(kernel, "idle_halt"))
        machine.send(second)
        if is_requested(stopped):
            break
        stopped.close()
        machine.expect(second)
    stopped.write_word(MESSAGES, NMI)
    stopped.close()
    machine.expect(second)


@pytest.mark.arch("x86_64")
def test_interrupts_in_service_at_boot(alone, kernel):
    """Whoever ran before may have been in the middle of several interrupts."""
    machine, stop = alone(is_held=True)
    held = stop()
    held.go_to(elf.address(kernel, "apic_boot"))
    number = held.numbers()
    before = {name: held.read(number[name]) for name in ("rip", "rsp", "eflags")}
    for vector in (0x21, 0x31, 0x81):
        held.write_word(MESSAGES, vector)
        held.write(number["eflags"], before["eflags"] | FLAG_INTERRUPTS)
        held.go_to(elf.address(kernel, "vector_entries") + vector * VECTOR_SIZE)
        for name, value in before.items():
            held.write(number[name], value)
    held.close()
    machine.expect(r"^> $")
    expect_shell(machine)
