# SPDX-License-Identifier: BSD-2-Clause
"""The first command of the README, from a script and in a terminal, with the real system."""

import os
import signal
import subprocess

import pytest
from harness import boot as booting
from harness import logs
from launcher import errors, paths, payload

PROMPT = "guest:/# "
LIMIT = 180


def run(*arguments, **options):
    return subprocess.run([paths.TOP / "bulkhead", "run", *arguments], check=False, text=True, errors="replace", timeout=LIMIT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


@pytest.fixture
def terminal(request):
    """terminal(*arguments): `./bulkhead run` in a terminal."""
    log = logs.of_test(request.node.nodeid) / "terminal.log"
    started = []

    def start(*arguments):
        started.append(booting.Boot([paths.TOP / "bulkhead", "run", *arguments], log, LIMIT, terminal=True))
        return started[-1]

    yield start
    for machine in started:
        machine.close()


def test_from_a_script():
    """A command in the guest, its output, and a status of 0; nothing of the launcher's own in between."""
    process = run("--append", f'{payload.COMMAND_LINE} bulkhead.run="echo answer $((6*7))"')
    assert process.returncode == errors.OK, process.stdout[-2000:]
    assert "answer 42" in process.stdout
    assert "Ctrl-A" not in process.stdout


def test_icount_runs_are_identical():
    """The same output at the same instruction, time stamps included."""
    outputs = [run("--icount", "--append", 'console=ttyS0 bulkhead.run="cat /proc/uptime"').stdout for _ in range(2)]
    assert "bulkhead-guest: ready" in outputs[0]
    assert outputs[0] == outputs[1]


def test_time_limit():
    assert run("--timeout", "2").returncode == errors.TIMEOUT


def test_in_a_terminal(terminal):
    """Banner, prompt, Ctrl-C for the guest, a resized window, poweroff."""
    machine = terminal()
    machine.expect("leave: .*Ctrl-A x", timeout=60)
    machine.expect(PROMPT, timeout=90)
    machine.send("echo started; sleep 1000\n")
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
