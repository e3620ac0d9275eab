# SPDX-License-Identifier: BSD-2-Clause
"""What windows give at worst, against counting every moment of every interval."""

import random

import pytest

from composer.model import Schedule, Window
from composer.supply import Gap, Supply


def made(frame, pad, *windows):
    return Schedule({}, "x", frame, pad, None, tuple(Window({}, "a", at, length) for at, length in windows))


def given(schedule, start, time):
    """How much of TIME from START on is the partition's, moment by moment."""
    pieces = [(window.at + schedule.pad, window.end) for window in schedule.windows]
    return sum(any(first <= moment % schedule.frame < last for first, last in pieces) for moment in range(start, start + time))


def drawn(chance):
    """A table with windows at random places."""
    frame, pad = chance.randrange(20, 40), chance.randrange(3)
    places = sorted(chance.sample(range(frame), 2 * chance.randrange(1, 4)))
    windows = [(first, last - first) for first, last in zip(places[::2], places[1::2]) if last - first > pad]
    return made(frame, pad, *(windows or [(0, pad + 1)]))


@pytest.mark.parametrize("seed", range(20))
def test_the_least_and_the_wait(seed):
    chance = random.Random(seed)
    schedule = drawn(chance)
    supply = Supply(schedule, "a")
    for time in (0, 1, chance.randrange(1, 20), chance.randrange(20, 100), schedule.frame, 2 * schedule.frame):
        assert supply.least(time) == min(given(schedule, start, time) for start in range(schedule.frame)), (schedule, time)
    for amount in (1, 2, chance.randrange(1, 30), supply.in_frame, supply.in_frame + 1, 3 * supply.in_frame):
        wait = supply.time_for(amount)
        assert supply.least(wait) >= amount > supply.least(wait - 1), (schedule, amount)


def test_the_longest_gap():
    assert Supply(made(100, 5, (10, 20), (50, 20)), "a").longest_gap == Gap(70, 115)
    assert Supply(made(100, 0, (0, 10), (60, 40)), "a").longest_gap == Gap(10, 60)
    assert Supply(made(100, 0, (0, 100)), "a").longest_gap == Gap(100, 100)
