# SPDX-License-Identifier: BSD-2-Clause
"""Running QEMU: exit statuses, signals, time limits, and the terminal afterwards. A small script stands in for QEMU."""

import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time

import pytest
from launcher import arches, errors, lastwords, machine, paths, uefi

RUN = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from launcher import arches, errors, machine
try:
    target = machine.Machine(arches.BY_NAME[sys.argv[3]], Path("kernel"))
    sys.exit(machine.run(target, timeout=float(sys.argv[2]) or None))
except errors.LauncherError as error:
    print(error, file=sys.stderr)
    sys.exit(error.status)
"""

# The fake's own log of the console, as it is told to write one.
LOG = """\
#!/bin/sh
log=$(echo "$*" | sed 's/.*logfile=\\([^ ,]*\\).*/\\1/')
"""
WELL = "bulkhead: the machine ends with status 0"


@pytest.fixture
def start(tmp_path):
    """start(script, timeout=0, isa="riscv", **how) runs the launcher's last step with a shell SCRIPT in QEMU's place."""

    def run(script, timeout=0, isa="riscv", **how):
        fake = tmp_path / arches.BY_NAME[isa].qemu
        fake.write_text(LOG + script)
        fake.chmod(0o755)
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        command = [sys.executable, "-c", RUN, str(paths.TOP / "tools"), str(timeout), isa]
        return subprocess.Popen(command, env=environment, **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                                             "stderr": subprocess.STDOUT, "text": True, **how})

    return run


# QEMU's status for each end. On x86_64 it is twice the system's and one; all else is QEMU's own, and 0 its word for a reset.
CODES = {
    "riscv": {0: errors.OK, 10: errors.GUEST_FAILED, 20: errors.SYSTEM_FAILED, 1: errors.QEMU, 2: errors.QEMU, 134: errors.QEMU},
    "x86_64": {1: errors.OK, 21: errors.GUEST_FAILED, 41: errors.SYSTEM_FAILED, 0: errors.RESET, 3: errors.QEMU, 2: errors.QEMU,
               20: errors.QEMU, 134: errors.QEMU, 139: errors.QEMU},
}
UNTOLD = {"riscv": (0, errors.SYSTEM_FAILED), "x86_64": (1, errors.QEMU)}


@pytest.mark.parametrize("isa, code", [(isa, code) for isa in CODES for code in CODES[isa]])
def test_exit_status(start, isa, code):
    assert start(f'echo "{WELL}" >$log; exit {code}', isa=isa).wait(20) == CODES[isa][code]


@pytest.mark.parametrize("isa", CODES)
def test_killed_qemu_is_no_system_failure(start, isa):
    process = start("kill -SEGV $$", isa=isa)
    assert process.wait(20) == errors.QEMU
    assert f"{arches.BY_NAME[isa].qemu} broke down" in process.stdout.read()


@pytest.mark.parametrize("isa", CODES)
def test_qemu_that_cannot_start_is_no_success(isa):
    """The real one, with arguments that it refuses."""
    arch = arches.BY_NAME[isa]
    code = subprocess.run([arch.qemu, *arch.machine, "-device", "nonsense"], check=False, stderr=subprocess.DEVNULL, timeout=60).returncode
    with pytest.raises(errors.LauncherError) as caught:
        machine.exit_status(arch, code, told=False)
    assert caught.value.status == errors.QEMU


@pytest.mark.parametrize("isa", CODES)
@pytest.mark.parametrize("words", ["", "kernel panic: device tree: too large (0x0000000000600000)", WELL + "\nand more", "QEMU: Terminated",
                                   "bulkhead: the machine ends with status 20"])
def test_end_without_the_systems_word_is_a_failure(start, isa, words):
    """QEMU gives its status of a good end also for a power-off that nobody meant, for a reset, or when it does not start."""
    code, status = UNTOLD[isa]
    assert start(f"echo '{words}' >$log; exit {code}", isa=isa).wait(20) == status


@pytest.mark.parametrize("isa", CODES)
def test_person_may_end_the_machine(start, isa):
    """By QEMU's own key, which only a terminal has."""
    master, slave = pty.openpty()
    assert start("echo 'QEMU: Terminated' >$log; exit 0", isa=isa, stdin=slave, stdout=slave, stderr=slave).wait(20) == errors.OK
    os.close(slave)
    os.close(master)


