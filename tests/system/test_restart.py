# SPDX-License-Identifier: BSD-2-Clause
"""Restarts by the thousand: who dies while it serves, who dies while it is served, guests that fail, and what is kept. (Programs that do nothing but die, VMMs
that do: test_jitter.py.) The critical task misses nothing meanwhile, and each restart leaves all untyped memory where it was: the monitor itself
requires that, and else ends the machine."""

import re

import pytest
from harness import made

MODE = "release"
SHIFT = 3         # instructions of 8 ns, as in test_jitter.py
LIMIT = 6000      # instructions from a deadline to the critical task's first own one
RESTARTS = 1000
RESULT = r"JITTER (\w+) periods (\d+) missed (\d+) worst (\d+) mean (\d+) limit (\d+)\n"
PROMPT = r"^> $"


@pytest.fixture
def run(boot, programs, note):
    """run(load, periods, ...): all that the system `restarts` with one load has said once the critical task, which was never late, has had its periods."""

    def run(load, periods, files=None, **options):
        config = {"load": load, "control.periods": periods, "control.limit": LIMIT << SHIFT}
        machine = boot("restarts", {**programs(MODE), **(files or {})}, config, mode=MODE, icount=True, icount_shift=SHIFT, timeout=300, **options)
        verdict, had, missed, worst, mean, _ = machine.expect(RESULT, timeout=300).groups()
        note(f"{load}: worst wake-up {int(worst) >> SHIFT} instructions late, mean {int(mean) >> SHIFT}, missed {missed}")
        assert (verdict, int(had), int(missed)) == ("ok", periods, 0)
        assert machine.wait() == 0
        return machine.text

    return run


def test_servers_and_callers_die_during_calls(run, arch):
    """No call is lost: half of those in which the server died are told to the caller, and half made again by l4_call_restartable."""
    text = run("calls", {"riscv": 25000, "x86_64": 15000}[arch.name])
    assert f"[asking] {RESTARTS} numbers came back doubled; of {RESTARTS // 2} deaths the program heard itself\n" in text
    assert f"[server] {RESTARTS} callers have died while they were served\n" in text


def riscv_instructions(*words):
    return b"".join(word.to_bytes(4, "little") for word in words)


SRST = 0x53525354
# Kernels that do nothing but fail: by the firmware's reset (a7: the extension, a6: 0, a0: shutdown, a1: a system failure), or by an exception that nobody
# is there for.
FAILING = {
    "riscv": made.elf(place=0x80000000, body=riscv_instructions(SRST & 0xfffff000 | 17 << 7 | 0x37, (SRST & 0xfff) << 20 | 17 << 15 | 17 << 7 | 0x13,
                                                                16 << 7 | 0x13, 10 << 7 | 0x13, 1 << 20 | 11 << 7 | 0x13, 0x73)),
    "x86_64": bytes.fromhex("0f0b"),
}


def test_a_guest_fails(run, arch):
    """Its VMM lives, and tells of it."""
    text = run("guest", {"riscv": 62000, "x86_64": 31000}[arch.name], {"guest.kernel": FAILING[arch.name]})
    assert re.search(r"\[monitor\] partition 'guest' is restarted \([1-9]\d{3,} of ", text)  # a line of the monitor's may be lost


def test_a_thousand_reboots(run, arch):
    """A guest's own, which are no failures."""
    kernel = arch.variant(MODE) / "tests" / "guest" / "testkernel.elf"
    text = run("reboot", {"riscv": 66000, "x86_64": 44000}[arch.name], {"rebooting.kernel": kernel, "rebooting.cmdline": b"mode=reboot"})
    assert text.count("guest 'rebooting' reboots") >= RESTARTS


def test_a_thousand_warm_restarts(run):
    """The programs themselves look at each word that they keep."""
    text = run("keep", 20000)
    for name in ("keeper", "paged-keeper"):
        assert text.count(f"[{name}] a cold start\n") == 1
        assert f"[{name}] start {RESTARTS + 1} since a cold one\n" in text


def test_as_much_as_there_may_be_is_kept(run):
    text = run("much", 3000)
    assert text.count("[hoarder] a cold start\n") == 1
    assert "[hoarder] start 20 since a cold one\n" in text


def started(machine, number):
    """Waits until the patient has told of its start, the first (a cold one) or a later one."""
    machine.expect(rf"^(\[patient\] )?start {number} since a cold one\n")


def test_only_faults_restart_warm(boot, programs):
    """Restarts that somebody asks for clear what was kept; so do a stop and a start."""
    machine = boot("restarts", programs(), {"load": "operator"})
    started(machine, 3)
    machine.send("\x1d2!")  # attached to the patient: what is typed makes it fault
    started(machine, 4)
    machine.send("!")
    started(machine, 5)
    machine.send("\x1dr")
    started(machine, 3)
    machine.send("\x1d3\r")
    machine.expect(PROMPT)
    for commands in (["restart patient"], ["stop patient", "start patient"], ["stop patient", "restart patient"]):
        for command in commands:
            machine.send(command + "\r")
        started(machine, 3)
    assert machine.text.count("a cold start\n") == 5
