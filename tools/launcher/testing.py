# SPDX-License-Identifier: BSD-2-Clause
"""Runs the tests and the benchmarks."""

import os
import re
import subprocess
import sys

from . import errors, paths

WORKERS_MAX = 8  # each may run a machine of a gigabyte
AGAIN_MAX = 3  # runs whose tests failed, for these to be run again: more are no accident of a busy host
FAILURES = paths.BUILD / "test-failures"
LOGS = paths.BUILD / "test-logs"
LOGS_AGAIN = paths.BUILD / "test-logs-again"
COUNTS = re.compile(r"(\d+) (passed|failed|error|errors|xpassed)\b")


def summary(last_line):
    """(passed, failed) of pytest's last line. An error in a fixture is a failure, too."""
    passed = failed = 0
    for number, what in COUNTS.findall(last_line):
        if what == "passed":
            passed += int(number)
        else:
            failed += int(number)
    return passed, failed


def side_by_side():
    """pytest's arguments for as many workers as there are processors. Tests that share a boot stay together: see conftest.py."""
    count = min(os.cpu_count() or 1, WORKERS_MAX)
    return ["-n", str(count), "--dist", "loadgroup"] if count > 1 else []


def run_pytest(arguments):
    """(passed, failed) of a run of pytest, whose output is shown as it comes; FAILURES names what failed. ARGUMENTS may undo ours."""
    command = [sys.executable, "-m", "pytest", "--rootdir", str(paths.TOP), "-p", "no:cacheprovider", "--color=no",
               "--failures", str(FAILURES), *arguments]
    FAILURES.unlink(missing_ok=True)
    # Where CI is set pytest does not cut the lines of its short summary, each of which then is a whole log.
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "BUILD_NUMBER")}
    last = ""
    with subprocess.Popen(command, cwd=paths.TOP, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line if line.strip() else last
    passed, failed = summary(last)
    if process.returncode and not failed:
        failed = 1  # pytest itself broke down, or nothing matched the filter
    return passed, failed


def failures():
    """What the last run of pytest named in FAILURES, as (test, what ran it): a group of tests that share a boot, or the test itself."""
    lines = FAILURES.read_text().splitlines() if FAILURES.exists() else []
    return [(test, group or test) for test, _, group in (line.partition("@") for line in lines)]


def run_again(passed, failed):
    """(passed, failed) of the whole suite once the few tests that failed were run again, with the machine to themselves.

    A test that passes then had too little of a busy host, or found what seldom happens: it counts as passed, and is named, for its
    logs of the first time to be looked at.
    """
    first = dict(failures())
    if len(first) != failed or len(set(first.values())) > AGAIN_MAX:
        return passed, failed
    print(f"\nagain, one after the other: what failed ({failed})", flush=True)
    passed_again, failed_again = run_pytest(["-n", "0", "--logs", str(LOGS_AGAIN), *first])
    if passed_again + failed_again != failed:
        return passed, failed
    for test in first.keys() - dict(failures()).keys():
        print(f"passed only when run again: {test} (logs of its failure: {LOGS.relative_to(paths.TOP)}/)", flush=True)
    return passed + passed_again, failed_again


def run_tests(arch, arguments):
    """Runs the tests of ARCH (all, where it is none) and shows as the last line `N passed, N failed`; ARGUMENTS are for pytest."""
    options = [*side_by_side(), *(["--arch", arch] if arch else [])]
    some = any(argument.split("/")[0] == "tests" for argument in arguments)
    passed, failed = run_pytest([*options, *arguments, *([] if some else ["tests"])])
    if failed and not arguments:
        passed, failed = run_again(passed, failed)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else errors.OK


def run_benchmarks(arch, mode):
    """The benchmarks are one program of their own, which prints its figures."""
    command = [sys.executable, str(paths.TOP / "tests" / "bench" / "bench.py"), "--arch", arch.name, "--mode", mode]
    return subprocess.run(command, cwd=paths.TOP, check=False).returncode
