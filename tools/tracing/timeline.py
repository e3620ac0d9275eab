# SPDX-License-Identifier: BSD-2-Clause
"""What follows from the records one after another: who ran when, which system calls and exits lasted how long, which windows began."""

from dataclasses import dataclass

from . import causes


@dataclass(frozen=True)
class Slice:
    """Something that lasted from START to END (ticks), of THREAD (its number)."""
    start: int
    end: int
    thread: int
    record: object  # that began it
    result: object = None  # that ended it; None where the next thing of its kind, or the end of the trace, did

    @property
    def length(self):
        return self.end - self.start


@dataclass(frozen=True)
class Window:
    """Of a schedule table: number NUMBER of it, whose domain was to be let in at PLANNED and was at START. One that is not WHOLE had begun before the trace did."""
    table: int
    number: int
    domain: int
    planned: int
    start: int
    end: int
    whole: bool

    @property
    def late(self):
        return self.start - self.planned


class Timeline:
    """Of a TRACE on an architecture. Slices of a kind and thread do not overlap."""

    def __init__(self, trace, arch):
        self.trace, self.cause = trace, causes.BY_ARCH[arch]
        self.start, self.end = trace.span
        self.running, self.calls, self.exits, self.guest, self.windows = [], [], [], [], []
        self.open = {}
        for record in trace.records:
            getattr(self, f"take_{record.kind.lower()}", self.pass_over)(record)
        for key in list(self.open):
            self.close(key, self.end)
        self.windows = [window for window in self.windows if window.table]

    def pass_over(self, record):
        """What has no length."""

    def begin(self, kind, record, thread):
        self.open[kind, thread] = record

    def begin_of_thread(self, kind, record):
        """A thread does one thing at a time."""
        for other in ("calls", "guest", "exits"):
            self.close((other, record.thread), record.time)
        self.begin(kind, record, record.thread)

    def close(self, key, end, result=None):
        record = self.open.pop(key, None)
        if record is None:
            return
        kind, thread = key
        if kind == "windows":
            planned, domain, table = record.words
            at_start = record is self.trace.records[0] and not self.trace.lost
            self.windows.append(Window(table, record.detail, domain, planned, record.time, end, not at_start))
        else:
            getattr(self, kind).append(Slice(record.time, end, thread, record, result))

    def take_switch(self, record):
        for key in [key for key in self.open if key[0] == "running"]:
            self.close(key, record.time)
        self.begin("running", record, record.thread)

    def take_window(self, record):
        self.close(("windows", 0), record.time)
        self.begin("windows", record, 0)

    def take_syscall(self, record):
        self.begin_of_thread("calls", record)

    def take_result(self, record):
        self.close(("calls", record.thread), record.time, record)

    def take_guest_enter(self, record):
        self.begin_of_thread("guest", record)

    def take_guest_exit(self, record):
        self.begin_of_thread("exits", record)

    def exit_cause(self, slice_of_exit):
        cause, detail, _ = slice_of_exit.record.words
        return self.cause(cause, detail)
