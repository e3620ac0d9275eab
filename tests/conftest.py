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
from launcher import system as systems  # noqa: E402


def pytest_sessionstart(session):
    if not session.config.option.collectonly:
        shutil.rmtree(logs.LOGS, ignore_errors=True)


NOTES = pytest.StashKey()


@pytest.fixture
def note(request):
    """note(text) shows a figure that the test found, in the summary of the run."""
    notes = request.config.stash.setdefault(NOTES, [])
    return lambda text: notes.append((request.node.name, text))


def pytest_terminal_summary(terminalreporter, config):
    notes = config.stash.get(NOTES, [])
    if notes:
        terminalreporter.section("figures")
    for name, text in notes:
        terminalreporter.write_line(f"{name}: {text}")


@pytest.fixture
def boot(request):
    """boot(system, files, config, kernel=..., ...) starts a machine, which ends with the test: see harness/boot.py."""
    started = []
    folder = logs.of_test(request.node.nodeid)

    def start(system, files=None, config=None, **options):
        started.append(booting.start(folder, system, files, config, **options))
        return started[-1]

    yield start
    for machine in started:
        machine.close()
    for bundle in folder.glob("*.cpio"):
        bundle.unlink()


@pytest.fixture
def boot_guest(boot):
    """boot_guest(kernel, initrd=None, command_line="", guest_memory="256M", system="linux", ...) boots a system with a guest.

    KERNEL and INITRD are bytes or paths of files. All servers and programs of the variant are in the bundle.
    """

    def start(kernel, initrd=None, command_line="", *, system="linux", guest_memory="256M", files=None, config=None, mode="debug",
              **options):
        bundle = {**systems.programs(mode), "guest/kernel": kernel, "guest/cmdline": command_line.encode(), **(files or {})}
        if initrd:
            bundle["guest/initrd"] = initrd
        return boot(system, bundle, {"guest.memory": guest_memory, **(config or {})}, mode=mode, **options)

    return start


@pytest.fixture(scope="session")
def payload():
    """The default guest's files, which `./bulkhead setup` fetches."""
    from launcher import payload as payloads
    return payloads.ensure()


@pytest.fixture(scope="session")
def top():
    """The top of the source tree."""
    return paths.TOP
