# SPDX-License-Identifier: BSD-2-Clause
"""Sampling and queuing ports (tests/systems/ports.toml) between programs of which one crashes, one is slow and one writes wherever it can."""

import re

import pytest

from composer import description, explain
from launcher import paths

SYSTEM = "ports"
LINE = (r"^(\d+) rounds: level (\d+) valid, (\d+) stale; orders (\d+), (\d+) refused; letters (\d+), (\d+) odd\n")


def rounds_until(machine, enough):
    """The numbers of the judge's first line that are ENOUGH; each of its lines says that nothing was wrong so far."""
    for _ in range(200):
        numbers = [int(number) for number in machine.expect(LINE, timeout=60).groups()]
        if enough(*numbers):
            return numbers
    raise AssertionError(f"after {numbers[0]} rounds it was never so")


def check_shell(machine):
    """The command `ports`, while all that goes on. It may not be asked about the vandal, so the vandal's ports stand with the judge's."""
    machine.send("\x1d5")
    machine.expect("attached to shell")
    machine.send("ports\r")
    found = {}
    for _ in range(7):
        name, *rest = machine.expect(r"^(\w+) +(sampling|queuing) +(\S+) +(\w+) +(\w+) +(\w+) +(\S+) +(\d+) +(\S+) +(\d+) +(\S+)\n").groups()
        found[name] = rest
    ends = {name: row[:6] for name, row in found.items()}
    assert ends == {"level": ["sampling", "-", "gauge", "judge", "40", "-"], "events": ["queuing", "oldest", "gauge", "sloth", "40", "4"],
                    "orders": ["queuing", "refuse", "judge", "sloth", "40", "6"], "noise": ["sampling", "-", "vandal", "judge", "100", "-"],
                    "letters": ["queuing", "refuse", "vandal", "judge", "500", "10"], "spam": ["queuing", "oldest", "vandal", "judge", "1K", "3"],
                    "feed": ["queuing", "refuse", "judge", "vandal", "40", "4"]}
    assert int(found["level"][6]) > 200 and found["level"][7] == "-" and re.fullmatch(r"\d+\.\d{6}", found["level"][9])
    assert int(found["orders"][6]) > 20 and int(found["orders"][7]) <= 6 and int(found["orders"][8]) > 20
    assert int(found["events"][8]) > 0
    machine.send("ports sloth\r")
    assert {machine.expect(r"^(\w+) +queuing ").group(1) for _ in range(2)} == {"events", "orders"}
    machine.send("ports vandal\r")
    machine.expect("ports: the description does not let 'shell' ask that of 'vandal'")


def test_nobody_is_held_up_or_gets_what_is_not_whole(boot, programs):
    """All at once, for as long as it takes until each has crashed, been late, and attacked, several times."""
    machine = boot(SYSTEM, programs(), {"monitor.operator": 1})
    rounds_until(machine, lambda rounds, valid, stale, orders, refused, letters, odd: valid > 20 and stale > 2 and orders > 20 and refused > 20 and
                 letters >= 4 and odd >= 4)
    machine.expect(r"partition 'gauge' is restarted \((?!1 of)")
    rounds_until(machine, lambda *_: True)
    check_shell(machine)
    machine.send("\x1dq")
    assert machine.wait(30) == 0
    assert machine.text.count("partition 'vandal' is restarted") >= 4
    assert "can be written" not in machine.text
    events = re.findall(r"\[sloth\] (\d+) orders, (\d+) events, (\d+) lost", machine.text)
    assert events and int(events[-1][2]) > 0


@pytest.mark.parametrize("source, target, data", [
    ("gauge", "judge", "Yes, gauge can affect the data of judge: gauge writes values that judge reads by port 'level'."),
    ("judge", "gauge", "No, judge cannot affect the data of gauge, as long as"),
    ("sloth", "gauge", "No, sloth cannot affect the data of gauge, as long as"),
    ("sloth", "judge", "Yes, sloth can affect the data of judge: sloth tells judge how much it has received by port 'orders'.")])
def test_what_flows(source, target, data):
    system = description.load(paths.TOP / "tests" / "systems" / "ports.toml", "riscv")
    assert explain.explain(system, source, target).about_data().startswith(data)
