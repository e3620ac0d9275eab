# SPDX-License-Identifier: BSD-2-Clause
"""Debian's stock kernel as a guest."""

import hashlib
import re
import time

import pytest
from harness.guest_shell import BOOT, PROMPT, at_prompt, run
from launcher import arches, cpio
from launcher import payload as payloads

GUEST_FAILED = 10
# The shell's words for SIGILL and SIGSEGV.
ILLEGAL = 128 + 4
FAULT = 128 + 11
# What the console's line in /proc/interrupts has in it.
CONSOLE_INTERRUPT = {"riscv": "ttyS0", "x86_64": "virtio0-input"}


@pytest.fixture
def linux(boot_guest, arch, payload):
    """linux(more="", guest=..., ...): a Debian guest at its prompt, with more on its command line; GUEST is another payload."""

    def start(more="", guest=payload, **options):
        machine = boot_guest(guest.kernel, guest.initrd, f"{arch.command_line} {more}".strip(), **{"timeout": 300, **options})
        return at_prompt(machine)

    return start


def aligned(archive):
    """An initramfs to which another can be appended: the kernel looks for the next at multiples of 4 bytes."""
    return archive + bytes(-len(archive) % 4)


def interrupt(machine):
    """Ctrl-C ends a program that runs. A child tells when: BusyBox's shell itself can miss the signal while it starts one."""
    machine.send("sh -c 'echo STA\"\"RT; exec sleep 1000'; echo E''ND\n")
    machine.expect(r"^START\n")
    machine.send("\x03")
    machine.expect(PROMPT, timeout=15)


@pytest.mark.parametrize("suite", [pytest.param(suite, marks=pytest.mark.arch(*(arch.name for arch in arches.ALL if suite in arch.suites)))
                                   for suite in sorted({suite for arch in arches.ALL for suite in arch.suites})])
def test_shell_works_and_poweroff_ends_the_machine_well(linux, arch, suite):
    """With the kernel of each release of Debian that is hosted."""
    machine = linux(guest=payloads.ensure(arch, suite))
    assert run(machine, "uname -sm") == f"Linux {arch.uname}\n"
    assert run(machine, "echo $((6 * 7))") == "42\n"
    assert run(machine, f"grep -c {CONSOLE_INTERRUPT[arch.name]} /proc/interrupts") == "1\n"
    machine.send("poweroff\n")
    assert machine.wait(60) == 0


def test_guest_works_without_the_fast_path(linux):
    machine = linux(kernel="bulkhead-nofast.elf")
    assert run(machine, "echo $((6 * 7))") == "42\n"
    machine.send("poweroff\n")
    assert machine.wait(60) == 0


def test_guest_finds_the_machine_that_its_description_gives(linux):
    machine = linux(guest_memory="192M", memory="512M")
    total = int(re.search(r"(\d+)", run(machine, "grep MemTotal /proc/meminfo"))[1]) >> 10
    assert 120 < total < 192
    assert run(machine, "grep -c '^processor' /proc/cpuinfo") == "1\n"
    assert "crng init done" in run(machine, "dmesg")


@pytest.mark.arch("riscv")
def test_guest_has_its_timer_without_asking(linux):
    assert "sstc" in run(linux(), "grep isa /proc/cpuinfo")


def test_much_output_arrives_whole(linux):
    machine = linux()
    lines = run(machine, "seq 1 2000", timeout=60).split()
    assert lines == [str(number) for number in range(1, 2001)]


def test_long_input_arrives_whole(linux):
    machine = linux()
    text = "".join(chr(ord("a") + i % 26) for i in range(600))
    assert run(machine, f"echo {text} | md5sum").split()[0] == hashlib.md5(f"{text}\n".encode()).hexdigest()


@pytest.mark.arch("x86_64")
def test_console_goes_on_while_its_interrupt_is_moved(linux):
    """For each new affinity Linux masks the vector, writes its table entry and unmasks it."""
    machine = linux()
    number, count = re.search(r"(\d+): +(\d+) .*virtio0-input", run(machine, "grep virtio0-input /proc/interrupts")).groups()
    moved = run(machine, f"for i in $(seq 200); do echo 1 >/proc/irq/{number}/smp_affinity && echo $i; done", timeout=60)
    assert moved.split() == [str(i) for i in range(1, 201)]
    text = "".join(chr(ord("a") + i % 26) for i in range(600))
    assert run(machine, f"echo {text} | md5sum").split()[0] == hashlib.md5(f"{text}\n".encode()).hexdigest()
    assert int(re.search(rf"{number}: +(\d+)", run(machine, "cat /proc/interrupts"))[1]) > int(count)


def test_time_passes_as_outside(linux):
    machine = linux()
    begun = time.monotonic()
    elapsed = int(run(machine, "a=$(cut -d. -f1 /proc/uptime); sleep 3; b=$(cut -d. -f1 /proc/uptime); echo $((b - a))"))
    assert 2 <= elapsed <= time.monotonic() - begun + 1


