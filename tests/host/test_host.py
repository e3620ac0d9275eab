# SPDX-License-Identifier: BSD-2-Clause
"""The host tests of portable code, under the sanitizers: each test of each program is one of pytest's."""

import os
import subprocess

import pytest
from harness import protocol
from harness.logs import LOGS
from launcher import paths

TIMEOUT = 300
# The search for leaks traces the process, which can hang in a container; the programs end without giving memory back anyway.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
FOLDER = paths.variant("debug") / "tests" / "host"


def programs():
    """The test programs that are built: ELF files without a suffix."""
    candidates = (path for path in sorted(FOLDER.glob("*")) if path.is_file() and not path.suffix)
    return [path for path in candidates if path.read_bytes()[:4] == b"\x7fELF"]


def cases():
    for program in programs():
        tests = protocol.tests_of(program)
        assert tests, f"{program} holds no tests"
        yield from (pytest.param(program.name, test, id=f"{program.name}-{test.id if test else 'end'}") for test in [*tests, None])


@pytest.fixture(scope="session")
def outcome():
    """outcome(program): exit status and results of one run, which all its tests share."""
    cache = {}

    def run(name):
        log = LOGS / f"host-{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "wb") as output:
            status = subprocess.run([FOLDER / name], check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                    timeout=TIMEOUT, env=ENVIRONMENT).returncode
        return status, protocol.Results(log.read_text(errors="replace"), log)

    def cached(name):
        if name not in cache:
            cache[name] = run(name)
        return cache[name]

    return cached


@pytest.mark.parametrize("program, test", cases())
def test_host(outcome, program, test):
    status, results = outcome(program)
    if test:
        results.check(test)
    else:
        results.check_end(protocol.tests_of(FOLDER / program))
        assert status == 0, f"{program} ended with status {status} (a sanitizer's finding?)\nlog: {results.log}"
