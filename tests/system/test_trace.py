# SPDX-License-Identifier: BSD-2-Clause
"""`./bulkhead trace`: one trace of a system with a guest, of which all that must hold is looked at."""

import json
from dataclasses import replace

import pytest
from harness import boot as booting
from harness import logs, traceformat

from composer import check_memory, report_trace
from launcher import paths, system, trace, verify
from tracing import summary

pytestmark = pytest.mark.xdist_group("trace")  # a trace serves many tests

MODE = "release"  # as the launcher traces
MILLISECONDS = 100
OVERRUN_MILLISECONDS = 3 * MILLISECONDS
RING = 12 * 4096 // 40  # records, of tests/variants/ring_small.c
LATE = 20  # us of instructions


def make_trace(arch, name, after, milliseconds=MILLISECONDS, kernel="bulkhead-trace.elf"):
    """A trace of a system under icount, and the log of its boot."""
    made = trace.described(arch, name, milliseconds=milliseconds, after=after)
    subject = trace.make_subject(arch, MODE, made, system.load_guests(arch, made), kernel)
    folder = logs.LOGS / f"trace-{made.name}-{kernel.removesuffix('.elf')}-{arch.name}"
    memory = system.memory_for(made.memory, check_memory.needed(made, len(subject.bundle))) + trace.MORE_MEMORY
    machine = replace(verify.make_machine(arch, subject, folder / "boot-1.cpio", memory), icount=True)
    with open(folder / "boot-1.log", "wb") as log:
        found = trace.watch(machine.command(interactive=False), 200 * booting.PATIENCE, log)
    (folder / "boot-1.cpio").unlink()
    return trace.named(subject, found)


@pytest.fixture(scope="session")
def traced(arch):
    """Of the cockpit, whose guest is starting."""
    return make_trace(arch, "cockpit", after=1000)


@pytest.fixture(scope="session")
def scheduled(arch):
    """Of partitions that follow a table."""
    return make_trace(arch, str(paths.TOP / "tests" / "systems" / "schedule.toml"), after=300)


@pytest.fixture(scope="session")
def overrun(arch):
    """Of the same, for longer, by a kernel whose ring holds less than that."""
    return make_trace(arch, str(paths.TOP / "tests" / "systems" / "schedule.toml"), 50, OVERRUN_MILLISECONDS, "bulkhead-tracesmall.elf")


def test_the_file_is_one_of_the_format(traced):
    assert traceformat.check(traced.file()) == []


def test_time_adds_up(traced):
    """To the tick, and to what was asked for. The control task has a window in each millisecond."""
    figures = traced.summary
    length = traced.trace.microseconds(figures.length)
    assert sum(figures.time.values()) == figures.length
    assert MILLISECONDS * 1000 <= length < MILLISECONDS * 1000 + 1000
    assert traced.trace.lost == 0
    assert MILLISECONDS - 2 <= figures.calls["timer_arm", "the timer of 'control'"] <= MILLISECONDS + 2
    assert figures.guest_time["dashboard"] > figures.length / 10


def test_everybody_has_a_name(traced):
    """But the threads of a sensor that has come back meanwhile."""
    assert set(traced.summary.time) <= {"monitor", "console", "control", "logger", "sensor", "dashboard", "cabin", "tracer", "not described", summary.IDLE}
    tracks = traceformat.tracks(traced.file())
    assert {"processor 0", "monitor", "console", "control", "logger", "sensor", "dashboard", "cabin", "tracer"} <= {event["args"]["name"] for event in named(traced)}
    assert {"timer_arm", "recv notification"} <= tracks["control", "main"]
    assert {"control: main", "dashboard: vcpu 0"} <= tracks["processor 0", "who runs"]
    assert "timer" in tracks["processor 0", "interrupts"]
    assert "reply_recv endpoint" in set().union(*(names for (process, thread), names in tracks.items() if process == "dashboard" and thread != "vcpu 0"))


def named(traced):
    return [event for event in json.loads(traced.file())["traceEvents"] if event["ph"] == "M"]


CAUSES = {"riscv": {"interrupt: timer", "store to no memory", "load from no memory"}, "x86_64": {"interrupt", "OUT port 0x3f8", "IN port 0x3fd"}}


