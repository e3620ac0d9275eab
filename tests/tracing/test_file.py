# SPDX-License-Identifier: BSD-2-Clause
"""From records to a file of the Trace Event Format and to figures, without a machine."""

import json
import random
import re
from types import SimpleNamespace

import pytest
from harness import traceformat

from composer import description
from tracing import causes, events, names, records, summary, timeline
from tracing.records import CALL, NOBODY, RESTART, TYPES, Record, Trace

CONTROL, GUEST, STRANGER = 0x80001, 0x80002, 0x80009
TABLE = 0x80005000
SYSTEM = SimpleNamespace(name="made", arch="riscv")


class Names:
    """Two partitions, of which one is a guest."""
    partitions = ["control", "guest"]

    @staticmethod
    def thread(number):
        known = {CONTROL: names.Thread("control", "main"), GUEST: names.Thread("guest", "vcpu 0", True)}
        return known.get(number) or names.Thread(names.GONE, f"thread {number:#x}")

    @staticmethod
    def domain(identity):
        return {7: "control", 8: "guest", NOBODY: "nobody"}[identity]

    @staticmethod
    def table(identity):
        return f"table {identity:#x}"

    @staticmethod
    def object(kind, identity):
        return f"the {kind} at {identity:#x}"

    @staticmethod
    def signal(identity, bits):
        return f"the notification at {identity:#x}"

    @staticmethod
    def line(number):
        return f"device {number}"


def syscall(time, thread, number, kind, label=0, of=0x1000):
    return Record("SYSCALL", time, thread, number & 0xff | TYPES.index(kind) << 8, (of, label << records.LABEL_SHIFT, 4))


def plain(kind, time, thread=0, detail=0, *words):
    return Record(kind, time, thread, detail, (*words, 0, 0, 0)[:3])


RECORDS = [
    plain("WINDOW", 90, 0, 1, 80, 7, TABLE),
    plain("RESULT", 95, STRANGER),
    plain("SWITCH", 100, CONTROL, 0, 7, 250),
    syscall(110, CONTROL, CALL, "timer", 2),
    plain("RESULT", 115, CONTROL, 0),
    syscall(120, CONTROL, 3, "notification"),
    plain("SWITCH", 125, GUEST, 0, 8, 50),
    plain("GUEST_ENTER", 130, GUEST),
    plain("GUEST_EXIT", 200, GUEST, 0, 10, 0x54494d45),
    plain("GUEST_ENTER", 240, GUEST),
    plain("WINDOW", 260, 0, 2, 260, NOBODY, TABLE),
    plain("GUEST_EXIT", 300, GUEST, 0, 1 << 63 | 5),
    plain("INTERRUPT", 300, GUEST, records.TIMER),
    plain("SIGNAL", 301, GUEST, 0, 0x1000, 1),
    plain("RESULT", 302, CONTROL, 0),
    plain("SWITCH", 305, CONTROL, 0, 7, 250),
    plain("FAULT", 306, CONTROL, 0, 0xdead, 0x40),
    plain("INTERRUPT", 308, CONTROL, 11),
    plain("VIRQ", 309, CONTROL, 10, 0x2000),
    plain("SWITCH", 310),
    plain("SIGNAL", 350, 0, 0, 0x1000, 2),
    plain("SWITCH", 400, STRANGER, 0, 0, 1),
    syscall(450, STRANGER, CALL, "cnode", 4),
    plain("RESULT", 460, STRANGER, RESTART),
    syscall(470, STRANGER, CALL, "cnode", 4),
    plain("RESULT", 480, STRANGER, 1),
    plain("WINDOW", 490, 0, 1, 480, 7, TABLE),
    syscall(500, STRANGER, records.YIELD, "null"),
]


def made(found=None, ticks=1_000_000):
    line = timeline.Timeline(Trace(ticks, 0, RECORDS if found is None else found), "riscv")
    return line, summary.Summary(line, Names), events.write(line, Names, SYSTEM, summary.Summary(line, Names).data())


def test_the_file_is_one_of_the_format():
    assert traceformat.check(made()[2]) == []


def test_tracks_and_what_is_on_them():
    assert traceformat.tracks(made()[2]) == {
        ("processor 0", "who runs"): {"control: main", "guest: vcpu 0", "not described: thread 0x80009"},
        ("processor 0", "windows"): {"1: control", "2: nobody"},
        ("processor 0", "interrupts"): {"timer", "line 11: device 11", "signal the notification at 0x1000"},
        ("control", "main"): {"timer_arm", "recv notification", "fault: page", "raise the virq at 0x2000"},
        ("guest", "vcpu 0"): {"guest mode", "hypercall TIME", "interrupt: timer", "signal the notification at 0x1000"},
        ("not described", "thread 0x80009"): {"cnode_delete", "yield"},
    }


