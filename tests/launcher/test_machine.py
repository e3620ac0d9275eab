# SPDX-License-Identifier: BSD-2-Clause
"""Running QEMU: exit statuses, signals, time limits, and the terminal afterwards. A small script stands in for QEMU."""

import os
import pty
import signal
import subprocess
import sys
import termios
import time

import pytest
from launcher import errors, machine, paths

RUN = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from launcher import errors, machine
try:
    sys.exit(machine.run(machine.Machine(Path("kernel"), None), timeout=float(sys.argv[2]) or None))
except errors.LauncherError as error:
    print(error, file=sys.stderr)
    sys.exit(error.status)
"""


@pytest.fixture
def start(tmp_path):
    """start(script, timeout=0, **how) runs the launcher's last step with a shell SCRIPT in QEMU's place."""

    def run(script, timeout=0, **how):
        fake = tmp_path / machine.QEMU
        fake.write_text("#!/bin/sh\n" + script)
        fake.chmod(0o755)
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        command = [sys.executable, "-c", RUN, str(paths.TOP / "tools"), str(timeout)]
        return subprocess.Popen(command, env=environment, **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                                             "stderr": subprocess.STDOUT, "text": True, **how})

    return run


@pytest.mark.parametrize("code, status", [(0, errors.OK), (10, errors.GUEST_FAILED), (20, errors.SYSTEM_FAILED),
                                          (1, errors.QEMU), (2, errors.QEMU), (134, errors.QEMU)])
def test_exit_status(start, code, status):
    assert start(f"exit {code}").wait(20) == status


def test_time_limit(start):
    begun = time.monotonic()
    assert start("exec sleep 60", timeout=0.5).wait(20) == errors.TIMEOUT
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_the_machine(start, number):
    """QEMU gets the signal, ends in its own good order, and the launcher tells that it was no success."""
    process = start("trap 'echo ended in order; exit 0' TERM INT HUP; echo ready; while :; do sleep 0.1; done")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    assert (output, process.returncode) == ("ended in order\n", errors.INTERRUPTED)


def test_machine_does_not_outlive_the_launcher(start):
    """Even a launcher that is killed outright leaves no QEMU behind."""
    process = start("trap 'echo ended in order; exit 0' TERM; echo ready; while :; do sleep 0.1; done")
    assert process.stdout.readline() == "ready\n"
    process.kill()
    assert process.communicate(timeout=20)[0] == "ended in order\n"


@pytest.mark.parametrize("ending", ["exit 0", "kill -9 $$", "trap 'exit 0' TERM; kill -TERM $PPID; while :; do sleep 0.1; done"])
def test_terminal_is_put_back(start, ending):
    """Whatever way QEMU ends, with the terminal raw and non-blocking."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    nonblocking = "import fcntl, os; fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_RDWR)"
    process = start(f'stty raw -echo; {sys.executable} -c "{nonblocking}"; {ending}', stdin=slave, stdout=slave, stderr=slave)
    process.wait(20)
    assert termios.tcgetattr(slave) == before
    assert os.get_blocking(slave)
    os.close(slave)
    os.close(master)


def test_resizing_hurts_nothing(start):
    master, slave = pty.openpty()
    process = start("sleep 0.5; exit 10", stdin=slave, stdout=slave, stderr=slave)
    for _ in range(20):
        process.send_signal(signal.SIGWINCH)
        time.sleep(0.02)
    assert process.wait(20) == errors.GUEST_FAILED
    os.close(slave)
    os.close(master)


def test_keys_of_qemu_only_in_a_terminal():
    """Without a terminal all bytes are the machine's: no Ctrl-A is taken out of them."""
    made = machine.Machine(paths.TOP / "kernel", None)
    assert "mon:stdio" in made.command(interactive=True)
    assert "mon:stdio" not in made.command(interactive=False)


def test_icount_is_deterministic():
    command = machine.Machine(paths.TOP / "kernel", None, icount=True).command(interactive=False)
    assert command[-len(machine.DETERMINISTIC):] == machine.DETERMINISTIC