def test_control_c_reaches_the_guest(linux):
    machine = linux()
    interrupt(machine)
    assert run(machine, "echo alive") == "alive\n"


def test_reboot_comes_back(linux):
    machine = linux()
    run(machine, "touch /was-here")
    machine.send("reboot\n")
    machine.expect("bulkhead-guest: ready", timeout=BOOT)
    machine.expect(PROMPT)
    assert run(machine, "ls /was-here 2>&1 | grep -c 'No such file'") == "1\n"
    machine.send("poweroff\n")
    assert machine.wait(60) == 0


def test_panic_is_a_guest_failure_and_nobody_elses(linux):
    machine = linux()
    machine.send("echo c > /proc/sysrq-trigger\n")
    machine.expect("Kernel panic - not syncing: sysrq triggered crash", timeout=30)
    assert machine.wait(60) == GUEST_FAILED


def test_panic_that_hangs_leaves_the_control_task_running(linux):
    machine = linux("panic=0", config={"control.report": "2"})
    machine.send("echo c > /proc/sysrq-trigger\n")
    machine.expect("end Kernel panic", timeout=30)
    for _ in range(2):
        machine.expect("control: [0-9]+ periods", timeout=30)


@pytest.fixture
def virtio_console(boot_guest, arch, payload):
    """virtio_console(...): a guest at its prompt whose only console, but for the first lines, is the virtio one."""

    def start(**options):
        machine = boot_guest(payload.kernel, payload.initrd, arch.command_line.replace("console=ttyS0", "console=hvc0"),
                             **{"timeout": 300, **options})
        return at_prompt(machine)

    return start


@pytest.mark.arch("riscv")
def test_virtio_console_is_a_whole_console(virtio_console):
    machine = virtio_console()
    assert run(machine, "tty") == "/dev/hvc0\n"
    assert run(machine, "seq 1 2000", timeout=60).split() == [str(number) for number in range(1, 2001)]
    text = "".join(chr(ord("a") + i % 26) for i in range(600))
    assert run(machine, f"echo {text} | md5sum").split()[0] == hashlib.md5(f"{text}\n".encode()).hexdigest()
    interrupt(machine)
    machine.send("poweroff\n")
    assert machine.wait(60) == 0


@pytest.mark.arch("riscv")
def test_both_consoles_write_and_the_reboot_gives_the_input_back(virtio_console):
    machine = virtio_console()
    run(machine, "echo over the ser''ial line >/dev/ttyS0")
    assert "over the serial line" in machine.text
    machine.send("reboot\n")
    machine.expect("bulkhead-guest: ready", timeout=BOOT)
    machine.expect(PROMPT)
    assert run(machine, "echo alive") == "alive\n"


@pytest.mark.arch("riscv")
def test_flood_through_the_virtio_console_leaves_the_control_task_running(virtio_console):
    machine = virtio_console(config={"control.report": "2"})
    machine.send("yes flo''od\n")
    machine.expect("^flood\n", timeout=30)
    for _ in range(2):
        machine.expect("control: [0-9]+ periods", timeout=60)
        machine.expect("^flood\n", timeout=30)
    machine.send("\x03")
    machine.expect(PROMPT, timeout=60)


# What becomes of a program that executes one of the instructions of user/arch/ISA/instructions.S, by its letter; the last is none of them, but a system
# call that Linux does not know. Where there are two, machines differ.
OUTCOMES = {
    "riscv": {**dict.fromkeys("ab", {0, ILLEGAL}), **dict.fromkeys("defghijkl", {ILLEGAL}), **dict.fromkeys("cmn", {0})},
    "x86_64": {**dict.fromkeys("ab", {0}), **dict.fromkeys("fop", {ILLEGAL}), "g": {ILLEGAL, FAULT}, **dict.fromkeys("cdehijklmn", {FAULT}), "q": {0}},
}


def test_no_instruction_of_user_mode_hurts_more_than_its_process(boot_guest, arch, payload):
    """An unprivileged rdcycle has stopped whole hypervisors. Here each is allowed, or an exception of that process."""
    program = (arch.variant("debug") / "tests" / "guest" / "instructions.elf").read_bytes()
    extra = cpio.archive([cpio.Entry("instructions", program, 0o100755)])
    machine = boot_guest(payload.kernel, aligned(payload.initrd.read_bytes()) + extra, arch.command_line, timeout=300)
    machine.expect(PROMPT, timeout=BOOT)
    outcomes = OUTCOMES[arch.name]
    lines = run(machine, f"for i in {' '.join(outcomes)}; do /instructions $i 2>/dev/null; echo $i $?; done").splitlines()
    statuses = {line[0]: int(line[2:]) for line in lines if re.fullmatch(r"[a-z] \d+", line)}
    assert sorted(statuses) == sorted(outcomes)
    assert {letter: status for letter, status in statuses.items() if status not in outcomes[letter]} == {}
