# SPDX-License-Identifier: BSD-2-Clause
"""A booted machine as a test sees it: a console to expect and send on, an end to wait for, a log on disk."""

import re
import subprocess
import threading
import time

from launcher import bundle, machine, paths

TAIL_LINES = 40


class BootError(AssertionError):
    """The machine did not do what the test waited for."""


class Boot:
    """A running machine. Its console's whole output goes to LOG; `text` is what came so far.

    `expect` looks only at what came after the previous match. All waiting is bounded: by the call's own timeout, and by
    LIMIT seconds for the whole run, after which the machine is ended whatever this process does.
    """

    def __init__(self, target, log, limit):
        self.log = log
        self.limit = limit
        self.text = ""
        self.position = 0
        self.changed = threading.Condition()
        self.ended = False
        command = ["timeout", "--kill-after=5", str(limit), *target.command(interactive=False)]
        log.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with open(self.log, "wb") as log:
            while data := self.process.stdout.read1(65536):
                log.write(data)
                log.flush()
                with self.changed:
                    self.text += data.decode("utf-8", errors="replace").replace("\r\n", "\n")
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
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()
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
        self.process.stdin.close()
        self.process.stdout.close()


def start(folder, system, files=None, config=None, *, kernel="bulkhead.elf", mode="debug", memory="512M", smp=1,
          cpu=machine.DEFAULT_CPU, icount=False, append=None, timeout=120):
    """Boots KERNEL of the variant MODE with a bundle for SYSTEM (see launcher.bundle); its files land in FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("boot-*.log"))) + 1
    bundle_path = folder / f"boot-{number}.cpio"
    bundle_path.write_bytes(bundle.make_bundle(system, files or {}, config))
    target = machine.Machine(paths.variant(mode) / kernel, bundle_path, memory=int(memory.removesuffix("M")) << 20, smp=smp, cpu=cpu,
                             icount=icount, append=append)
    log = folder / f"boot-{number}.log"
    log.touch()
    return Boot(target, log, timeout)
