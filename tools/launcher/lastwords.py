# SPDX-License-Identifier: BSD-2-Clause
"""The last words on the machine's console, which tell an end that the system meant from one that befell it.

QEMU's status for a good end is also that of other ends: on RISC-V of whoever powers the machine off, be it a kernel that gives up
before it knows how to tell a status, and of a reset; on x86_64 of a QEMU that does not start. So it is believed only after the
kernel's word that the machine ends.
"""

import os
import re
import threading

KEPT = 4096  # bytes
MEANT = re.compile(rb"bulkhead: the machine ends with status 0\s*$")
BY_HAND = re.compile(rb"QEMU: Terminated\s*$|\(qemu\)[^\n]*\s*$")  # QEMU's own key and its monitor, where a person has them


class LastWords:
    """A pipe for QEMU's log of the console, of which the end is kept. `path` names it to a child that inherits `end`.

    WATCH is called with all that comes, as it comes, until it cannot tell what it sees.
    """

    def __init__(self, watch=None):
        self.text = b""
        self.watch = watch
        self.start, self.end = os.pipe()
        self.path = f"/dev/fd/{self.end}"
        self.reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._close_end()
        if self.reader.ident:
            self.reader.join()
        os.close(self.start)

    def _close_end(self):
        if self.end is not None:
            os.close(self.end)
            self.end = None

    def _read(self):
        while data := os.read(self.start, 65536):
            self.text = (self.text + data)[-KEPT:]
            self._show(data)

    def _show(self, data):
        try:
            if self.watch:
                self.watch(data)
        except OSError:  # nobody listens to it; but QEMU's log must still be read, else QEMU waits for that
            self.watch = None

    def listen(self):
        """From now on, when the child has the writing end, which is its alone."""
        self._close_end()
        self.reader.start()

    def finish(self):
        """Waits for the last of them; the machine is gone."""
        self.reader.join()

    def tell_a_good_end(self):
        """Whether the system meant to end, and well."""
        return MEANT.search(self.text) is not None

    def are_by_hand(self):
        """Whether the person at the console has ended the machine."""
        return BY_HAND.search(self.text) is not None
