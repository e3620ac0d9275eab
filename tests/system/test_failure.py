# SPDX-License-Identifier: BSD-2-Clause
"""The system itself fails: the machine ends with status 20 and says who failed, where and why. It never just hangs.

The programs that fail are the real ones, in which the first instruction of one function is replaced by one that does not exist.
"""

import os
import shutil
import struct
import sys

import pytest
from harness import boot as booting
from harness import logs, tree
from harness.elf import broken
from launcher import arches, machine, paths

SYSTEM_FAILED = 20
RUN = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from launcher import arches, machine
sys.exit(machine.run(machine.Machine(arches.RISCV, Path(sys.argv[2]))))
"""
FAILED = r"^bulkhead: the system has failed: {} faulted, and nobody stands above it: ILLEGAL_INSTRUCTION, pc 0x0*{:x}, address 0x[0-9a-f]+, cause 0x[0-9a-f]+$"


@pytest.mark.parametrize("function", ["main", "lifecycle_start", "fault_exit"])
def test_fault_of_the_monitor_ends_the_machine(boot, programs, function):
    """While init is there, after its destruction, and long after everything was built."""
    files = programs()
    files["monitor"], address = broken(files["monitor"], function)
    booted = boot("servers-test", files)
    if function == "fault_exit":
        booted.expect(r"^> $")
        booted.send("exit 3\r")
    booted.expect(FAILED.format("monitor", address))
    assert booted.wait(30) == SYSTEM_FAILED


def test_broken_requirement_of_the_monitor_ends_the_machine(boot, programs):
    """What ends a program by L4_REQUIRE or L4_ENSURE, with a status of its own, ends the system where the program is the system."""
    files = programs()
    booted = boot("servers-test", {**files, "monitor": files["console"]})  # which does not find what it needs
    booted.expect(r"^servers/console/main.c:\d+: not so: ")
    assert booted.wait(30) == SYSTEM_FAILED


@pytest.mark.parametrize("function", ["main", "manifest_read", "process_start"])
def test_fault_of_init_ends_the_machine(boot, arch, programs, tmp_path, function):
    init = arch.variant("debug") / "servers" / "init" / "init.elf"
    changed, address = broken(init, function)
    kernel = (arch.variant("debug") / "bulkhead.elf").read_bytes()
    assert kernel.count(init.read_bytes()) == 1  # the kernel carries it whole
    path = tmp_path / "bulkhead.elf"
    path.write_bytes(kernel.replace(init.read_bytes(), changed))
    booted = boot("servers-test", programs(), kernel=path)
    booted.expect(FAILED.format("init", address))
    assert booted.wait(30) == SYSTEM_FAILED


def memory_node(start, size):
    return f"memory@{start:x}", {"device_type": b"memory\0", "reg": struct.pack(">QQ", start, size)}


@pytest.fixture
def boot_with_tree(request, arch, tmp_path):
    """boot_with_tree(nodes, how): a machine whose device tree has more nodes; `how` of its arguments gives the command to start."""
    started = []

    def start(nodes, how):
        target = machine.Machine(arch, arch.variant("debug") / "bulkhead.elf")
        changed = tmp_path / "changed.dtb"
        changed.write_bytes(tree.with_nodes(tree.of_machine(target.command(interactive=False), tmp_path / "machine.dtb"), nodes))
        command = how(target, ["-dtb", str(changed)])
        started.append(booting.Boot(command, logs.of_test(request.node.nodeid) / "boot-1.log", 120))
        return started[-1]

    yield start
    for booted in started:
        booted.close()


@pytest.mark.arch("riscv")
def test_panic_after_the_finisher_is_known_has_the_right_status(boot_with_tree):
    """More memory than the kernel has room for in its list, which the tree tells before it tells the finisher."""
    nodes = dict(memory_node(0x1000000000 + (i << 24), 1 << 20) for i in range(100))
    booted = boot_with_tree(nodes, lambda target, more: target.command(interactive=False) + more)
    booted.expect("^kernel panic: device tree: too many ranges of memory")
    assert booted.wait(30) == SYSTEM_FAILED


@pytest.mark.arch("riscv")
def test_panic_before_the_device_tree_is_read_is_told_by_the_launcher(boot_with_tree, tmp_path):
    """A tree larger than the kernel's window on it: the kernel can do no more than power off, which gives QEMU the status 0."""

    def launcher(target, more):
        qemu = tmp_path / arches.RISCV.qemu
        qemu.write_text(f'#!/bin/sh\nexec {shutil.which(arches.RISCV.qemu)} "$@" {" ".join(more)}\n')
        qemu.chmod(0o755)
        return ["env", f"PATH={tmp_path}:{os.environ['PATH']}", sys.executable, "-c", RUN, str(paths.TOP / "tools"), str(target.kernel)]

    booted = boot_with_tree({"filler": {"compatible": bytes(5 << 20)}}, launcher)
    booted.expect("^kernel panic: device tree: too large", timeout=100)  # the firmware goes through it many times
    assert booted.wait(30) == SYSTEM_FAILED
