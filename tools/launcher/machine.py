# SPDX-License-Identifier: BSD-2-Clause
"""The machine: QEMU's command line, its run to the end, and the terminal left as it was found."""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

from . import errors

MIB = 1 << 20
QEMU = "qemu-system-riscv64"
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>
DEFAULT_CPU = "rv64,h=true"

# With these two runs are the same to the last instruction: time is counted in instructions (each takes 1 << shift ns), and nothing
# random comes in.
DETERMINISTIC = ["-seed", "1", "-rtc", "base=2026-01-01T00:00:00,clock=vm"]


@dataclass(frozen=True)
class Machine:
    """One machine that boots KERNEL with BUNDLE beside it."""
    kernel: Path
    bundle: Path | None
    memory: int = 512 * MIB
    smp: int = 1
    cpu: str = DEFAULT_CPU
    icount: bool = False
    icount_shift: int = 0
    append: str | None = None

    def command(self, interactive):
        """QEMU's arguments. Interactive, Ctrl-A is QEMU's own key; else every byte of standard input is the machine's."""
        console = ["-serial", "mon:stdio"] if interactive else ["-serial", "stdio", "-monitor", "none"]
        counted = ["-icount", f"shift={self.icount_shift},sleep=off", *DETERMINISTIC] if self.icount else []
        return [QEMU, "-machine", "virt", "-cpu", self.cpu, "-m", f"{self.memory // MIB}M", "-smp", str(self.smp),
                "-bios", "default", "-kernel", str(self.kernel), *(["-initrd", str(self.bundle)] if self.bundle else []),
                *(["-append", self.append] if self.append is not None else []),
                "-display", "none", "-no-reboot", *console, *counted]


def is_interactive():
    """Whether a person sits at both ends of the console."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextlib.contextmanager
def terminal_kept(interactive):
    """Puts back the terminal's settings, and the flags that QEMU sets on the descriptors, whatever happens within."""
    if not interactive:
        yield
        return
    settings = termios.tcgetattr(0)
    flags = {descriptor: fcntl.fcntl(descriptor, fcntl.F_GETFL) for descriptor in (0, 1, 2)}
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, settings)
        for descriptor, value in flags.items():
            fcntl.fcntl(descriptor, fcntl.F_SETFL, value)


def die_with_parent():
    """In the child: QEMU is not left running when the launcher is killed in a way that it cannot pass on."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class PassedSignals:
    """Passes on to a child the signals that ask us to end: also one that comes just before the child is there."""

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self):
        self.child = None
        self.received = []

    def __enter__(self):
        self.old = {number: signal.signal(number, self._pass) for number in self.NUMBERS}
        return self

    def __exit__(self, *_error):
        for number, handler in self.old.items():
            signal.signal(number, handler)

    def _pass(self, number, _frame):
        self.received.append(number)
        if self.child:
            self.child.send_signal(number)

    def watch(self, child):
        self.child = child
        for number in self.received:
            child.send_signal(number)


def exit_status(code):
    """The launcher's status for QEMU's: the system's own codes pass through, all else is QEMU's failure."""
    if code in (errors.OK, errors.GUEST_FAILED, errors.SYSTEM_FAILED):
        return code
    raise errors.LauncherError(errors.QEMU, f"{QEMU} broke down with status {code}; see its message above")


def run(machine, timeout=None):
    """Runs MACHINE on our own standard input and output. Returns the launcher's exit status."""
    interactive = is_interactive()
    sys.stdout.flush()
    command = machine.command(interactive)
    with (terminal_kept(interactive), PassedSignals() as signals,
          subprocess.Popen(command, preexec_fn=die_with_parent) as qemu):
        signals.watch(qemu)
        try:
            qemu.wait(timeout)
        except subprocess.TimeoutExpired:
            qemu.terminate()
            qemu.wait()
            return errors.TIMEOUT
    return errors.INTERRUPTED if signals.received else exit_status(qemu.returncode)
