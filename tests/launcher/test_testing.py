# SPDX-License-Identifier: BSD-2-Clause
"""How `./bulkhead test` counts, and when it runs again what failed: in a tree that has the launcher, the harness and tests of its own."""

import shutil
import subprocess
import sys

import pytest

from launcher import testing

RUN = "import sys; sys.path.insert(0, 'tools'); from launcher import testing; sys.exit(testing.run_tests(None, sys.argv[1:]))"

# seldom() fails the first time; the file that shows it is of the tree, so that workers share it.
TESTS = """
from pathlib import Path
import pytest

def seldom(name):
    mark = Path(__file__).with_name(name)
    seen = mark.exists()
    mark.touch()
    assert seen

def test_good():
    pass
"""


@pytest.fixture
def run(top, tmp_path):
    """run(tests, *arguments): the status and output of a suite that has test_good and TESTS."""
    for folder in ("tools", "libl4/abi", "tests/harness"):
        shutil.copytree(top / folder, tmp_path / folder)
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(top / "tests" / name, tmp_path / "tests")
    (tmp_path / "build").mkdir()

    def start(tests, *arguments):
        (tmp_path / "tests" / "test_some.py").write_text(TESTS + tests)
        process = subprocess.run([sys.executable, "-c", RUN, *arguments], cwd=tmp_path, check=False, text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, timeout=120)
        return process.returncode, process.stdout

    return start


@pytest.mark.parametrize("line, counts", [
    ("===== 12 passed in 3.40s =====", (12, 0)),
    ("===== 2 failed, 10 passed, 1 skipped in 9.99s =====", (10, 2)),
    ("===== 1 passed, 3 errors in 0.10s =====", (1, 3)),
    ("===== no tests ran in 0.01s =====", (0, 0)),
])
def test_counts(line, counts):
    assert testing.summary(line) == counts


def test_all_good(run):
    status, output = run("")
    assert status == 0 and output.endswith("\n1 passed, 0 failed\n") and "again" not in output


def test_seldom_failure_is_run_again_and_named(run):
    """Alone or in a group, and with a fixture that fails, whose figure pytest calls an error."""
    status, output = run("""
@pytest.mark.xdist_group("a boot")
@pytest.mark.parametrize("name", ["a b", "c[d]"])
def test_grouped(name):
    seldom(name)

@pytest.fixture
def late():
    seldom("late")

def test_fixture(late):
    pass
""")
    assert status == 0 and output.endswith("\n4 passed, 0 failed\n")
    for name in ("test_grouped[a b]", "test_grouped[c[d]]", "test_fixture"):
        assert f"passed only when run again: tests/test_some.py::{name} (logs of its failure: build/test-logs/)" in output


def test_failure_stays_one(run):
    status, output = run("""
def test_bad():
    assert False

def test_seldom():
    seldom("seldom")
""")
    assert status == 1 and output.endswith("\n2 passed, 1 failed\n")
    assert "only when run again: tests/test_some.py::test_seldom " in output and "again: tests/test_some.py::test_bad" not in output


def test_many_failures_are_not_run_again(run):
    status, output = run("""
@pytest.mark.parametrize("number", range(4))
def test_seldom(number):
    seldom(str(number))
""")
    assert status == 1 and output.endswith("\n1 passed, 4 failed\n") and "again" not in output


def test_chosen_tests_are_run_once(run):
    status, output = run("""
def test_seldom():
    seldom("seldom")
""", "-k", "test_")
    assert status == 1 and output.endswith("\n1 passed, 1 failed\n") and "again" not in output


def test_broken_suite_fails(run):
    status, output = run("nonsense(")
    assert status == 1 and output.endswith("\n0 passed, 1 failed\n")
