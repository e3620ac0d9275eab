# SPDX-License-Identifier: BSD-2-Clause
"""The supervisor-mode test kernel as a guest, and the same kernel natively under OpenSBI: a guest must see no difference."""

import pytest
from harness import boot as booting
from harness import protocol
from harness.logs import LOGS
from launcher import machine, paths
from launcher import system as systems

TIMEOUT = 300

# What each run boots: options of booting.start. The hart without Sstc gives the guest its timer by other means.
VARIANTS = {
    "debug": {},
    "nofast": {"kernel": "bulkhead-nofast.elf"},
    "release": {"mode": "release"},
    "nosstc": {"cpu": "rv64,h=true,sstc=false"},
    "smp4": {"smp": 4},
}


def kernel(mode="debug"):
    return paths.variant(mode) / "tests" / "guest" / "testkernel.elf"


def cases(runs):
    for run in runs:
        for test in [*protocol.tests_of(kernel()), None] if kernel().exists() else []:
            yield pytest.param(run, test, id=f"{run}-{test.id if test else 'end'}")


def boot_as_guest(variant):
    options = dict(VARIANTS[variant])
    mode = options.pop("mode", "debug")
    files = {**systems.programs(mode), "guest/kernel": kernel(mode), "guest/cmdline": b"slot1=echo"}
    return booting.start(LOGS / f"smode-{variant}", "guest-test", files, {"guest.memory": "256M"}, mode=mode, timeout=TIMEOUT, **options)


def boot_natively(_variant):
    command = machine.Machine(kernel(), None, memory=256 * machine.MIB, cpu="rv64,h=false").command(interactive=False)
    folder = LOGS / "smode-native"
    folder.mkdir(parents=True, exist_ok=True)
    return booting.Boot(command, folder / "boot.log", TIMEOUT)


@pytest.fixture(scope="module")
def outcome():
    """outcome(boot, variant): status and results of one run, which its tests share."""
    cache = {}

    def run(start, variant):
        machine_ = start(variant)
        try:
            status = machine_.wait()
        except booting.BootError:
            status = None
        finally:
            machine_.close()
        return status, protocol.Results(machine_.text, machine_.log)

    def cached(start, variant):
        if variant not in cache:
            cache[variant] = run(start, variant)
        return cache[variant]

    return cached


def check(status, results, test):
    if test:
        results.check(test)
        return
    results.check_end(protocol.tests_of(kernel()))
    assert status == 0, f"the machine ended with status {status}\nlog: {results.log}"


@pytest.mark.parametrize("variant, test", cases(VARIANTS))
def test_guest(outcome, variant, test):
    check(*outcome(boot_as_guest, variant), test)


@pytest.mark.parametrize("variant, test", cases(["native"]))
def test_native(outcome, variant, test):
    check(*outcome(boot_natively, variant), test)
