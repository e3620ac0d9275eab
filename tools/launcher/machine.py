# SPDX-License-Identifier: BSD-2-Clause
"""The machine: QEMU's command line, its run to the end, and the terminal left as it was found."""

import contextlib
import ctypes
import fcntl
import signal
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

from . import errors, uefi
from .arches import Arch
from .lastwords import LastWords

MIB = 1 << 20
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>

# With these two runs are the same to the last instruction: time is counted in instructions (each takes 1 << shift ns), and nothing
# random comes in.
DETERMINISTIC = ["-seed", "1", "-rtc", "base=2026-01-01T00:00:00,clock=vm"]

# Bulkhead runs on one of the processors. The others then take turns with it on one of the host's, and where firmware lets them look for work without end
# (OpenSBI 1.1) they give up their turn each time; else they would take a processor of the host each.
ONE_BY_ONE = ["-accel", "tcg,thread=single"]


@dataclass(frozen=True)
class Machine:
    """One machine that boots KERNEL with BUNDLE beside it; or what is on ISO, by FIRMWARE if that is not the machine's own."""
    arch: Arch
    kernel: Path | None = None
    bundle: Path | None = None
    memory: int = 512 * MIB
    smp: int = 1
    cpu: str | None = None
    icount: bool = False
    icount_shift: int = 0
    append: str | None = None
    devices: tuple = ()  # more of QEMU's, for tests
    debugger: Path | None = None  # the socket where QEMU waits for one
    is_held: bool = False  # the debugger finds the processor at its first instruction
    iso: Path | None = None
    firmware: uefi.Firmware | None = None

    def boots(self):
        """QEMU's arguments for what is booted."""
        options = {"-kernel": self.kernel, "-initrd": self.bundle, "-append": self.append, "-cdrom": self.iso}
        chosen = [argument for option, value in options.items() if value is not None for argument in (option, str(value))]
        return chosen + (self.firmware.arguments() if self.firmware else [])

    def command(self, interactive, log=None):
        """QEMU's arguments. Interactive, Ctrl-A is QEMU's own key; else every byte of standard input is the machine's.

        The console's output also goes to the file LOG.
        """
        stdio = "stdio,id=console" + (",mux=on,signal=off" if interactive else "") + (f",logfile={log}" if log else "")
        console = ["-chardev", stdio, "-serial", "chardev:console", *(["-mon", "chardev=console"] if interactive else ["-monitor", "none"])]
        devices = [argument for device in self.devices for argument in ("-device", device)]
        debugger = ["-gdb", f"unix:{self.debugger},server=on,wait=off"] + ["-S"] * self.is_held if self.debugger else []
        counted = ["-icount", f"shift={self.icount_shift},sleep=off", *DETERMINISTIC] if self.icount else []
        several = ["-smp", str(self.smp), *ONE_BY_ONE] if self.smp > 1 else []
        return [self.arch.qemu, *self.arch.machine, "-cpu", self.cpu or self.arch.cpu, "-m", f"{self.memory // MIB}M", *several, *devices,
                *self.boots(), "-display", "none", "-no-reboot", *console, *debugger, *counted]


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


def is_ignored(number):
    """Whether whoever started us wants nothing to come of a signal, as nohup does."""
    return signal.getsignal(number) == signal.SIG_IGN


def die_with_parent():
    """In the child: QEMU is not left running when the launcher is killed in a way that it cannot pass on. What we ignore it would take, so it is blocked."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, filter(is_ignored, (signal.SIGINT, signal.SIGHUP)))


class PassedSignals:
    """Passes on to a child the signals that ask us to end: also one that comes just before the child is there."""

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self):
        self.child = None
        self.received = []

    def __enter__(self):
        self.old = {number: signal.signal(number, self._pass) for number in self.NUMBERS if not is_ignored(number)}
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


def exit_status(arch, code, told):
    """The launcher's status for QEMU's: what the system tells passes through, all else is QEMU's failure. TOLD: see Arch.status."""
    status = arch.status(code, told)
    if status in (errors.OK, errors.GUEST_FAILED, errors.SYSTEM_FAILED, errors.RESET):
        return status
    raise errors.LauncherError(errors.QEMU, f"{arch.qemu} broke down with status {code}; see its message above")


def run(machine, timeout=None, watch=None):
    """Runs MACHINE on our own standard input and output. Returns the launcher's exit status. WATCH is called with all output of its console."""
    interactive = is_interactive()
    sys.stdout.flush()
    with (terminal_kept(interactive), LastWords(watch) as words, PassedSignals() as signals,
          subprocess.Popen(machine.command(interactive, words.path), pass_fds=[words.end], preexec_fn=die_with_parent) as qemu):
        signals.watch(qemu)
        words.listen()
        try:
            qemu.wait(timeout)
        except subprocess.TimeoutExpired:
            qemu.terminate()
            qemu.wait()
            return errors.TIMEOUT
        if signals.received:
            return errors.INTERRUPTED
        words.finish()
        if interactive and qemu.returncode == 0 and words.are_by_hand():
            return errors.OK
        return exit_status(machine.arch, qemu.returncode, words.tell_a_good_end())