def test_exits_have_causes(traced, arch):
    """A guest that starts writes to its serial line. Each exit of a guest is followed by an entry, but the last."""
    exits = {cause: exits for (partition, cause), exits in traced.summary.exits.items() if partition == "dashboard"}
    assert CAUSES[arch.name] <= set(exits)
    entries = sum(record.kind == "GUEST_ENTER" for record in traced.trace.records)
    assert abs(sum(one.count for one in traced.summary.exits.values()) - entries) <= 2
    assert {"guest mode", *CAUSES[arch.name]} <= traceformat.tracks(traced.file())["dashboard", "vcpu 0"]


def test_records_are_in_order(traced):
    """Between two switches only the thread that runs makes calls, and time never goes back."""
    running, before = None, 0
    for record in traced.trace.records:
        assert record.time >= before
        before = record.time
        if record.kind == "SWITCH":
            running = record.thread
        elif record.kind in ("SYSCALL", "GUEST_ENTER", "GUEST_EXIT", "FAULT") and running is not None:
            assert record.thread == running, record


def test_the_text_has_all_tables(traced):
    said = traced.summary.text()
    for head in ("time by partition", "exits of guests by cause", "system calls", "interrupts", "signals"):
        assert f"\n{head}" in said


def check_windows(found):
    """One after the other, each as long after the first as is described, within some hundred instructions: the whole ones."""
    schedule = found.system.schedules[0]
    line, trace_of, names = found.timeline, found.trace, found.names
    windows = [window for window in line.windows if window.whole]
    numbers = [window.number for window in windows]
    count = max(numbers) + 1
    assert numbers == [(numbers[0] + index) % count for index in range(len(numbers))]
    described = {window.at + schedule.pad: window.partition for window in schedule.windows}
    first = next(window.planned for window in windows if window.number == 0)
    for window in windows:
        phase = round(trace_of.microseconds(window.planned - first)) % (schedule.frame // 1000) * 1000 + schedule.pad
        assert names.domain(window.domain) == described.get(phase, "nobody")
        assert 0 <= trace_of.microseconds(window.late) < LATE
    assert {names.domain(window.domain) for window in windows} == {*described.values(), "nobody"}
    return len(windows) // count


def test_windows_begin_when_the_table_says(scheduled):
    assert check_windows(scheduled) >= 9


def test_who_has_a_window_runs_in_it_alone(scheduled):
    line, names, slack = scheduled.timeline, scheduled.names, scheduled.system.schedules[0].slack
    for run in line.running:
        who = names.thread(run.thread).partition if run.thread else slack
        window = next((window for window in line.windows if window.start <= run.start < window.end), None)
        assert who == slack or (window and names.domain(window.domain) == who and run.end <= window.end), (who, run)


def test_the_report_shows_windows(scheduled):
    whole = report_trace.read("t.json", scheduled.file(), scheduled.system)
    page = report_trace.make(scheduled.system, whole)
    assert 'class="planned"' in page and "schedule table &#x27;normal&#x27;" in page
    assert len(whole["windows"]) == sum(window.whole for window in scheduled.timeline.windows)


def test_the_file_with_windows_is_one_of_the_format(scheduled):
    text = scheduled.file()
    assert traceformat.check(text) == []
    assert {"0: first", "1: second", "4: nobody"} <= traceformat.tracks(text)["processor 0", "windows"]


def test_a_ring_that_is_full_keeps_the_newest(scheduled, overrun):
    """And who reads is told how many are gone. The windows of the rest are the table's, and time adds up."""
    kept, lost, expected = overrun.trace.records, overrun.trace.lost, OVERRUN_MILLISECONDS / MILLISECONDS * len(scheduled.trace.records)
    assert lost > 0 and len(kept) == RING
    assert 0.8 < (len(kept) + lost) / expected < 1.2
    assert f"the ring was full: {lost} records before them are lost" in overrun.summary.text()
    assert all(before.time <= after.time for before, after in zip(kept, kept[1:]))
    assert sum(overrun.summary.time.values()) == overrun.summary.length
    frame = overrun.system.schedules[0].frame // 1000
    assert OVERRUN_MILLISECONDS * 1000 - 2 * frame > overrun.trace.microseconds(overrun.summary.length) > frame
    assert check_windows(overrun) >= 1
    assert traceformat.check(overrun.file()) == []
    assert f"{lost} records before that are lost" in report_trace.make(overrun.system, report_trace.read("t.json", overrun.file(), overrun.system))


def test_a_kernel_that_does_not_trace_has_nothing_to_give(boot, programs):
    machine = boot("channels", programs(), {"load": "trace"})
    machine.expect("tracer: this kernel traces nothing")
