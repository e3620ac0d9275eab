# SPDX-License-Identifier: BSD-2-Clause
"""The critical task under load: 10,000 periods of 1 ms, none missed, and each wake-up within a stated number of instructions.

Time is counted in instructions, here of 8 ns each, as on a slow machine: ten seconds are then as many instructions as a run can afford.
"""

import re

import pytest
from launcher import paths
from launcher import system as systems

PERIODS = 10000
MODE = "release"  # a debug kernel checks its invariants at every exit
SHIFT = 3
LIMIT = 6000      # instructions from a deadline to the task's first own one
HOG_US = 100      # the budget of the load that runs above the task: as long it may be in the way
GUEST_LOADS = {"guest-spin": "mode=spin", "guest-hypercalls": "mode=hypercalls", "guest-pagefaults": "mode=faults", "guest-console": "mode=console",
               "guest-reboot": "mode=reboot"}
NATIVE_LOADS = ["pagefaults", "console", "revoke", "hog"]
RESULT = r"JITTER (\w+) periods (\d+) missed (\d+) worst (\d+) mean (\d+) limit (\d+)\n"


def start(boot, load, **options):
    limit = (LIMIT << SHIFT) + (HOG_US * 1000 if load == "hog" else 0)
    config = {"control.periods": PERIODS, "control.limit": limit, "load": load}
    files = systems.programs(MODE)
    if load in GUEST_LOADS:
        config |= {"load": "guest", "guest.memory": "64M"}
        files |= {"guest/kernel": paths.variant(MODE) / "tests" / "guest" / "testkernel.elf", "guest/cmdline": GUEST_LOADS[load].encode()}
    return boot("jitter", files, config, mode=MODE, icount=True, icount_shift=SHIFT, timeout=300, **options)


def result(machine):
    match = machine.expect(RESULT, timeout=300)
    return match[1], *(int(number) for number in match.groups()[1:])


@pytest.mark.parametrize("load", [*GUEST_LOADS, *NATIVE_LOADS])
def test_no_period_is_missed(boot, note, load):
    machine = start(boot, load)
    verdict, periods, missed, worst, mean, limit = result(machine)
    note(f"{load}: worst wake-up {worst >> SHIFT} instructions late, mean {mean >> SHIFT}, limit {limit >> SHIFT}, missed {missed}")
    assert (verdict, periods, missed) == ("ok", PERIODS, 0)
    assert worst <= limit
    assert machine.wait() == 0


def test_load_is_real(boot):
    """The load that is to be stopped by its budget does run: without it the worst wake-up is much earlier."""
    machine = start(boot, "hog")
    worst = result(machine)[3]
    assert worst > LIMIT << SHIFT
    machine.wait()


def test_kernel_without_the_budget_check_fails(boot):
    machine = start(boot, "hog", kernel="bulkhead-nobudget.elf")
    verdict, _, missed, *_ = result(machine)
    assert verdict == "FAIL"
    assert missed > 100
    assert machine.wait() == 20


def test_revocations_happen(boot):
    """The load revokes what it says, many times, while the task runs."""
    machine = start(boot, "revoke")
    machine.wait()
    rounds = re.findall(r"revoker: round (\d+), 100000 capabilities revoked", machine.text)
    assert len(rounds) >= 5
