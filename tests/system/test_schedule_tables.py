# SPDX-License-Identifier: BSD-2-Clause
"""Described schedule tables (tests/systems/schedule.toml): partitions run in their windows, a restarted one too, and a program and the shell choose the table."""

import re

import pytest

from harness import compose

PROMPT = r"^> $"
LATE = 20  # us of instructions, between any two that tell when their windows began or ended


@pytest.fixture
def machine(boot, programs):
    """One whose clock counts instructions."""
    return boot("schedule", programs(), icount=True, timeout=200)


def stretch(machine, name):
    """(start, end) in us of the next stretch that a partition tells of."""
    match = machine.expect(rf"^\[{name}\] stretch \d+ from (\d+) to (\d+) us\n", timeout=90)
    return int(match[1]), int(match[2])


def ask(machine, command):
    """What the shell answers, without the lines of others."""
    machine.send(command + "\r")
    start = machine.expect(rf"{re.escape(command)}\n", timeout=60).end()
    end = machine.expect(PROMPT, timeout=90).start()
    return "".join(line for line in machine.text[start:end].splitlines(keepends=True) if not line.startswith("["))


def windows(schedule, name):
    """Phases in us."""
    return [((window.at + schedule.pad) / 1000, window.end / 1000) for window in schedule.windows_of(name)]


def place(schedule, name, origin, start, end):
    """The window of the partition that a stretch lies in, if the frame began at ORIGIN."""
    frame = schedule.frame / 1000
    phase = (start - origin) % frame
    return next((window for window in windows(schedule, name) if window[0] - LATE <= phase <= window[0] + LATE and phase + end - start <= window[1] + LATE), None)


def check_windows(machine, schedule, *names):
    """That partitions run in their windows of the table, one frame as the other."""
    start, _ = stretch(machine, "second")
    origin = start - windows(schedule, "second")[0][0]
    for name in names:
        start, end = stretch(machine, name)
        assert place(schedule, name, origin, start, end), f"{name} from {start} to {end}, with frames from {origin} on"
    return origin


def check_slack(machine, schedule, origin):
    """The slack domain has the highest priority of all, and nothing of the windows of one that never rests."""
    frame = schedule.frame / 1000
    for _ in range(10):
        start, end = stretch(machine, "filler")
        phase = (start - origin) % frame
        assert all(phase + end - start <= first + LATE or phase >= last - LATE for first, last in windows(schedule, "first")), (start, end, origin)


def time_text(time):
    return f"{time // 1_000_000}ms" if time % 1_000_000 == 0 else f"{time // 1000}us"


def check_sched(told, schedules, followed, partitions):
    """That the shell tells what the description says."""
    lines = [" ".join(line.split()) for line in told.splitlines()]
    for schedule in schedules:
        state = " is followed" if schedule is followed else ""
        at = lines.index(f"{schedule.name}{state}: frame {time_text(schedule.frame)}, pad {time_text(schedule.pad)}, slack: {schedule.slack or 'nobody'}")
        expected = [f"{time_text(window.at)} {time_text(window.length)} {window.partition}" for window in schedule.windows]
        assert lines[at + 1:at + 1 + len(expected)] == expected
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    for partition in partitions:
        time, share, used = rows[partition.name]
        assert time == time_text(followed.time_of(partition.name)) and share == f"{100 * followed.time_of(partition.name) / followed.frame:.1f}%"
        assert float(used) > 0 or partition.name not in ("first", "second", "filler", "monitor")
    frames, missed, latest = map(int, re.findall(r"(\d+) (?:frames have|windows were|us late)", told))
    assert frames > 10 and missed == 0 and latest <= LATE


WRONG = {
    "schedule": "schedule: 'shell' can choose normal, degraded\n",
    "schedule x": "schedule: 'shell' can choose normal, degraded\n",
    "sched x": "sched: 'x' is too much: it tells of all tables\n",
}


def check_what_is_wrong(machine):
    for command, answer in WRONG.items():
        assert ask(machine, command) == answer
    assert "not by this system" not in ask(machine, "help").split("sched ")[1]


def test_who_runs_when(machine, arch):
    system = compose.described(arch, "schedule", {})
    normal, degraded = system.schedules
    origin = check_windows(machine, normal, "first", "second", "first", "second")
    check_slack(machine, normal, origin)
    machine.expect(r"^\[first\] degraded is to be followed\n", timeout=90)
    check_sched(ask(machine, "sched"), system.schedules, degraded, system.partitions)
    check_windows(machine, degraded, "second", "second", "second")
    since = machine.position
    assert ask(machine, "schedule normal") == "'normal' is followed from the end of the frame on\n"
    assert "[first]" not in machine.text[since:machine.position]
    for name in ("first", "second", "first", "second"):
        stretch(machine, name)  # what was written late is of the table before
    origin = check_windows(machine, normal, "first", "second", "first")
    assert ask(machine, "restart first") == "'first' runs anew\n"
    machine.expect(r"^\[first\] stretch 4 ", timeout=90)
    for name in ("first", "second", "first"):
        assert place(normal, name, origin, *stretch(machine, name))
    assert ask(machine, "restart second") == "'second' runs anew\n"  # with its pager, which comes up in the monitor's windows
    machine.expect(r"^\[second\] stretch 4 ", timeout=90)
    machine.send("restart console\r")  # its interrupt stays confined to its windows, and is heard in them
    machine.expect(r"'console' runs anew\n", timeout=90)
    check_what_is_wrong(machine)


def test_a_guest_in_its_windows(boot, arch, programs):
    """It spins, and those beside it run when they should."""
    guest = {"guest.kernel": arch.variant("debug") / "tests" / "guest" / "testkernel.elf", "guest.cmdline": b"mode=spin"}
    machine = boot("schedule", {**programs(), **guest}, {"load": "guest"}, icount=True, timeout=200)
    machine.expect(r"\[guest\] test kernel: 6[34] MiB", timeout=90)
    normal = compose.described(arch, "schedule", {"load": "guest"}).schedules[0]
    check_windows(machine, normal, "first", "second", "first", "second")
