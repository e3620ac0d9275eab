# SPDX-License-Identifier: BSD-2-Clause
"""The on-target suite over the public ABI: each of its tests is one of pytest's, on each variant of the kernel.

A program below tests/target/ that holds tests is booted as `suite`; those without are helpers, in the bundle under their own
names beside the servers.
"""

import re
import subprocess

import pytest
from harness import boot as booting
from harness import protocol
from harness.logs import LOGS
from launcher import arches, system

# What each run boots, by architecture: options of booting.start, and the `only` suite. A fault on one of them is a fault.
VARIANTS = {
    "riscv": {
        "debug": {"mode": "debug"},
        "nofast": {"mode": "debug", "kernel": "bulkhead-nofast.elf"},
        "trace": {"mode": "debug", "kernel": "bulkhead-trace.elf", "only": "abi"},
        "release": {"mode": "release"},
        "noh": {"mode": "debug", "cpu": arches.RISCV.cpu_without_guests},
        "nosstc": {"mode": "debug", "cpu": "rv64,sstc=false"},
        "smp4": {"mode": "debug", "smp": 4},
    },
    "x86_64": {
        "debug": {"mode": "debug"},
        "nofast": {"mode": "debug", "kernel": "bulkhead-nofast.elf"},
        "trace": {"mode": "debug", "kernel": "bulkhead-trace.elf", "only": "abi"},
        "release": {"mode": "release"},
        "nosvm": {"mode": "debug", "cpu": f"{arches.X86_64.cpu_without_guests},pdpe1gb=off"},
        "max": {"mode": "debug", "cpu": "max"},
        "smp4": {"mode": "debug", "smp": 4},
        "bios": {"mode": "release", "way": "bios"},
        "uefi": {"mode": "debug", "way": "uefi"},
    },
}

# What the suite over the ABI drives, beside what the machine has.
DEVICES = {"riscv": (), "x86_64": ("e1000e,romfile=",)}


def qemu_version(arch):
    text = subprocess.run([arch.qemu, "--version"], check=False, capture_output=True, text=True).stdout
    return tuple(map(int, re.search(r"version (\d+)\.(\d+)", text).groups()))


# Older ones cannot leave the larger address spaces out.
if qemu_version(arches.RISCV) >= (8, 1):
    VARIANTS["riscv"]["sv39"] = {"mode": "debug", "cpu": "rv64,h=true,sv48=off,sv57=off"}

TIMEOUT = 600
CASES_MAX = 300  # of characters in a manifest's arguments


def programs(arch, mode):
    return sorted((arch.variant(mode) / "tests" / "target").glob("**/*.elf"))


def suites(arch, mode):
    return [program for program in programs(arch, mode) if protocol.tests_of(program)]


def cases():
    """(architecture's name, variant, suite's name, test) of all that is built; a test of None stands for the run's end.

    The tests of one run stay with one worker.
    """
    for arch in arches.ALL:
        for variant, options in VARIANTS[arch.name].items():
            for suite in (path for path in suites(arch, options["mode"]) if path.stem == options.get("only", path.stem)):
                run = f"{arch.name}-{variant}-{suite.stem}"
                for test in [*protocol.tests_of(suite), None]:
                    yield pytest.param(arch.name, variant, suite.stem, test, id=f"{run}-{test.id if test else 'end'}",
                                       marks=[pytest.mark.arch(arch.name), pytest.mark.xdist_group(run)])


def selection(session, path, *run):
    """The setting of `cases` when only some tests of a RUN were asked for: none where they would be too long an argument list."""
    every = [test.id for test in protocol.tests_of(path)]
    chosen = [item.callspec.params["test"] for item in session.items if hasattr(item, "callspec")
              and tuple(item.callspec.params.get(name) for name in ("arch", "variant", "suite")) == run]
    names = [test.id for test in chosen if test]
    return {"cases": names} if names and len(names) < len(every) and len(" ".join(names)) <= CASES_MAX else {}


@pytest.fixture(scope="session")
def outcome(request):
    """outcome(arch, variant, suite): exit status and results of one boot, which all tests of that run share."""
    cache = {}

    def run(arch, variant, suite):
        options = dict(VARIANTS[arch.name][variant])
        mode = options.pop("mode")
        options.pop("only", None)
        helpers = {program.stem: program for program in programs(arch, mode) if program not in suites(arch, mode)}
        path = next(program for program in suites(arch, mode) if program.stem == suite)
        files = {**system.programs(arch, mode), **helpers, "suite": path}
        folder = LOGS / f"suite-{arch.name}-{variant}-{suite}"
        machine = booting.start(arch, folder, "suite", files, selection(request.session, path, arch.name, variant, suite),
                                mode=mode, timeout=TIMEOUT, devices=DEVICES[arch.name], **options)
        try:
            status = machine.wait()
        except booting.BootError:
            status = None  # a hang: the tests that gave no result tell it
        finally:
            machine.close()
            booting.clean(folder)
        return status, protocol.Results(machine.text, machine.log)

    def cached(arch, variant, suite):
        if (arch, variant, suite) not in cache:
            cache[arch, variant, suite] = run(arch, variant, suite)
        return cache[arch, variant, suite]

    return cached


@pytest.mark.parametrize("arch, variant, suite, test", cases(), indirect=["arch"])
def test_target(outcome, note, arch, variant, suite, test):
    status, results = outcome(arch, variant, suite)
    if test:
        for text in results.notes_of(test):
            note(text)
        results.check(test)
        return
    program = arch.variant(VARIANTS[arch.name][variant]["mode"]) / "tests" / "target" / f"{suite}.elf"
    results.check_end(protocol.tests_of(program))
    failed = any(text is not None for text in results.failures.values())
    assert status == (20 if failed else 0), f"the machine ended with status {status}\nlog: {results.log}"