def test_log_is_read_on_when_what_is_seen_in_it_cannot_be_told():
    """Such as to a pipe that nobody reads: QEMU would wait for its log."""
    seen = threading.Event()

    def watch(_data):
        seen.set()
        raise BrokenPipeError

    with lastwords.LastWords(watch) as words:
        end = os.dup(words.end)
        words.listen()
        os.write(end, b"a fault\n")
        assert seen.wait(20)
        os.write(end, WELL.encode())
        os.close(end)
        words.finish()
        assert words.tell_a_good_end()


def test_what_nohup_has_ignored_stays_so():
    old = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with machine.PassedSignals() as signals:
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
        assert signals.received == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, old)


def test_time_limit(start):
    assert start("exec sleep 600", timeout=0.5).wait(60) == errors.TIMEOUT


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_the_machine(start, number):
    """QEMU gets the signal, ends in its own good order, and the launcher tells that it was no success."""
    process = start("trap 'echo ended in order; exit 0' TERM INT HUP; echo ready; while :; do sleep 0.1; done",
                    preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    assert (output, process.returncode) == ("ended in order\n", errors.INTERRUPTED)


# Takes the signal, as QEMU does whether or not it was ignored before.
TAKES_HANGUP = """\
exec {python} -c '
import os, signal, sys
signal.signal(signal.SIGHUP, lambda *_: os.write(1, b"hung up\\n"))
print("ready", flush=True)
sys.stdin.readline()
print("ended in order", flush=True)
sys.exit(10)'
"""


def test_hangup_that_is_ignored_comes_to_nothing(start):
    """As under nohup, whether it is sent to the launcher alone or, by a terminal, to the machine as well."""
    process = start(TAKES_HANGUP.format(python=sys.executable), stdin=subprocess.PIPE, start_new_session=True,
                    preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGHUP)
    os.killpg(process.pid, signal.SIGHUP)
    assert (process.communicate("\n", timeout=20)[0], process.returncode) == ("ended in order\n", errors.GUEST_FAILED)


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
    made = machine.Machine(arches.RISCV, paths.TOP / "kernel")
    assert "mux=on" in " ".join(made.command(interactive=True))
    assert "mux=on" not in " ".join(made.command(interactive=False))


@pytest.mark.parametrize("isa", arches.BY_NAME)
def test_icount_is_deterministic(isa):
    command = machine.Machine(arches.BY_NAME[isa], paths.TOP / "kernel", icount=True).command(interactive=False)
    assert command[-len(machine.DETERMINISTIC):] == machine.DETERMINISTIC


def following(command, option):
    """The argument after OPTION, once for each time that it is there."""
    return [value for name, value in zip(command, command[1:]) if name == option]


@pytest.mark.parametrize("isa", arches.BY_NAME)
def test_several_processors_take_one_of_the_hosts(isa):
    """Since one works: else those that firmware leaves looking for work take as many."""
    made = machine.Machine(arches.BY_NAME[isa], paths.TOP / "kernel", smp=4).command(interactive=False)
    assert following(made, "-smp") == ["4"]
    assert following(made, "-accel") == ["tcg,thread=single"]


def test_x86_64_machine_has_only_what_is_asked_for(tmp_path):
    """Its console and the debug exit port, through which it ends."""
    command = machine.Machine(arches.X86_64, tmp_path / "kernel", tmp_path / "bundle").command(interactive=False)
    assert "-nodefaults" in command
    assert following(command, "-device") == ["isa-debug-exit,iobase=0xf4,iosize=0x4"]
    assert following(command, "-initrd") == [str(tmp_path / "bundle")]
    assert "-drive" not in command and "-cdrom" not in command


def test_x86_64_machine_with_uefi_has_variables_of_its_own(tmp_path):
    firmware = uefi.install(tmp_path / "variables.fd")
    command = machine.Machine(arches.X86_64, iso=tmp_path / "x.iso", firmware=firmware).command(interactive=False)
    assert following(command, "-cdrom") == [str(tmp_path / "x.iso")] and "-kernel" not in command
    code, variables = following(command, "-drive")
    assert "readonly=on" in code and str(tmp_path / "variables.fd") in variables


def test_qemu_says_nothing_of_the_default_processor():
    """A processor that QEMU cannot emulate in full makes it print a warning for each lacking feature on the user's terminal."""
    for cpu in (arches.X86_64.cpu, arches.X86_64.cpu_without_guests):
        command = [arches.X86_64.qemu, "-machine", "q35,accel=tcg", "-nodefaults", "-display", "none", "-cpu", cpu, "-S", "-monitor", "stdio"]
        process = subprocess.run(command, check=False, input="quit\n", text=True, capture_output=True, timeout=60)
        assert process.returncode == 0 and not process.stderr
