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
from launcher import paths, system

# What each run boots: (name, variant of the build, options of boot). A fault on one of them is a fault.
VARIANTS = {
    "debug": {"mode": "debug"},
    "nofast": {"mode": "debug", "kernel": "bulkhead-nofast.elf"},
    "release": {"mode": "release"},
    "noh": {"mode": "debug", "cpu": "rv64,h=false"},
    "nosstc": {"mode": "debug", "cpu": "rv64,sstc=false"},
    "smp4": {"mode": "debug", "smp": 4},
}


def qemu_version():
    text = subprocess.run(["qemu-system-riscv64", "--version"], check=False, capture_output=True, text=True).stdout
    return tuple(map(int, re.search(r"version (\d+)\.(\d+)", text).groups()))


# Older ones cannot leave the larger address spaces out.
if qemu_version() >= (8, 1):
    VARIANTS["sv39"] = {"mode": "debug", "cpu": "rv64,h=true,sv48=off,sv57=off"}

TIMEOUT = 600
CASES_MAX = 100  # of characters in a value of init's config


def programs(mode):
    return sorted((paths.variant(mode) / "tests" / "target").glob("**/*.elf"))


def suites(mode):
    return [program for program in programs(mode) if protocol.tests_of(program)]


def cases():
    """(variant, suite's name, test) of all that is built; a test of None stands for the run's end."""
    for variant, options in VARIANTS.items():
        for suite in suites(options["mode"]):
            for test in [*protocol.tests_of(suite), None]:
                name = f"{variant}-{suite.stem}-{test.id if test else 'end'}"
                yield pytest.param(variant, suite.stem, test, id=name)


def selection(session, variant, suite):
    """The setting of `cases` for init when only some tests of a run were asked for: none where it would be too long a line."""
    path = next(program for program in suites(VARIANTS[variant]["mode"]) if program.stem == suite)
    every = [test.id for test in protocol.tests_of(path)]
    chosen = [item.callspec.params["test"] for item in session.items if hasattr(item, "callspec")
              and (item.callspec.params.get("variant"), item.callspec.params.get("suite")) == (variant, suite)]
    names = [test.id for test in chosen if test]
    text = ",".join(names)
    return {"cases": text} if names and len(names) < len(every) and len(text) <= CASES_MAX else {}


@pytest.fixture(scope="session")
def outcome(request):
    """outcome(variant, suite): exit status and results of one boot, which all tests of that run share."""
    cache = {}

    def run(variant, suite):
        options = dict(VARIANTS[variant])
        mode = options.pop("mode")
        helpers = {program.stem: program for program in programs(mode) if program not in suites(mode)}
        path = next(program for program in suites(mode) if program.stem == suite)
        files = {**system.programs(mode), **helpers, "suite": path}
        machine = booting.start(LOGS / f"suite-{variant}-{suite}", "suite", files, selection(request.session, variant, suite),
                                mode=mode, timeout=TIMEOUT, **options)
        try:
            status = machine.wait()
        except booting.BootError:
            status = None  # a hang: the tests that gave no result tell it
        finally:
            machine.close()
        return status, protocol.Results(machine.text, machine.log)

    def cached(variant, suite):
        if (variant, suite) not in cache:
            cache[variant, suite] = run(variant, suite)
        return cache[variant, suite]

    return cached


@pytest.mark.parametrize("variant, suite, test", cases())
def test_target(outcome, note, variant, suite, test):
    status, results = outcome(variant, suite)
    if test:
        for text in results.notes_of(test):
            note(text)
        results.check(test)
        return
    program = paths.variant(VARIANTS[variant]["mode"]) / "tests" / "target" / f"{suite}.elf"
    results.check_end(protocol.tests_of(program))
    failed = any(text is not None for text in results.failures.values())
    assert status == (1 if failed else 0), f"the machine ended with status {status}\nlog: {results.log}"
