# SPDX-License-Identifier: BSD-2-Clause
"""Debian's stock kernel as a guest."""

import hashlib
import re

import pytest
from launcher import cpio, paths
from launcher import payload as payloads

GUEST_FAILED = 10
ILLEGAL = 128 + 4  # the shell's word for SIGILL
PROMPT = r"guest:\S*# "
BOOT = 120


@pytest.fixture
def linux(boot_guest, payload):
    """linux(more="", ...): a Debian guest at its prompt, with more on its command line."""

    def start(more="", **options):
        machine = boot_guest(payload.kernel, payload.initrd, f"{payloads.COMMAND_LINE} {more}".strip(), **{"timeout": 300, **options})
        machine.expect(PROMPT, timeout=BOOT)
        return machine

    return start


def aligned(archive):
    """An initramfs to which another can be appended: the kernel looks for the next at multiples of 4 bytes."""
    return archive + bytes(-len(archive) % 4)


def run(machine, command, timeout=30):
    """What COMMAND prints in the guest's shell. Markers tell its output from the echo of its typing."""
    machine.send(f"echo BEG''IN; {command}; echo E''ND\n")
    machine.expect(r"^BEGIN\n", timeout)
    start = machine.position
    end = machine.expect(r"^END\n", timeout)
    text = machine.text[start:end.start()]
    machine.expect(PROMPT, timeout)
    return text


def test_shell_works_and_poweroff_ends_the_machine_well(linux):
    machine = linux()
    assert run(machine, "uname -sm") == "Linux riscv64\n"
    assert run(machine, "echo $((6 * 7))") == "42\n"
    assert run(machine, "cat /proc/interrupts | grep -c ttyS0") == "1\n"
    machine.send("poweroff\n")
    assert machine.wait(60) == 0


def test_guest_finds_the_machine_that_its_description_gives(linux):
    machine = linux(guest_memory="192M", memory="512M")
    total = int(re.search(r"(\d+)", run(machine, "grep MemTotal /proc/meminfo"))[1]) >> 10
    assert 120 < total < 192
    assert run(machine, "grep -c '^processor' /proc/cpuinfo") == "1\n"
    assert "sstc" in run(machine, "grep isa /proc/cpuinfo")
    assert "crng init done" in run(machine, "dmesg")


def test_much_output_arrives_whole(linux):
    machine = linux()
    lines = run(machine, "seq 1 2000", timeout=60).split()
    assert lines == [str(number) for number in range(1, 2001)]


def test_long_input_arrives_whole(linux):
    machine = linux()
    text = "".join(chr(ord("a") + i % 26) for i in range(600))
    assert run(machine, f"echo {text} | md5sum").split()[0] == hashlib.md5(f"{text}\n".encode()).hexdigest()


def test_time_passes_as_outside(linux):
    machine = linux()
    elapsed = run(machine, "a=$(cut -d. -f1 /proc/uptime); sleep 3; b=$(cut -d. -f1 /proc/uptime); echo $((b - a))")
    assert int(elapsed) in (2, 3, 4)


def test_control_c_reaches_the_guest(linux):
    machine = linux()
    machine.send("echo STA''RT; sleep 1000; echo NOT''REACHED\n")
    machine.expect(r"^START\n")
    machine.send("\x03")
    machine.expect(PROMPT, timeout=15)
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


def test_no_instruction_of_user_mode_hurts_more_than_its_process(boot_guest, payload):
    """An unprivileged rdcycle has stopped whole hypervisors. Here each is allowed, or an illegal instruction of that process."""
    program = (paths.variant("debug") / "tests" / "guest" / "instructions.elf").read_bytes()
    extra = cpio.archive([cpio.Entry("instructions", program, 0o100755)])
    machine = boot_guest(payload.kernel, aligned(payload.initrd.read_bytes()) + extra, payloads.COMMAND_LINE, timeout=300)
    machine.expect(PROMPT, timeout=BOOT)
    statuses = dict(line.split() for line in run(machine, "for i in a b c d e f g h i j k l m n; do /instructions $i 2>/dev/null; echo $i $?; done").splitlines()
                    if re.fullmatch(r"[a-n] \d+", line))
    assert sorted(statuses) == list("abcdefghijklmn")
    assert {statuses[letter] for letter in "defghijkl"} == {str(ILLEGAL)}
    assert {statuses[letter] for letter in "ab"} <= {"0", str(ILLEGAL)}
    assert {statuses[letter] for letter in "cmn"} == {"0"}
