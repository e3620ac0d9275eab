# SPDX-License-Identifier: BSD-2-Clause
"""The records of a trace (libl4/include/l4/abi/trace.h), and how they come from the console that `tracer` writes to (userland/tracer/main.c)."""

import re
import zlib
from dataclasses import dataclass, field

from composer.inspection import ABI

GROUPS = {group["name"]: group["values"] for group in ABI["group"]}
KINDS, FAULTS = GROUPS["TRACE"], GROUPS["FAULT"]
TYPES = [thing["name"] for thing in ABI["object"]]
ERRORS = [error["name"] for error in ABI["error"]]
SYSCALLS = {call["number"]: call["name"] for call in ABI["syscall"]}
CALL, REPLY_RECV, YIELD = (next(number for number, name in SYSCALLS.items() if name == wanted) for wanted in ("call", "reply_recv", "yield"))
LABEL_SHIFT = next(tag["low"] for tag in ABI["tag"] if tag["name"] == "LABEL")
OPERATIONS = {thing["name"]: [operation["name"] for operation in thing.get("op", [])] for thing in ABI["object"]}

END = re.compile(rb"@traced( [0-9a-f]+){2}$")
LINE = re.compile(rb"@(trace|t|traced)((?: [0-9a-f]+)+)$")
WORD = 1 << 64
FIELDS = 5
PAGE_BITS = 12
RESTART = 0xffff
TIMER = 0
NOBODY = WORD - 1


@dataclass(frozen=True)
class Record:
    """One event at TIME (ticks), about the thread whose object lies at page THREAD (0: none)."""
    kind: str
    time: int
    thread: int
    detail: int
    words: tuple

    @property
    def syscall(self):
        """Of a SYSCALL: (the call's number, the type of the object)."""
        number = self.detail & 0xff
        return number - 0x100 if number & 0x80 else number, TYPES[self.detail >> 8] if self.detail >> 8 < len(TYPES) else "unknown"

    @property
    def operation(self):
        """Of a SYSCALL: what it is, in the ABI's words."""
        number, kind = self.syscall
        if number == CALL and kind not in ("endpoint", "null"):
            names, label = OPERATIONS[kind], self.words[1] >> LABEL_SHIFT
            return f"{kind}_{names[label - 1]}" if 0 < label <= len(names) else f"{kind} operation {label}"
        name = SYSCALLS.get(number, f"system call {number}")
        return name if number == YIELD or kind == "null" else f"{name} {kind}"

    @property
    def status(self):
        """Of a RESULT."""
        return "restarted" if self.detail == RESTART else ERRORS[self.detail] if self.detail < len(ERRORS) else f"status {self.detail}"


@dataclass
class Trace:
    """RECORDS in order; the first LOST that the kernel wrote are not among them."""
    ticks_per_second: int
    lost: int
    records: list = field(default_factory=list)

    @property
    def span(self):
        """(start, end) in ticks: from when it is known who runs on, to the last record. Equal where nobody ran."""
        start = next((record.time for record in self.records if record.kind == "SWITCH"), 0)
        return start, self.records[-1].time if start else start

    def microseconds(self, ticks):
        return ticks * 1_000_000 / self.ticks_per_second


class Decoder:
    """Takes the lines of records one after another."""

    def __init__(self):
        self.time = 0
        self.last = {}

    def take(self, numbers):
        kind, time, *rest = numbers
        self.time = (self.time + time) % WORD
        last = self.last.get(kind, (0,) * FIELDS)
        rest += [0] * (FIELDS - len(rest))
        thread, detail, *words = self.last[kind] = tuple((before + difference) % WORD for before, difference in zip(last, rest))
        return Record(KINDS[kind], self.time, thread, detail, tuple(words))


class Reader:
    """Takes a console's output as it comes, and finds the trace in it. The program that writes it has the terminal, so all that others write has their names in
    front: they cannot pretend to be it. A line of theirs may come amid one of its own, where that has been begun and left for long: what follows goes on from there."""

    def __init__(self):
        self.rest = b""
        self.begun = b""
        self.trace = None
        self.decoder = None
        self.crc = 0

    def feed(self, data):
        """The Trace that ends in DATA; None while none has. A damaged one is a ValueError."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if self._take_line(line.rstrip(b"\r")):
                return self.trace
        return None

    def _take_line(self, line):
        """Each is taken when the next one begins, but the last, which ends the trace."""
        if LINE.match(self.begun + line):
            self.begun += line
        elif line.startswith(b"@"):
            self._take_begun()
            self.begun = line
        return END.match(self.begun) and self._take_begun()

    def _take_begun(self):
        match, self.begun = LINE.match(self.begun), b""
        return match and self._take(match[1], [int(number, 16) for number in match[2].split()], match[0])

    def _take(self, what, numbers, text):
        if what == b"trace":
            ticks, written, capacity = numbers
            self.trace, self.decoder, self.crc = Trace(ticks, max(written - capacity, 0)), Decoder(), 0
        elif self.trace is None:
            return False
        elif what == b"t":
            self.crc = zlib.crc32(text + b"\n", self.crc)
            if 2 <= len(numbers) <= 2 + FIELDS and numbers[0] < len(KINDS):
                self.trace.records.append(self.decoder.take(numbers))
        else:
            if numbers != [len(self.trace.records), self.crc]:
                raise ValueError(f"{numbers[0]} records were written, and {len(self.trace.records)} have arrived or are not what was written")
            return True
        return False
