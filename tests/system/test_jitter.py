# SPDX-License-Identifier: BSD-2-Clause
"""The critical task under load: 10,000 periods of 1 ms, none missed, and each wake-up within a stated number of instructions.

Time is counted in instructions, here of 8 ns each, as on a slow machine: ten seconds are then as many instructions as a run can afford.
"""

import re

import pytest
from harness.elf import broken

PERIODS = 10000
LONGEST = 600     # seconds that the host may take
MODE = "release"  # a debug kernel checks its invariants at every exit
SHIFT = 3
LIMIT = 6000      # instructions from a deadline to the task's first own one
HOG_US = 100      # the budget of the load that runs above the task: as long it may be in the way
GUEST_LOADS = {"guest-spin": "mode=spin", "guest-hypercalls": "mode=hypercalls", "guest-pagefaults": "mode=faults", "guest-console": "mode=console",
               "guest-reboot": "mode=reboot"}
NATIVE_LOADS = ["pagefaults", "console", "monitor", "revoke", "hog"]
REVOKED = r"revoker: round (\d+), 100000 capabilities revoked"
RESULT = r"JITTER (\w+) periods (\d+) missed (\d+) worst (\d+) mean (\d+) limit (\d+)\n"


@pytest.fixture
def start(boot, arch, programs):
    """start(load, ...): the system `jitter` with one load."""

    def run(load, files=None, periods=PERIODS, **options):
        limit = (LIMIT << SHIFT) + (HOG_US * 1000 if load == "hog" else 0)
        config = {"control.periods": periods, "control.limit": limit, "load": load}
        files = {**programs(MODE), **(files or {})}
        if load in GUEST_LOADS:
            config |= {"load": "guest", "guest.memory": "64M"}
            files |= {"guest.kernel": arch.variant(MODE) / "tests" / "guest" / "testkernel.elf", "guest.cmdline": GUEST_LOADS[load].encode()}
        return boot("jitter", files, config, mode=MODE, icount=True, icount_shift=SHIFT, timeout=LONGEST, **options)

    return run


def result(machine):
    match = machine.expect(RESULT, timeout=LONGEST)
    return match[1], *(int(number) for number in match.groups()[1:])


@pytest.mark.parametrize("load", [*GUEST_LOADS, *NATIVE_LOADS])
def test_no_period_is_missed(start, note, load):
    machine = start(load)
    verdict, periods, missed, worst, mean, limit = result(machine)
    note(f"{load}: worst wake-up {worst >> SHIFT} instructions late, mean {mean >> SHIFT}, limit {limit >> SHIFT}, missed {missed}")
    assert (verdict, periods, missed) == ("ok", PERIODS, 0)
    assert worst <= limit
    assert machine.wait() == 0
    if load == "hog":
        assert worst > LIMIT << SHIFT, "the load that its budget must stop was none"
    if load == "revoke":
        assert len(re.findall(REVOKED, machine.text)) >= 5, "the load was none"


def test_no_period_is_missed_without_the_fast_path(start, note):
    """Each of the guest's hypercalls takes the general way."""
    machine = start("guest-hypercalls", kernel="bulkhead-nofast.elf")
    verdict, periods, missed, worst, _, limit = result(machine)
    note(f"guest-hypercalls, no fast path: worst wake-up {worst >> SHIFT} instructions late, limit {limit >> SHIFT}, missed {missed}")
    assert (verdict, periods, missed) == ("ok", PERIODS, 0)
    assert machine.wait() == 0


def test_kernel_without_the_budget_check_fails(start):
    machine = start("hog", kernel="bulkhead-nobudget.elf")
    verdict, _, missed, *_ = result(machine)
    assert verdict == "FAIL"
    assert missed > 100
    assert machine.wait() == 20


THAT_MANY = r"[1-9]\d{3,}"  # or more: where the host does not take what the machine writes, a line of the monitor's may be lost


@pytest.mark.parametrize("load, name, wanted", [("restart", "crasher", PERIODS * 5 // 4), ("restart-vmm", "crashing-guest", 4 * PERIODS)])
def test_a_thousand_restarts_take_nothing_and_delay_nobody(start, note, programs, load, name, wanted):
    """The monitor itself requires that each leaves the partition's untyped memory and its own as they were: else it ends the machine."""
    kernel = {f"{name}.kernel": b"never started"} if load == "restart-vmm" else {}
    machine = start(load, files={"vmm": broken(programs(MODE)["vmm"], "main")[0], **kernel}, periods=wanted)
    restarts = machine.expect(rf"partition '{name}' is restarted \(({THAT_MANY}) of at most \d+ times\)", timeout=300)[1]
    verdict, periods, missed, worst, mean, limit = result(machine)
    note(f"{load}: {restarts} restarts; worst wake-up {worst >> SHIFT} instructions late, mean {mean >> SHIFT}, missed {missed}")
    assert (verdict, periods, missed) == ("ok", wanted, 0)
    assert machine.wait() == 0
