# SPDX-License-Identifier: BSD-2-Clause
"""Whatever a description holds, the composer reads it or says what is wrong with it. Seeds are fixed, so that what fails once fails again."""

import random
import re
import tomllib

import pytest

from composer import checks, description, explain, headers, manifest, overrides
from composer.places import Places
from composer.problems import DescriptionError
from launcher import paths

GOOD = sorted([*(paths.TOP / "systems").glob("*.toml"), *(paths.TOP / "tests" / "systems").glob("*.toml")])
BAD = sorted((paths.TOP / "tests" / "composer" / "bad").glob("*.toml"))
WORDS = ["[", "]", "[[", "]]", "{", "}", "=", ",", ".", '"', "'", '"""', "'''", "\n", "#", "true", "false", "-1", "0", "1e9",
         "nan", "1979-05-27", '"4K"', '"1ms"', "[partition.a]", "[[channel]]", "[device.d]", "[server.monitor]", "[[forbid]]",
         "partition", "riscv", "priority", "kind", "memory", '"guest"', '"call"', "budget", "registers", "\\u0041", "\r\n",
         "\x00", "é", '"999999999999G"', "0x7fffffffffffffffffff", "[]", "{}", '"attached"', "from", "to", "size", "slot",
         "variant", "[schedule.s]", "frame", "windows", "at", "length", "pad", "slack", '"monitor"', '"restart:a"', "monitor"]
VALUES = ["0", "-1", "true", '""', '"x"', '"4K"', '"3M"', '"128G"', '"1us"', '"3600s"', "255", "[]", "[[1]]", "{}", "{a = 1}",
          "1.5", "1979-05-27", '"a b"', '"monitor"', '"guest"', '"native"', '"call"', '"memory"', '["0x0", "1G"]',
          '["0xffff", 1]', '[{partition = "a", at = "0ms", length = "1ms"}]', '["schedule", "sched"]', '["normal"]', '["ps", "restart"]',
          '["stop:guest", "log"]', "99999999999999999999999999", "inf", "'''\n'''",
          '"' + "y" * 3000 + '"']


def attempt(path, data):
    """Reads DATA as a description, for both architectures."""
    path.write_bytes(data)
    for arch in description.ARCHITECTURES:
        try:
            system = description.load(path, arch)
        except DescriptionError as error:
            assert error.problems and all(problem.place.line >= 1 and problem.message for problem in error.problems)
            assert "\0" not in str(error)
        else:
            checks.check(overrides.with_arguments(system, "monitor", "x=1"))
            manifest.write(system, {})
            headers.headers(system)
            explain.explain(system, system.partitions[-1].name, "monitor")


@pytest.mark.parametrize("seed", range(10))
def test_bytes(seed, tmp_path):
    chance = random.Random(seed)
    for _ in range(20):
        attempt(tmp_path / "fuzz.toml", chance.randbytes(chance.randrange(200)))


@pytest.mark.parametrize("seed", range(10))
def test_words(seed, tmp_path):
    chance = random.Random(seed)
    for _ in range(40):
        text = "".join(chance.choice(WORDS) + chance.choice(["", " "]) for _ in range(chance.randrange(60)))
        attempt(tmp_path / "fuzz.toml", text.encode())


def values(chance):
    """What a value of a key can be replaced with."""
    return chance.choice(VALUES)


def mutate(chance, text):
    """TEXT with one thing changed."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    kind = chance.randrange(6)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, chance.choice(lines))
    elif kind == 2 and "=" in lines[at]:
        lines[at] = lines[at].split("=")[0] + "= " + values(chance)
    elif kind == 3:
        names = re.findall(r"[a-z_]+", text)
        lines[at] = re.sub(r"[a-z_]+", lambda match: chance.choice(names), lines[at], count=1)
    elif kind == 4:
        other = chance.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        cut = chance.randrange(len(lines[at]) + 1)
        lines[at] = lines[at][:cut] + chance.choice(WORDS) + lines[at][cut:]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(20))
def test_mutations(seed, tmp_path):
    chance = random.Random(seed)
    for path in [*GOOD, *chance.sample(BAD, 15)]:
        text = path.read_text(encoding="utf-8")
        for _ in range(chance.randrange(1, 8)):
            text = mutate(chance, text)
        attempt(tmp_path / "fuzz.toml", text.encode())


@pytest.mark.parametrize("seed", range(20))
def test_places_of_what_is_toml(seed):
    """Every key that tomllib finds in a mutated text has a place, whose line names it."""
    chance = random.Random(1000 + seed)
    for path in GOOD + BAD:
        text = mutate(chance, path.read_text(encoding="utf-8"))
        try:
            data = tomllib.loads(text)
        except ValueError:
            continue
        places = Places("x", text)
        lines = text.split("\n")
        for table in ("partition", "server", "device"):
            for name, inner in data.get(table, {}).items() if isinstance(data.get(table), dict) else ():
                for key in inner if isinstance(inner, dict) else ():
                    assert key in lines[places.of(table, name, key).line - 1]
                    assert (table, name, key) in places.lines
