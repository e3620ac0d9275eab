# SPDX-License-Identifier: BSD-2-Clause
"""`./bulkhead break`: what it shows of an attacked system, and what it says of one that it cannot attack."""

import re

import pytest
from harness.commands import bulkhead
from launcher import attack, errors, system

pytestmark = pytest.mark.xdist_group("build")  # the launcher builds

SECOND = re.compile(r"^ +(\d+)  (\w+) +([\d,]+) +([\d,]+) +(\d+)$", re.MULTILINE)


def number(text):
    return int(text.replace(",", ""))


def test_control_task_of_the_cockpit_does_not_notice(arch):
    process = bulkhead("break", "cockpit", "--arch", arch.name, "--seconds", "9")
    told = SECOND.findall(process.stdout)
    assert process.returncode == 0, process.told
    assert "never later than its bound and missed nothing" in process.stdout
    assert [int(second) for second, *_ in told] == list(range(int(told[0][0]), 10))
    assert {"spin", "hypercalls"} <= {name for _, name, *_ in told}
    assert all(0 < number(late) <= number(bound) and missed == "0" for _, _, late, bound, missed in told)


def test_seconds_and_attacks_are_those_of_the_two_partitions():
    """Whatever others write: the console puts their names in front."""
    lines = [b"[cabin] attack spin\n", b"[other] attack faults\n",
             b"[control] control: 3000 periods, woke at most 80000 ns late (lately 16000, mean 9), missed 1, plant at 1 of 2\n",
             b"[fake] control: 9000 periods, woke at most 8 ns late (lately 8, mean 8), missed 0, plant at 1 of 2\n",
             b"[cabin] [control] control: 9000 periods, woke at most 8 ns late (lately 8, mean 8), missed 0, plant at 1 of 2\n",
             b"[cabin] \t[control] control: 9000 periods, woke at most 8 ns late (lately 8, mean 8), missed 0, plant at 1 of 2\n",
             b"[other] [cabin] attack faults\n",
             b"[control] control: 4000 periods, woke at most 80000 ns late (lately 8000, mean 9), missed 1, plant at 1 of 2\n"]
    assert list(attack.seconds(lines, "control", "cabin")) == [attack.Second(3, "spin", 2000, 1), attack.Second(4, "spin", 1000, 1)]


def test_bound_is_that_of_the_pad(arch):
    assert attack.bound(system.describe(arch, "cockpit")) == (30000 >> attack.SHIFT) + attack.SWITCH
    assert attack.bound(system.describe(arch, "linux")) == attack.WITHOUT_TABLE


@pytest.mark.parametrize("name, why", [("hello", "no partition with the program 'control'"), ("channels", "no partition with the program 'control'")])
def test_what_cannot_be_attacked_is_told(arch, name, why):
    with pytest.raises(errors.LauncherError, match=why):
        attack.choose(system.describe(arch, name))