def test_figures():
    _, figures, text = made()
    assert figures.time == {"control": 30, "guest": 180, "not described": 100, summary.IDLE: 90}
    assert sum(figures.time.values()) == figures.length == 400
    assert figures.guest_time == {"guest": 130}
    assert {key: (exits.count, exits.ticks) for key, exits in figures.exits.items()} == {("guest", "hypercall TIME"): (1, 40), ("guest", "interrupt: timer"): (1, 200)}
    assert figures.calls[("cnode_delete", "the cnode at 0x1000")] == 2 and figures.failed[("cnode_delete", "the cnode at 0x1000")] == 1
    assert figures.calls[("recv notification", "the notification at 0x1000")] == 1
    assert figures.interrupts == {0: 1, 11: 1} and figures.faults == {("control", "PAGE"): 1}
    assert [row[1:] for row in figures.window_rows()] == [(1, "control", 1, 10, 10, 10), (2, "nobody", 1, 0, 0, 0)]
    data = json.loads(text)["bulkhead"]
    assert [(window["window"], window["planned"], window["start"]) for window in data["windows"]] == [(2, 170, 170), (1, 390, 400)]
    assert data["time"]["guest"] == 180 and data["microseconds"] == 400
    said = figures.text()
    assert "guest: hypercall TIME" in said and "line 11: device 11" in said and "table 0x80005000, window 1: control" in said


def test_what_was_lost_is_told():
    line = timeline.Timeline(Trace(1_000_000, 77, RECORDS), "riscv")
    assert "77 records before them are lost" in summary.Summary(line, Names).text()


@pytest.mark.parametrize("seed", range(20))
def test_any_records_make_a_good_file(seed):
    """Whatever comes in whatever order, such as what a ring has kept of a longer trace."""
    dice, time, found = random.Random(seed), 1000, []
    for _ in range(400):
        time += dice.choice([0, 0, 1, 17])
        kind = dice.choice(records.KINDS)
        thread = dice.choice([CONTROL, GUEST, STRANGER]) if kind != "SWITCH" else dice.choice([0, CONTROL, GUEST])
        detail = dice.choice([0, 1, 7, 0xffff]) if kind != "SYSCALL" else dice.choice([CALL, 3, 5]) & 0xff | dice.randrange(len(TYPES)) << 8
        words = (time - dice.choice([0, 5]), dice.choice([7, 8]), dice.choice([TABLE, 0])) if kind == "WINDOW" else (dice.getrandbits(64), dice.getrandbits(12), 0)
        found.append(Record(kind, time, thread, detail, words))
    found.append(plain("SWITCH", time, CONTROL))
    _, figures, text = made(found)
    assert traceformat.check(text) == []
    assert sum(figures.time.values()) == figures.length
    assert figures.text()


@pytest.mark.parametrize("change, problem", [
    (lambda found: found.pop(next(at for at, event in enumerate(found) if event["ph"] == "E")), "do not end|has not begun last"),
    (lambda found: found[-1].pop("ts"), "ts is missing"),
    (lambda found: found[-1].update(ts=0), "the time goes back"),
    (lambda found: found[-1].update(ph="Q"), "is unknown"),
    (lambda found: found[-1].update(tid=99), "has no name"),
    (lambda found: found[0]["args"].update(name=""), "names nothing"),
])
def test_the_check_finds_what_is_wrong(change, problem):
    whole = json.loads(made()[2])
    change(whole["traceEvents"])
    if "ts is missing" in problem or "unknown" in problem:
        assert any(re.search(problem, told) for told in traceformat.check_keys(whole["traceEvents"]))
    else:
        assert any(re.search(problem, told) for told in traceformat.check(json.dumps(whole)))


def test_causes_have_names():
    assert causes.riscv(23, 0) == "store to no memory" and causes.riscv(10, 0x0a424c4b) == "hypercall Bulkhead"
    assert causes.riscv(1 << 63 | 9, 0) == "interrupt: device" and causes.riscv(99, 0) == "exception 99"
    assert causes.x86_64(0x7b, 0x3f8 << 16) == "OUT port 0x3f8" and causes.x86_64(0x7b, 0xcfc << 16 | 1) == "IN port 0xcfc"
    assert causes.x86_64(0x7c, 1) == "WRMSR" and causes.x86_64(0x81, 2) == "hypercall slot 2" and causes.x86_64(0x999, 0) == "exit 0x999"


def test_signals_of_ports_have_their_names(tmp_path):
    """By the bit and by whose notification it is; what is no port's is the notification's."""
    path = tmp_path / "ports.toml"
    partitions = "".join(f'[partition.{name}]\npriority = 9\n' for name in ("a", "b"))
    path.write_text(partitions + "".join(f'[[channel]]\nname = "{name}"\nkind = "queuing"\nsize = 8\ndepth = 2\nfrom = "a"\nto = "b"\n' for name in ("up", "down")),
                    encoding="utf-8")
    system = description.load(path, "riscv")
    bits = {channel.name: (channel.badge, channel.back_badge) for channel in system.channels}
    found = names.Names.__new__(names.Names)
    found.system, found.partitions = system, ["a", "b"]
    found.known = SimpleNamespace(names={("notification", 1): ("notification", "a"), ("notification", 2): ("notification", "b")},
                                  memory=SimpleNamespace(owner=lambda identity: None))
    assert found.signal(2, bits["up"][0]) == "port 'up'"
    assert found.signal(1, bits["down"][1]) == "port 'down'"
    assert found.signal(2, bits["up"][0] | bits["down"][0]) == "port 'up', 'down'"
    assert found.signal(2, 1 << 60) == "the notification of 'b'"
    assert found.signal(3, bits["up"][0]) == "a notification"
