# SPDX-License-Identifier: BSD-2-Clause
"""Runs the tests and the benchmarks."""

import os
import re
import subprocess
import sys

from . import errors, paths

WORKERS_MAX = 8  # each may run a machine of a gigabyte
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
    """Shows pytest's output as it comes, and as the last line `N passed, N failed`. ARGUMENTS may undo ours."""
    command = [sys.executable, "-m", "pytest", "--rootdir", str(paths.TOP), "-p", "no:cacheprovider", "--color=no", *side_by_side(),
               *arguments]
    if not any(argument.split("/")[0] == "tests" for argument in arguments):
        command.append("tests")
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
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else errors.OK


def run_benchmarks(arch, mode):
    """The benchmarks are one program of their own, which prints its figures."""
    command = [sys.executable, str(paths.TOP / "tests" / "bench" / "bench.py"), "--arch", arch.name, "--mode", mode]
    return subprocess.run(command, cwd=paths.TOP, check=False).returncode
