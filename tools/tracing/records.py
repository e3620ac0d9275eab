# SPDX-License-Identifier: BSD-2-Clause
"""The records of a trace (libl4/include/l4/abi/trace.h), and how they come from the console that `tracer` writes to (userland/tracer/main.c)."""

from dataclasses import dataclass, field

from composer.blocks import Reader as Blocks
from composer.inspection import ABI

GROUPS = {group["name"]: group["values"] for group in ABI["group"]}
KINDS, FAULTS = GROUPS["TRACE"], GROUPS["FAULT"]
TYPES = [thing["name"] for thing in ABI["object"]]
ERRORS = [error["name"] for error in ABI["error"]]
SYSCALLS = {call["number"]: call["name"] for call in ABI["syscall"]}
CALL, REPLY_RECV, YIELD = (next(number for number, name in SYSCALLS.items() if name == wanted) for wanted in ("call", "reply_recv", "yield"))
LABEL_SHIFT = next(tag["low"] for tag in ABI["tag"] if tag["name"] == "LABEL")
OPERATIONS = {thing["name"]: [operation["name"] for operation in thing.get("op", [])] for thing in ABI["object"]}

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


def parse(block):
    """The Trace of a block; a ValueError where that is not what was written."""
    if not block.is_whole:
        raise ValueError(f"{block.last[0]} records were written, and {len(block.lines)} have arrived or are not what was written")
    ticks, written, capacity = block.first
    decoder = Decoder()
    return Trace(ticks, max(written - capacity, 0), [decoder.take(numbers) for _, numbers in block.lines])


class Reader:
    """Takes a console's output as it comes, and finds the trace in it."""

    def __init__(self):
        self.blocks = Blocks("trace", ["t"], "traced")

    def feed(self, data):
        """The Trace that ends in DATA; None while none has. A damaged one is a ValueError."""
        return next(map(parse, self.blocks.feed(data)), None)
