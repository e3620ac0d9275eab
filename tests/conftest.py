# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures for all tests. `./bulkhead test` builds first; run alone, pytest takes what is built."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "tools")]

from harness import boot as booting  # noqa: E402: the path must be set first
from harness import logs  # noqa: E402
from launcher import paths  # noqa: E402


def pytest_sessionstart(session):
    if not session.config.option.collectonly:
        shutil.rmtree(logs.LOGS, ignore_errors=True)


@pytest.fixture
def boot(request):
    """boot(system, files, config, kernel=..., ...) starts a machine, which ends with the test: see harness/boot.py."""
    started = []

    def start(system, files=None, config=None, **options):
        started.append(booting.start(logs.of_test(request.node.nodeid), system, files, config, **options))
        return started[-1]

    yield start
    for machine in started:
        machine.close()


@pytest.fixture(scope="session")
def payload():
    """The default guest's files, which `./bulkhead setup` fetches."""
    from launcher import payload as payloads
    return payloads.ensure()


@pytest.fixture(scope="session")
def top():
    """The top of the source tree."""
    return paths.TOP
