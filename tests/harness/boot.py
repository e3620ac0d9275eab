# SPDX-License-Identifier: BSD-2-Clause
"""A booted machine as a test sees it: a console to expect and send on, an end to wait for, a log on disk."""

import codecs
import os
import pty
import re
import subprocess
import threading
import time

from launcher import bundle, machine, paths

TAIL_LINES = 40


# What terminals understand and tests do not look at: carriage returns, and the control sequences of BusyBox's line editor.
CONTROL = re.compile(r"\r|\x1b\[[0-9;?]*[A-Za-z]")
UNFINISHED = re.compile(r"\x1b(\[[0-9;?]*)?$")


class BootError(AssertionError):
    """The machine did not do what the test waited for."""


class Boot:
    """A running machine. Its console's whole output goes to LOG; `text` is what came so far, without control sequences.

    `expect` looks only at what came after the previous match. All waiting is bounded: by the call's own timeout, and by
    LIMIT seconds for the whole run, after which the machine is ended whatever this process does. With TERMINAL the command
    gets a pseudo-terminal instead of pipes.
    """

    def __init__(self, command, log, limit, terminal=False):
        self.log = log
        self.limit = limit
        self.text = ""
        self.position = 0
        self.changed = threading.Condition()
        self.ended = False
        log.parent.mkdir(parents=True, exist_ok=True)
        self.input, self.output, ends = self._terminal() if terminal else self._pipes()
        self.process = subprocess.Popen(["timeout", "--foreground", "--kill-after=5", str(limit), *command], stdin=ends[0],
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
                    self.text += CONTROL.sub("", whole)
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def _fail(self, what):
        tail = "\n".join(self.text.splitlines()[-TAIL_LINES:])
        raise BootError(f"{what}\nlog: {self.log}\nits last lines:\n{tail}")

    def expect(self, pattern, timeout=30):
        """The match of PATTERN (multi-line) in what comes next; fails after TIMEOUT seconds or when the machine ends."""
        compiled = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + timeout
        with self.changed:
            while not (match := compiled.search(self.text, self.position)):
                left = deadline - time.monotonic()
                if self.ended:
                    self._fail(f"the machine ended without /{pattern}/")
                if left <= 0:
                    self._fail(f"no /{pattern}/ within {timeout} s")
                self.changed.wait(left)
            self.position = match.end()
            return match

    def send(self, text):
        """Types TEXT on the console."""
        try:
            os.write(self.input, text.encode())
        except BrokenPipeError:
            self._fail(f"the machine had ended before {text!r} could be typed")

    def wait(self, timeout=None):
        """QEMU's exit status once the machine ends by itself. All output is in `text` then."""
        try:
            status = self.process.wait(timeout if timeout else self.limit + 10)
        except subprocess.TimeoutExpired:
            self._fail(f"the machine did not end within {timeout} s")
        self.reader.join()
        if status in (124, 137):
            self._fail(f"the machine was still running after {self.limit} s")
        return status

    def close(self):
        """Ends the machine if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.reader.join()
        for descriptor in {self.input, self.output}:
            os.close(descriptor)


def start(folder, system, files=None, config=None, *, kernel="bulkhead.elf", mode="debug", memory="512M", smp=1,
          cpu=machine.DEFAULT_CPU, icount=False, icount_shift=0, append=None, timeout=120):
    """Boots KERNEL of the variant MODE with a bundle for SYSTEM (see launcher.bundle); the log lands in FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("boot-*.log"))) + 1
    bundle_path = folder / f"boot-{number}.cpio"
    bundle_path.write_bytes(bundle.make_bundle(system, files or {}, config))
    target = machine.Machine(paths.variant(mode) / kernel, bundle_path, memory=int(memory.removesuffix("M")) << 20, smp=smp, cpu=cpu,
                             icount=icount, icount_shift=icount_shift, append=append)
    log = folder / f"boot-{number}.log"
    log.touch()
    return Boot(target.command(interactive=False), log, timeout)
