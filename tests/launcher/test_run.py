# SPDX-License-Identifier: BSD-2-Clause
"""The first command of the README, from a script and in a terminal, with the real system."""

import os
import signal
import struct
import subprocess

import pytest
from harness import boot as booting
from harness import commands, logs
from launcher import arches, errors, paths
from launcher import payload as payloads

pytestmark = pytest.mark.xdist_group("build")  # the launcher builds

PROMPT = "guest:/# "
LIMIT = 180


def run(arch, *arguments):
    return commands.bulkhead("run", "--arch", arch.name, *arguments)


@pytest.fixture
def terminal(request, arch):
    """terminal(*arguments): `./bulkhead run` in a terminal."""
    log = logs.of_test(request.node.nodeid) / "terminal.log"
    started = []

    def start(*arguments):
        started.append(booting.Boot([paths.TOP / "bulkhead", "run", "--arch", arch.name, *arguments], log, LIMIT, terminal=True))
        return started[-1]

    yield start
    for machine in started:
        machine.close()


def test_from_a_script(arch):
    """A command in the guest, its output, and a status of 0; nothing of the launcher's own in between."""
    process = run(arch, "--append", f'{arch.command_line} bulkhead.run="echo answer $((6*7))"')
    assert process.returncode == errors.OK, process.told
    assert "answer 42" in process.stdout
    assert "Ctrl-A" not in process.stdout


# How a bzImage's payload begins, and what unpacks it.
UNPACKERS = {b"\x28\xb5\x2f\xfd": "zstd", b"\x02\x21\x4c\x18": "lz4"}


def vmlinux(bzimage):
    """The ELF file in a bzImage. Behind it lies its unpacked size, of which the tools for it know nothing."""
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    start = (bzimage[0x1F1] + 1) * 512 + offset
    packed = bzimage[start:start + length - 4]
    return subprocess.run([UNPACKERS[packed[:4]], "-dc"], input=packed, check=True, stdout=subprocess.PIPE, timeout=60).stdout


def without_pvh(kernel):
    """The same ELF file with another number on the note that names its PVH entry."""
    note = struct.pack("<III", 4, 8, 18) + b"Xen\0"
    assert kernel.count(note) == 1
    return kernel.replace(note, struct.pack("<III", 4, 8, 99) + b"Xen\0")


@pytest.mark.arch("x86_64")
@pytest.mark.parametrize("suite, change, loader", [
    *(pytest.param(suite, bytes, 0xB0, id=f"{suite}-pvh") for suite in arches.X86_64.suites),
    pytest.param("trixie", without_pvh, 0xFF, id="trixie-64-bit"),
])
def test_vmlinux(arch, suite, change, loader, tmp_path):
    """The ELF file of a stock kernel. How it was entered it tells by the loader's number: what its PVH entry puts there, or what the VMM does."""
    payload = payloads.ensure(arch, suite)
    kernel = tmp_path / "vmlinux"
    kernel.write_bytes(change(vmlinux(payload.kernel.read_bytes())))
    process = run(arch, "--kernel", kernel, "--initrd", payload.initrd, "--append",
                  f'{arch.command_line} bulkhead.run="echo loader $(cat /proc/sys/kernel/bootloader_type)"')
    assert process.returncode == errors.OK, process.told
    assert f"loader {loader}\n" in process.stdout.replace("\r", "")


def test_icount_runs_are_identical(arch):
    """The same output at the same instruction, time stamps included: of two runs, or of more where a busy host had the emulator's clock jump too far in one."""
    outputs = []
    while len(outputs) < 4 and len(set(outputs)) == len(outputs):
        process = run(arch, "--icount", "--append", f'{arch.command_line} bulkhead.run="cat /proc/uptime"')
        assert "bulkhead-guest: ready" in process.stdout, process.told
        outputs.append(process.stdout)
    assert len(set(outputs)) < len(outputs)


def test_time_limit(arch):
    assert run(arch, "--timeout", "2").returncode == errors.TIMEOUT


def test_in_a_terminal(terminal):
    """Banner, prompt, Ctrl-C for the guest, a resized window, poweroff."""
    machine = terminal()
    machine.expect("leave: .*Ctrl-A x", timeout=60)
    machine.expect(PROMPT, timeout=90)
    machine.send("sh -c 'echo started; exec sleep 1000'\n")  # a child, since BusyBox's shell itself can miss the signal while it starts one
    machine.expect("^started$")  # before that the shell's line editor would take the key, on real hardware too
    machine.send("\x03")
    machine.expect(PROMPT)
    os.kill(machine.process.pid, signal.SIGWINCH)
    machine.send("echo $((6*7))\n")
    machine.expect("^42$")
    machine.expect(PROMPT)
    machine.send("poweroff\n")
    assert machine.wait() == errors.OK


def test_leaving_by_key(terminal):
    machine = terminal()
    machine.expect(PROMPT, timeout=90)
    machine.send("\x01x")
    assert machine.wait(20) == errors.OK
