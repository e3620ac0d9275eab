# SPDX-License-Identifier: BSD-2-Clause
"""Random schedule tables, at and beyond their edges: those are taken that a drawing of the frame, microsecond by microsecond, has nothing against."""

import random

import pytest

from composer import description
from composer.problems import DescriptionError

LEAST = 10  # us, of a window beyond the pad
WHO = ("monitor", "console", "a", "b")


def drawn(chance):
    """A table (frame, pad, [(who, at, length)]), times in us: whole, or with a thing or two wrong."""
    pad = chance.choice((0, 0, 1, 7))
    least, at, windows = pad + LEAST, chance.choice((*[0] * 4, *[pad + LEAST] * 4, pad + LEAST - 1)), []
    for who in chance.sample([*WHO, *chance.choices(WHO, k=3)], 7)[chance.choice((0, 0, 0, 3)):]:
        length = least + chance.choice((0, 0, 1, 5, 30))
        windows.append((who, at, length))
        at += length + chance.choice((*[0] * 20, *[least, least + 3] * 4, least - 1))
    frame = at + chance.choice((0, 0, least, 50))
    if chance.random() < .4:
        number = chance.randrange(len(windows))
        who, start, length = windows[number]
        windows[number] = chance.choice(((who, start + 1, length), (who, max(0, start - 1), length), (who, start, length + 1), (who, start, length - 1), (who, frame, length)))
    chance.shuffle(windows)
    return frame, pad, [window for window in windows if window[2] >= LEAST]


def fits(frame, pad, windows):
    """The drawing: whose each microsecond is, and how long each piece of nobody's, or of one window, is."""
    line = [None] * frame
    for number, (_, at, length) in enumerate(windows):
        for moment in range(at, at + length):
            if moment >= frame or line[moment] is not None:
                return False
            line[moment] = number
    pieces = [0]
    for before, moment in zip([line[0], *line], line):
        pieces[-1:] = [pieces[-1], 1] if moment != before else [pieces[-1] + 1]
    return all(piece >= pad + LEAST for piece in pieces) and {who for who, _, _ in windows} == set(WHO)


def text(frame, pad, windows, more=""):
    rows = "\n".join(f'    {{ partition = "{who}", at = "{at}us", length = "{length}us" }},' for who, at, length in windows)
    return (f'[partition.a]\npriority = 9\nprogram = "hello"\n{more}\n[partition.b]\npriority = 10\nprogram = "hello"\n'
            f'[schedule.x]\nframe = "{frame}us"\npad = "{pad}us"\nwindows = [\n{rows}\n]\n')


def is_taken(tmp_path, *table, **more):
    path = tmp_path / "table.toml"
    path.write_text(text(*table, **more), encoding="utf-8")
    try:
        return description.load(path, "riscv")
    except DescriptionError:
        return None


@pytest.mark.parametrize("seed", range(8))
def test_what_fits_is_taken(seed, tmp_path):
    chance, outcomes = random.Random(seed), []
    for _ in range(60):
        table = drawn(chance)
        outcomes.append(is_taken(tmp_path, *table) is not None)
        assert outcomes[-1] == fits(*table), table
    assert 5 < sum(outcomes) < 55


def least_given(frame, pad, windows, period):
    """To `a` in any period."""
    mine = [any(who == "a" and at + pad <= moment < at + length for who, at, length in windows) for moment in range(frame)]
    return min(sum(mine[(start + moment) % frame] for moment in range(period)) for start in range(frame))


def longest_silence(frame, pad, windows):
    mine = [moment for moment in range(2 * frame) if any(who == "a" and at + pad <= moment % frame < at + length for who, at, length in windows)]
    return max(after - before - 1 for before, after in zip(mine, mine[1:]))


@pytest.mark.parametrize("seed", range(8))
def test_budgets_that_windows_hold_are_taken(seed, tmp_path):
    chance, outcomes = random.Random(100 + seed), []
    while len(outcomes) < 12:
        table = drawn(chance)
        period = chance.randrange(20, 200)
        if not fits(*table) or (given := least_given(*table, period)) < LEAST:
            continue
        budget = given + chance.choice((0, 1)) if given + 1 < period else given
        outcomes.append(is_taken(tmp_path, *table, more=f'budget = "{budget}us"\nperiod = "{period}us"') is not None)
        assert outcomes[-1] == (budget <= given or budget >= period), (table, budget, period)
    assert 0 < sum(outcomes) < 12


@pytest.mark.parametrize("seed", range(8))
def test_silence_between_windows(seed, tmp_path):
    """Times a thousand, for a watchdog's time is 10 ms at least."""
    chance, outcomes = random.Random(200 + seed), []
    while len(outcomes) < 12:
        frame, pad, windows = table = drawn(chance)
        if not fits(*table):
            continue
        watchdog = max(10, longest_silence(*table) + chance.choice((0, 1)))
        large = 1000 * frame, 1000 * pad, [(who, 1000 * at, 1000 * length) for who, at, length in windows]
        outcomes.append(is_taken(tmp_path, *large, more=f'watchdog = "{watchdog}ms"') is not None)
        assert outcomes[-1] == (watchdog > longest_silence(*table)), (table, watchdog)
    assert 0 < sum(outcomes) < 12
