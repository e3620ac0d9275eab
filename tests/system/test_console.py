# SPDX-License-Identifier: BSD-2-Clause
"""The console: prefixes, the attach key, clients that flood or break their rings."""

import pytest

PROMPT = r"^> $"


@pytest.fixture
def start(boot, programs):
    """start(config, ...): the servers' test system, at the playground's prompt."""

    def run(config=None, **options):
        machine = boot("servers-test", programs(), config, **options)
        machine.expect(PROMPT)
        return machine

    return run


def test_attached_client_has_no_prefix_and_others_have(start):
    machine = start({"control.report": 1})
    assert machine.text.count("demo: a playground") == 1
    assert "[demo]" not in machine.text
    machine.expect(r"^\[control\] control: \d+ periods", timeout=60)


def test_attach_key_switches_and_tells(start):
    machine = start({"load": "other"})
    machine.position = 0  # either may be the first
    machine.expect(r"^\[other\] other: a playground")
    machine.send("\x1d?")
    machine.expect(r"Ctrl-\] and then")
    number = machine.expect(r"^  (\d)  other$")[1]
    machine.send(f"\x1d{number}")
    machine.expect("attached to other")
    machine.send("\rcount\r")
    machine.expect(r"^the counter is 42\n")
    machine.send("\x1dn")
    machine.expect("attached to nobody")
    machine.send("lost\r")
    machine.send("\x1d2\rcount\r")
    machine.expect(r"^the counter is 42\n")


def test_log_can_be_hidden(start):
    machine = start({"control.report": 1})
    machine.expect(r"^\[control\]", timeout=60)
    machine.send("\x1dl")
    machine.expect("other partitions' lines are hidden")
    machine.send("spin 3\r")
    machine.expect("^done", timeout=60)
    assert "[control]" not in machine.text[machine.position - 200:machine.position].split("hidden")[-1]


def test_flood_does_not_starve_another_client(start):
    """While one client writes without end, the other one's commands are answered, and the flood goes on."""
    machine = start({"load": "console"})
    for _ in range(20):
        machine.send("count\r")
        machine.expect(r"^the counter is \d+$", timeout=20)
        machine.expect(r"^\[flooder\] flood \d+", timeout=20)


def test_flood_is_not_torn(start):
    """Every line of the flood is whole and in order, whatever other clients do: back pressure loses nothing."""
    machine = start({"load": "console"})
    for _ in range(10):
        machine.send("memory\r")
        machine.expect("pages in use\n")
    machine.expect(r"flood 2000:", timeout=60)
    lines = [line for line in machine.text.splitlines() if line.startswith("[flooder]")][:-1]
    assert lines == [f"[flooder] flood {number}: the quick brown fox jumps over the lazy dog" for number in range(len(lines))]
    assert len(lines) >= 2000


def test_broken_ring_silences_its_client_only(start):
    machine = start({"control.report": 1})
    machine.send("jam\r")
    machine.expect(r"\[demo\] \(broke its console channel")
    machine.expect(r"^\[control\] control: \d+ periods", timeout=60)
    machine.send("\x1dr")
    machine.expect("demo: a playground")
    machine.send("count\r")
    machine.expect(r"^the counter is 42\n")


def test_long_line_is_cut_and_input_survives(start):
    machine = start()
    machine.send("x" * 300 + "\r")
    machine.expect("what")
    machine.send("count\r")
    machine.expect("the counter is 42\n")


def test_input_for_a_client_that_does_not_read_is_held_then_lost(start):
    """The attach key works whatever the client does."""
    machine = start()
    machine.send("spin 5\r" + "x" * 6000)
    machine.send("\x1dn")
    machine.expect("attached to nobody", timeout=60)


def test_no_control_characters_without_a_terminal(start):
    machine = start({"load": "console"})
    machine.expect(r"flood 100:")
    allowed = {"\n", "\r", "\t"}
    own = machine.text[machine.text.index("demo: a playground"):]
    assert not {c for c in own if ord(c) < 32} - allowed


def test_terminal_gets_its_line_back(start):
    """Where a person sits, a message of another partition does not swallow what was typed."""
    machine = start({"control.report": 1, "console.tty": 1})
    machine.send("half a comm")
    machine.expect(r"^> half a comm\n\[control\] control: [^\n]*\n> half a comm$", timeout=60)


def test_operator_ends_the_machine(start):
    machine = start()
    machine.send("\x1dq")
    machine.expect("the operator ends the machine")
    assert machine.wait(30) == 0


def test_operator_who_is_not_heard_is_told(start):
    """The console, too, pays for what the monitor does at its request, and asks for nothing while it does."""
    machine = start()
    machine.send("\x1dr" * 60 + "\x1dq")
    while "refused" in machine.expect(r"\[console\] refused|the operator ends the machine")[0]:
        machine.send("\x1dq")
    assert machine.wait() == 0
