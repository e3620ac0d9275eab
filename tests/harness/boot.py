# SPDX-License-Identifier: BSD-2-Clause
"""A booted machine as a test sees it: a console to expect and send on, an end to wait for, a log on disk."""

import codecs
import os
import pty
import re
import subprocess
import threading
import time

from launcher import iso, lastwords, machine, uefi

from . import compose

TAIL_LINES = 40
PATIENCE = 4  # times as long as a quiet host needs
LONGEST_MATCH = 4096  # characters: of what `expect` waits for, where more comes than that

# What boots where a test asks for no certain kernel: pytest's option --kernel.
default_kernel = "bulkhead.elf"


# What terminals understand and tests do not look at: carriage returns, and the control sequences of BusyBox's line editor.
CONTROL = re.compile(r"\r|\x1b\[[0-9;?]*[A-Za-z]")
UNFINISHED = re.compile(r"\x1b(\[[0-9;?]*)?$")


class BootError(AssertionError):
    """The machine did not do what the test waited for."""


class Boot:
    """A running machine. Its console's whole output goes to LOG; `text` is what came so far, without control sequences.

    `expect` looks only at what came after the previous match. All waiting is bounded: by the call's own timeout, and by
    LIMIT seconds for the whole run, after which the machine is ended whatever this process does. Both are for a quiet host, and
    PATIENCE times as long for others. With TERMINAL the command gets a pseudo-terminal instead of pipes. STATUS makes the system's
    status of the command's: see launcher.arches.Arch.
    """

    def __init__(self, command, log, limit, terminal=False, status=lambda code, told: code, patience=PATIENCE):
        self.status = status
        self.log = log
        self.patience = patience
        self.limit = limit * patience
        self.pieces = []
        self.position = 0
        self.changed = threading.Condition()
        self.ended = False
        log.parent.mkdir(parents=True, exist_ok=True)
        self.input, self.output, ends = self._terminal() if terminal else self._pipes()
        self.process = subprocess.Popen(["timeout", "--foreground", "--kill-after=5", str(self.limit), *command], stdin=ends[0],
                                        stdout=ends[1], stderr=ends[1])
        for end in set(ends):
            os.close(end)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    @staticmethod
    def _pipes():
        child_in, our_in = os.pipe()
        our_out, child_out = os.pipe()
        return our_in, our_out, (child_in, child_out)

    @staticmethod
    def _terminal():
        ours, child = pty.openpty()
        return ours, ours, (child, child)

    def _take(self):
        """What comes next; nothing at the end, which a pseudo-terminal tells by an error."""
        try:
            return os.read(self.output, 65536)
        except OSError:
            return b""

    def _read(self):
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        held = ""
        with open(self.log, "wb") as log:
            while data := self._take():
                log.write(data)
                log.flush()
                held += decoder.decode(data)
                unfinished = UNFINISHED.search(held)
                whole = held[:unfinished.start()] if unfinished else held
                held = held[len(whole):]
                with self.changed:
                    self.pieces.append(CONTROL.sub("", whole))
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    @property
    def text(self):
        with self.changed:
            self.pieces = ["".join(self.pieces)]
            return self.pieces[0]

    def _fail(self, what):
        tail = "\n".join(self.text.splitlines()[-TAIL_LINES:])
        raise BootError(f"{what}\nlog: {self.log}\nits last lines:\n{tail}")

    def expect(self, pattern, timeout=30):
        """The match of PATTERN (multi-line) in what comes next; fails after TIMEOUT seconds or when the machine ends."""
        compiled = re.compile(pattern, re.MULTILINE)
        timeout *= self.patience
        deadline = time.monotonic() + timeout
        with self.changed:
            match = compiled.search(self.text, self.position)
            recent, seen = self.text[self.position:], len(self.pieces)
            while not match:
                left = deadline - time.monotonic()
                if self.ended:
                    self._fail(f"the machine ended without /{pattern}/")
                if left <= 0:
                    self._fail(f"no /{pattern}/ within {timeout} s")
                self.changed.wait(left)
                # To look through all again with each line would take longer than a machine takes that writes without end.
                recent, seen = recent[-LONGEST_MATCH:] + "".join(self.pieces[seen:]), len(self.pieces)
                if compiled.search(recent):
                    match, seen = compiled.search(self.text, self.position), len(self.pieces)
            self.position = match.end()
            return match

    def send(self, text):
        """Types TEXT on the console."""
        try:
            os.write(self.input, text.encode())
        except BrokenPipeError:
            self._fail(f"the machine had ended before {text!r} could be typed")

    def wait(self, timeout=None):
        """The system's exit status once the machine ends by itself. All output is in `text` then."""
        timeout = timeout * self.patience if timeout else self.limit + 10
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._fail(f"the machine did not end within {timeout} s")
        self.reader.join()
        if code in (124, 137):
            self._fail(f"the machine was still running after {self.limit} s")
        status = self.status(code, lastwords.MEANT.search(self.text.encode()) is not None)
        if status is None:
            self._fail(f"QEMU broke down with status {code}")
        return status

    def close(self):
        """Ends the machine if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.reader.join()
        for descriptor in {self.input, self.output}:
            os.close(descriptor)


def boot_source(way, kernel, bundle_path):
    """What a machine boots from, by WAY: `direct` is QEMU's loader; `bios` and `uefi` boot an ISO image of the two files."""
    if way == "direct":
        return {"kernel": kernel, "bundle": bundle_path}
    path = bundle_path.with_suffix(".iso")
    iso.make(kernel, bundle_path.read_bytes(), path)
    return {"iso": path, "firmware": uefi.install(bundle_path.with_suffix(".fd")) if way == "uefi" else None}


def start(arch, folder, system, files=None, config=None, *, kernel=None, mode="debug", memory="512M", way="direct", timeout=120,
          **options):
    """Boots KERNEL (None: the default one) of ARCH's variant MODE with a bundle for SYSTEM (see compose.py); the log lands in FOLDER.

    OPTIONS are those of launcher.machine.Machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("boot-*.log"))) + 1
    bundle_path = folder / f"boot-{number}.cpio"
    bundle_path.write_bytes(compose.make_bundle(arch, system, files or {}, config))
    target = machine.Machine(arch, memory=int(memory.removesuffix("M")) << 20, **options,
                             **boot_source(way, arch.variant(mode) / (kernel or default_kernel), bundle_path))
    log = folder / f"boot-{number}.log"
    log.touch()
    return Boot(target.command(interactive=False), log, timeout, status=arch.status)


def clean(folder):
    """Removes from FOLDER what machines booted from; their logs stay."""
    for suffix in ("cpio", "iso", "fd"):
        for path in folder.glob(f"boot-*.{suffix}"):
            path.unlink()
