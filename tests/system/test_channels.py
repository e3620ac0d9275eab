# SPDX-License-Identifier: BSD-2-Clause
"""Channels of every kind and a device of a partition's own (systems/channels.toml), and what a restart of either end does to them."""

import pytest


@pytest.fixture
def machine(boot, programs):
    """At the tenth tick."""
    booted = boot("channels", programs(), {"monitor.operator": 1})
    tick_after(booted, 9)
    return booted


def tick_after(machine, count):
    """(number, sum) of the first line about a later tick. A reader that was slow may tell of one tick twice, and of another not at all."""
    number = 0
    while number <= count:
        match = machine.expect(r"^tick (\d+), sum (\d+)\n")
        number = int(match[1])
    return number, int(match[2])


def restart(machine, number):
    """Has the operator restart the console's client NUMBER, and shows the reader again."""
    machine.send(f"\x1d{number}\x1dr")
    machine.expect(r"\[monitor\] the operator restarts partition|the operator restarts partition")


def test_memory_call_and_signal_reach_their_ends(machine):
    machine.expect(r"\[bell\] ding")
    number, total = tick_after(machine, 10)
    assert number > 10 and total > 55
    machine.send("\x1dq")
    assert machine.wait(30) == 0


CLIENTS = {"adder": 1, "clock": 2, "reader": 3, "bell": 4}


@pytest.mark.parametrize("name", CLIENTS)
def test_restart_of_one_end_leaves_the_channel_to_the_other(machine, name):
    """The memory keeps its count, the endpoint and notifications their place; only the adder's sum is its own and starts anew."""
    number, total = tick_after(machine, 10)
    for _ in range(5):
        restart(machine, CLIENTS[name])
        machine.send(f"\x1d{CLIENTS['reader']}")
        machine.expect("attached to reader")
        before, sum_before = tick_after(machine, 10)
        after, sum_after = tick_after(machine, before)
        assert sum_after > sum_before
        if name == "adder":  # began anew
            assert sum_after < total + sum(range(number + 1, after + 1))
        number, total = after, sum_after
    machine.expect("ding")
    machine.send("\x1dq")
    assert machine.wait(30) == 0


def test_as_much_memory_as_there_may_be(boot, programs):
    machine = boot("large-channels", programs())
    machine.expect(r"^\[page-reader\] 767 of 767 pages are right, and 3141632 bytes it was told\n", timeout=90)
