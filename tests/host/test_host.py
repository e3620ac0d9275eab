# SPDX-License-Identifier: BSD-2-Clause
"""The host tests of portable code, under the sanitizers: each test of each program is one of pytest's.

A program that is built for several architectures is the same but for what it includes of the ABI, and runs once.
"""

import os
import subprocess

import pytest
from harness import protocol
from harness.logs import LOGS
from launcher import arches

TIMEOUT = 300
# The search for leaks traces the process, which can hang in a container; the programs end without giving memory back anyway.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def programs(chosen):
    """The test programs that are built, ELF files without a suffix, by name; of the CHOSEN architecture if there is one."""
    folders = [arch.variant("debug") / "tests" / "host" for arch in arches.ALL if chosen in (None, arch.name)]
    candidates = [path for folder in reversed(folders) for path in sorted(folder.glob("*")) if path.is_file() and not path.suffix]
    return {path.name: path for path in candidates if path.read_bytes()[:4] == b"\x7fELF"}


def pytest_generate_tests(metafunc):
    cases = []
    for name, program in sorted(programs(metafunc.config.option.arch).items()):
        tests = protocol.tests_of(program)
        assert tests, f"{program} holds no tests"
        cases += [pytest.param(program, test, id=f"{name}-{test.id if test else 'end'}", marks=pytest.mark.xdist_group(f"host-{name}"))
                  for test in [*tests, None]]
    metafunc.parametrize("program, test", cases)


@pytest.fixture(scope="session")
def outcome():
    """outcome(program): exit status and results of one run, which all its tests share."""
    cache = {}

    def run(program):
        log = LOGS / f"host-{program.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "wb") as output:
            status = subprocess.run([program], check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                    timeout=TIMEOUT, env=ENVIRONMENT).returncode
        return status, protocol.Results(log.read_text(errors="replace"), log)

    def cached(program):
        if program not in cache:
            cache[program] = run(program)
        return cache[program]

    return cached


def test_host(outcome, program, test):
    status, results = outcome(program)
    if test:
        results.check(test)
    else:
        results.check_end(protocol.tests_of(program))
        assert status == 0, f"{program.name} ended with status {status} (a sanitizer's finding?)\nlog: {results.log}"
