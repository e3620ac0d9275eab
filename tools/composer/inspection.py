# SPDX-License-Identifier: BSD-2-Clause
"""What a running machine holds: the capabilities and mappings that the program `inspector` has written (userland/inspector/main.c), as a tree."""

import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .blocks import Reader as Blocks

ABI = tomllib.loads((Path(__file__).parent.parent.parent / "libl4" / "abi" / "abi.toml").read_text(encoding="utf-8"))
TYPES = [thing["name"] for thing in ABI["object"]]
_GROUPS = {group["name"]: [value.lower() for value in group["values"]] for group in ABI["group"]}
BINDINGS, MEMORY_KINDS, HOLDERS = _GROUPS["BIND"], _GROUPS["MEMORY"], _GROUPS["HOLDER"]
VCPU_SLOTS = ["space", "cnode"]  # enum vcpu_slot of kernel/include/kernel/vcpu.h
READ, WRITE, GRANT, EXECUTE = 1, 2, 4, 8
SLOT_BYTES = 64
SINGLE = ("domain", "schedule_control", "irq_control", "system", "io_port_control", "inspector", "trace")  # of which one each is there from the boot on

STEPS = {0: 0, 1: 1, 3: -1}


def rights_text(rights):
    return "".join(letter for letter, right in (("R", READ), ("W", WRITE), ("G", GRANT), ("X", EXECUTE)) if rights & right) or "none"


@dataclass(eq=False)
class Capability:
    """OBJECT tells capabilities to one object, VALUE is a badge or the like: see inspector_next in docs/abi-reference.md. It lies in slot SLOT of
    CNODE's table (HOLDER is "cnode"), or is what an object at PLACE holds."""
    type: str
    rights: int
    size_bits: int
    object: int
    value: int
    holder: str
    slot: int
    place: int
    parent: object
    cnode: object = None

    @property
    def key(self):
        """The same for all capabilities to one object."""
        return self.type, self.object

    @property
    def is_original(self):
        """Whether it is its object's first."""
        return self.parent is None or self.parent.type != self.type or self.type == "untyped"

    @property
    def size(self):
        return 1 << self.size_bits

    @property
    def start(self):
        """Of the object's memory."""
        return self.object & -self.size

    def ancestors(self):
        """Its parent and those above."""
        at = self.parent
        while at:
            yield at
            at = at.parent


@dataclass(frozen=True)
class Run:
    """Pages of one space from START on, mapped one after another to memory from PADDR on."""
    start: int
    size: int
    paddr: int
    rights: int

    @property
    def end(self):
        return self.start + self.size


@dataclass
class Inspection:
    """All capabilities, parents first; and the runs of each space, by its capabilities' `object`."""
    capabilities: list = field(default_factory=list)
    spaces: dict = field(default_factory=dict)

    @cached_property
    def tables(self):
        """The first capabilities of all cnodes, by address."""
        return sorted((cap for cap in self.capabilities if cap.type == "cnode" and cap.is_original and cap.holder != "tomb"),
                      key=lambda cap: cap.object)

    @cached_property
    def contents(self):
        """The capabilities in each cnode, in order of their slots, by the cnode's `object`."""
        found = {table.object: [] for table in self.tables}
        for cap in self.capabilities:
            if cap.cnode is not None:
                found.setdefault(cap.cnode, []).append(cap)
        for caps in found.values():
            caps.sort(key=lambda cap: cap.slot)
        return found

    @cached_property
    def originals(self):
        """The first capability of each object, by `key`."""
        return {cap.key: cap for cap in self.capabilities if cap.is_original}

    def objects(self, kind):
        """The first capabilities of all objects of one type."""
        return [cap for cap in self.capabilities if cap.type == kind and cap.is_original]

    def held(self, original):
        """What an object holds itself: capabilities by the number of its slot."""
        return {cap.slot: cap for cap in self._held_at.get((original.type, original.start), ())}

    @cached_property
    def _held_at(self):
        starts = {kind: sorted(cap.start for cap in self.objects(kind)) for kind in ("thread", "timer", "vcpu", "doorbell", "virq", "schedule")}
        found = {}
        for cap in self.capabilities:
            if cap.holder in starts and starts[cap.holder]:
                at = bisect_right(starts[cap.holder], cap.place) - 1
                found.setdefault((cap.holder, starts[cap.holder][max(at, 0)]), []).append(cap)
        return found

    @property
    def is_finished(self):
        """False while a cnode is being destroyed."""
        return not any(cap.holder == "tomb" for cap in self.capabilities)

    def place_all(self):
        """Finds the tables in which capabilities lie."""
        starts = [table.object for table in self.tables]
        for cap in self.capabilities:
            if cap.holder == "cnode" and starts:
                table = self.tables[max(bisect_right(starts, cap.place) - 1, 0)]
                cap.cnode = table.object
                cap.slot = (cap.place - table.object) // SLOT_BYTES


def _expand(numbers, path):
    """The capabilities of one line, which all have the same parent."""
    depth, kind, rights, size_bits, of, value, holder, slot, place, count, object_step, place_step = numbers
    parent = path[depth - 1] if depth > 1 else None
    for number in range(count):
        yield Capability(TYPES[kind], rights, size_bits, of + number * (STEPS[object_step] << size_bits), value, HOLDERS[holder], slot,
                         place + number * STEPS[place_step] * SLOT_BYTES, parent)


def parse(lines):
    """The Inspection of the lines between @begin and @end: pairs of a kind and numbers."""
    found = Inspection()
    path = {}
    for kind, numbers in lines:
        if kind == "c":
            for cap in _expand(numbers, path):
                path[numbers[0]] = cap
                found.capabilities.append(cap)
        else:
            found.spaces.setdefault(found.capabilities[-1].object, []).append(Run(*numbers))
    found.place_all()
    return found


class Reader:
    """Takes a console's output as it comes, and finds the inspections in it."""

    def __init__(self):
        self.blocks = Blocks("begin", ["c", "m"], "end")

    def feed(self, data):
        """The Inspections that end in DATA. What is damaged is passed over."""
        return (parse(block.lines) for block in self.blocks.feed(data) if block.is_whole)
