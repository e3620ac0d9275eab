# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures for all tests. `./bulkhead test` builds first; run alone, pytest takes what is built.

A test that boots something, through whatever fixture, runs once for each architecture and has its name in the test's ID. The
mark `arch("NAME", ...)` on a test or a parameter keeps it to some of them, and the option --arch to one.
"""

import shutil
import sys
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "tools")]

from harness import boot as booting  # noqa: E402: the path must be set first
from harness import emulator, logs  # noqa: E402
from launcher import arches, paths  # noqa: E402
from launcher import payload as payloads  # noqa: E402
from launcher import system as systems  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--arch", choices=tuple(arches.BY_NAME), help="leave out tests of other architectures")
    parser.addoption("--kernel", default=booting.default_kernel, metavar="FILE",
                     help="what boots where a test asks for no certain kernel (default: %(default)s); bulkhead-nofast.elf has no fast path")
    parser.addoption("--logs", type=Path, default=logs.LOGS, metavar="FOLDER", help="where the logs are kept (default: %(default)s)")
    parser.addoption("--failures", type=Path, metavar="FILE", help="names in FILE the tests that failed, a line each")


def pytest_configure(config):
    booting.default_kernel = config.option.kernel
    logs.LOGS = config.option.logs  # before any test's file takes it from there
    config.addinivalue_line("markers", "arch(*names): the test is about these architectures only")


def pytest_sessionstart(session):
    if not session.config.option.collectonly and not hasattr(session.config, "workerinput"):
        shutil.rmtree(logs.LOGS, ignore_errors=True)


def pytest_generate_tests(metafunc):
    own = any("arch" in mark.args[0].split(", ") for mark in metafunc.definition.iter_markers("parametrize"))
    if "arch" in metafunc.fixturenames and not own:
        mark = metafunc.definition.get_closest_marker("arch")
        metafunc.parametrize("arch", mark.args if mark else tuple(arches.BY_NAME), indirect=True, scope="session")


def is_chosen(item, chosen):
    """Whether ITEM's architecture is one that its marks allow, and the CHOSEN one if there is."""
    name = item.callspec.params.get("arch") if hasattr(item, "callspec") else None
    allowed = [set(mark.args) for mark in item.iter_markers("arch")] + ([{chosen}] if chosen else [])
    return name is None or all(name in names for names in allowed)


def pytest_collection_modifyitems(config, items):
    chosen = [item for item in items if is_chosen(item, config.option.arch)]
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


RUNS = 4  # of a test whose machine is at fault each time, at most


def pytest_runtest_protocol(item, nextitem):
    """A test that failed by the emulator's own fault runs once more, and again, which the figures tell."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for run in range(1, RUNS):
        if not any(report.failed and emulator.is_at_fault(report.longreprtext) for report in reports):
            break
        item._initrequest()
        item.user_properties = [("note", f"made again ({run}): the emulated processor gave the guest flags that no processor has")]
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture
def note(record_property):
    """note(text) shows a figure that the test found, in the summary of the run."""
    return lambda text: record_property("note", text)


def pytest_terminal_summary(terminalreporter, config):
    if config.option.failures:
        failed = [report.nodeid for what in ("failed", "error") for report in terminalreporter.stats.get(what, [])]
        config.option.failures.write_text("".join(f"{test}\n" for test in failed))
    reports = [report for group in terminalreporter.stats.values() for report in group if getattr(report, "when", None) == "call"]
    lines = [f"{report.nodeid.rsplit('::', 1)[-1].split('@')[0]}: {text}" for report in sorted(reports, key=lambda report: report.nodeid)
             for name, text in report.user_properties if name == "note"]
    if lines:
        terminalreporter.section("figures")
    for line in lines:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def arch(request):
    """The architecture that the test is about: a launcher.arches.Arch."""
    return arches.BY_NAME[request.param]


@pytest.fixture
def programs(arch):
    """programs(mode="debug"): the servers and programs of a variant, by name, as bundles hold them."""
    return lambda mode="debug": systems.programs(arch, mode)


@pytest.fixture
def boot(request, arch):
    """boot(system, files, config, kernel=..., ...) starts a machine, which ends with the test: see harness/boot.py."""
    started = []
    folder = logs.of_test(request.node.nodeid)

    def start(system, files=None, config=None, **options):
        started.append(booting.start(arch, folder, system, files, config, **options))
        return started[-1]

    yield start
    for machine in started:
        machine.close()
    booting.clean(folder)


# The control task's line, once a minute, else stands amid what a test reads of its guest where the host is busy.
QUIET = {system: {"control.report": 0} for system in ("linux", "guest-test")}


@pytest.fixture
def boot_guest(boot, programs):
    """boot_guest(kernel, initrd=None, command_line="", guest_memory="256M", system="linux", ...) boots a system with a guest.

    KERNEL and INITRD are bytes or paths of files; `kernel=` among the other options is the system's, as in boot. All servers and programs
    of the variant are in the bundle.
    """

    def start(kernel, /, initrd=None, command_line="", *, system="linux", guest_memory="256M", files=None, config=None, mode="debug",
              **options):
        bundle = {**programs(mode), "guest.kernel": kernel, "guest.cmdline": command_line.encode(), **(files or {})}
        if initrd:
            bundle["guest.initrd"] = initrd
        return boot(system, bundle, {"guest.memory": guest_memory, **QUIET.get(system, {}), **(config or {})}, mode=mode, **options)

    return start


@pytest.fixture(scope="session")
def payload(arch):
    """The default guest's files, which `./bulkhead setup` fetches."""
    return payloads.ensure(arch)


@pytest.fixture(scope="session")
def top():
    """The top of the source tree."""
    return paths.TOP
