# SPDX-License-Identifier: BSD-2-Clause
"""Windows that start when the table says, whoever runs before them: over 10,000 frames the sequence of a program's start times is the same, to the clock's tick,
beside each neighbour at full load as beside none. Time is counted in instructions, of 1 ns each."""

import re

import pytest

FRAMES = 10000
LONGEST = 600     # seconds that the host may take
MODE = "release"  # a debug kernel checks its invariants at every exit, which takes longer than the pad
PAD = 10000       # instructions, as tests/systems/strict.toml has it: longer than all that the kernel does in one go
LIMIT = PAD + 2000  # instructions from a window's entry in the table to its program's first own one
GUEST_LOADS = {"guest-spin": "mode=spin", "guest-hypercalls": "mode=hypercalls", "guest-pagefaults": "mode=faults", "guest-console": "mode=console",
               "guest-timer": "mode=timer"}
NATIVE_LOADS = ["pagefaults", "console", "revoke", "make", "timers", "interrupts", "unserved"]
# Loads that are another one with an argument more; and those of so many interrupts that an emulator needs minutes for all frames.
SETTINGS = {"unserved": {"load": "interrupts", "clock.serve": 0}}
FEW = FRAMES // 5
FEWER = {"unserved": FEW}
# What a neighbour says when it has done much; of the others the kernels that fail tell that they do what they are for.
SAYS = {"interrupts": r"\[clock\] interrupts: \d+000", "unserved": r"\[clock\] interrupts: \d\d+000", "revoke": r"\[revoker\] revoker: round [2-9]",
        "make": r"\[maker\] maker: round \d", "console": r"\[flooder\] flood \d\d\d", "pagefaults": r"\[storm\] storm: \d+ page faults"}
RESULT = r"STRICT (\w+) frames (\d+) missed (\d+) least (\d+) most (\d+) overrun (\d+) hash (\w+)\n"


@pytest.fixture
def start(boot, arch, programs):
    """start(load, ...): the system `strict` with one load, or none."""

    def run(load, frames=FRAMES, table="strict", **options):
        config = {"pacer.frames": frames, "pacer.limit": LIMIT, "pacer.table": table, "load": load, **SETTINGS.get(load, {})}
        files = programs(MODE)
        if load in GUEST_LOADS:
            config["load"] = "guest"
            files |= {"guest.kernel": arch.variant(MODE) / "tests" / "guest" / "testkernel.elf", "guest.cmdline": GUEST_LOADS[load].encode()}
        return boot("strict", files, config, mode=MODE, icount=True, timeout=LONGEST, **options)

    return run


def result(machine):
    match = machine.expect(RESULT, timeout=LONGEST)
    return match[1], *(int(number) for number in match.groups()[1:6]), match[7]


RUNS = 5  # at most, for one without a late clock: see docs/testing.md
ALONE = {}  # by architecture and frames, the hash of a run without a neighbour


def alone(start, arch, frames=FRAMES):
    """What two runs agree on: the emulated clock may have been late in one."""
    if (arch.name, frames) not in ALONE:
        runs = []
        while len(set(runs)) == len(runs):
            assert len(runs) < RUNS, "no two runs without a neighbour are the same"
            runs.append(result(start(None, frames))[-1])
        ALONE[arch.name, frames] = runs[-1]
    return ALONE[arch.name, frames]


@pytest.mark.xdist_group("strict")
@pytest.mark.parametrize("load", [*GUEST_LOADS, *NATIVE_LOADS])
def test_windows_start_the_same(start, arch, note, load):
    """Where one start of a run is not, the run is made again: on a busy host the emulated clock can be some instructions late (docs/testing.md), and what a
    neighbour does to a window, it does in each run."""
    wanted = FEWER.get(load, FRAMES)
    machine = start(load, wanted)
    verdict, frames, missed, least, most, _, digest = result(machine)
    note(f"{load}: {least} to {most} instructions after the entry, limit {LIMIT}, hash {digest}")
    assert (verdict, frames, missed) == ("ok", wanted, 0)
    for run in range(1, RUNS):
        if digest == alone(start, arch, wanted):
            break
        note(f"{load}: made again ({run})")
        digest = result(start(load, wanted))[-1]
    assert digest == alone(start, arch, wanted)
    assert machine.wait() == 0
    if load in SAYS:
        assert re.search(SAYS[load], machine.text), "the load was none"


@pytest.mark.xdist_group("strict")
@pytest.mark.parametrize("kernel, load", [("bulkhead-nopad.elf", "revoke"), ("bulkhead-sharedtimers.elf", "timers")])
def test_kernel_without_it_fails(start, arch, kernel, load):
    """Without the pad between windows; with all domains' timers in one queue."""
    machine = start(load, FEW, kernel=kernel)
    verdict, *_, digest = result(machine)
    assert verdict == "FAIL" or digest != alone(start, arch, FEW)
    machine.wait()


@pytest.mark.parametrize("load", ["revoke", "make", "guest-hypercalls"])
def test_switch_takes_less_than_the_pad(start, note, load):
    """Without a pad the switch comes late by what the kernel does in one go, and the switch itself."""
    machine = start(load, FEW, table="unpadded")
    overrun = result(machine)[5]
    note(f"{load}: without a pad at most {overrun} instructions late")
    assert 0 < overrun < PAD
    machine.wait()
