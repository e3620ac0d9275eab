# SPDX-License-Identifier: BSD-2-Clause
"""The types of a description's values: how each is written, read, and described to editors by a JSON Schema."""

import difflib
import json
import re
from dataclasses import dataclass

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
PAGE = 4 * KIB
REGISTERS_MOST = MIB  # of one device: DEVICE_MAX of servers/init/manifest.c
US, MS, S = 1_000, 1_000_000, 1_000_000_000
SIZE_UNITS = {"K": KIB, "M": MIB, "G": GIB}
TIME_UNITS = {"us": US, "ms": MS, "s": S}
NAME = re.compile(r"[a-z][a-z0-9-]{0,14}")
SHOWN = 40
COMMANDS = ("ps", "mem", "caps", "health", "ports", "log", "restart", "stop", "start", "sched", "schedule")  # MONITOR_COMMAND_NAMES
LOOKS = (*COMMANDS[:6], "sched")  # those that change nothing
LOG, RESTART, SCHED, SCHEDULE = "log", "restart", "sched", "schedule"


class Wrong(Exception):
    """A value that a key cannot have: what is wrong with it and what would be right. ITEM is the number of the list's item that is wrong, if it is
    a list."""

    def __init__(self, message, item=None):
        super().__init__(message)
        self.item = item


def show(value):
    """A value as TOML writes it, cut where it is long."""
    if isinstance(value, (str, bool, int)):
        text = json.dumps(value) if isinstance(value, (str, bool)) or abs(value) < 1 << 64 else "a very large number"
    else:
        text = {list: "a list", dict: "a table", float: "a number with a point"}.get(type(value), "a date or time")
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def quote(value):
    """As a text of TOML."""
    return f'"{value}"'


def format_size(size):
    """The shortest way to write a size exactly."""
    for unit, factor in (("G", GIB), ("M", MIB), ("K", KIB)):
        if size % factor == 0 and size >= factor:
            return f"{size // factor}{unit}"
    return str(size) if size else "0K"


def format_time(time):
    """The shortest way to write a time; exact, but for what is finer than a microsecond."""
    for unit, factor in (("s", S), ("ms", MS)):
        if time % factor == 0 and time >= factor:
            return f"{time // factor}{unit}"
    return f"{time // US}us"


def _number_with_unit(value, units, what, examples):
    match = re.fullmatch(f"([0-9]{{1,12}})({'|'.join(units)})", value) if isinstance(value, str) else None
    if not match:
        raise Wrong(f"{show(value)} is no {what}; right would be {examples}")
    return int(match[1]) * units[match[2]]


@dataclass(frozen=True)
class Size:
    """Bytes, from LEAST to MOST; a power of two, or a multiple of a number."""
    least: int
    most: int
    multiple: int = 1
    power_of_two: bool = False

    def parse(self, value):
        size = _number_with_unit(value, SIZE_UNITS, "size", '"256K", "16M" or "1G"')
        if not self.least <= size <= self.most:
            raise Wrong(f"{show(value)} is not between {format_size(self.least)} and {format_size(self.most)}")
        if self.power_of_two and size & (size - 1):
            below = 1 << (size.bit_length() - 1)
            raise Wrong(f'{show(value)} is no power of two; right would be "{format_size(below)}" or "{format_size(2 * below)}"')
        if size % self.multiple:
            below = size - size % self.multiple
            nearest = [candidate for candidate in (below, below + self.multiple) if candidate >= self.least]
            right = " or ".join(f'"{format_size(candidate)}"' for candidate in nearest)
            raise Wrong(f"{show(value)} is no multiple of {format_size(self.multiple)}; right would be {right}")
        return size

    @staticmethod
    def schema():
        return {"type": "string", "pattern": "^[0-9]{1,12}[KMG]$"}


@dataclass(frozen=True)
class Bytes:
    """A size that may be small: a number of bytes, or as Size."""
    least: int
    most: int

    def parse(self, value):
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise Wrong(f'{show(value)} is no size; right would be a number of bytes, as 64, or "4K"')
        size = value if isinstance(value, int) else _number_with_unit(value, SIZE_UNITS, "size", 'a number of bytes, as 64, or "4K"')
        if not self.least <= size <= self.most:
            raise Wrong(f"{show(value)} is not between {self.least} and {self.most} bytes")
        return size

    def schema(self):
        return {"anyOf": [{"type": "integer", "minimum": self.least, "maximum": self.most}, Size.schema()]}


@dataclass(frozen=True)
class Time:
    """Nanoseconds."""
    least: int
    most: int

    def parse(self, value):
        time = _number_with_unit(value, TIME_UNITS, "time", '"200us", "2ms" or "1s"')
        if not self.least <= time <= self.most:
            raise Wrong(f"{show(value)} is not between {format_time(self.least)} and {format_time(self.most)}")
        return time

    @staticmethod
    def schema():
        return {"type": "string", "pattern": "^[0-9]{1,12}(us|ms|s)$"}


@dataclass(frozen=True)
class Number:
    """A whole number."""
    least: int
    most: int
    power_of_two: bool = False

    def parse(self, value):
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong(f"{show(value)} is no whole number; right would be one from {self.least} to {self.most}, without quotes")
        if not self.least <= value <= self.most:
            raise Wrong(f"{show(value)} is not between {self.least} and {self.most}")
        if self.power_of_two and value & (value - 1):
            below = 1 << (value.bit_length() - 1)
            raise Wrong(f"{value} is no power of two; right would be {below} or {2 * below}")
        return value

    def schema(self):
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Truth:
    """true or false."""

    @staticmethod
    def parse(value):
        if not isinstance(value, bool):
            raise Wrong(f"{show(value)} is neither true nor false")
        return value

    @staticmethod
    def schema():
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice:
    """One of several words (or truths)."""
    words: tuple

    def parse(self, value):
        if not any(value is word or (isinstance(value, str) and value == word) for word in self.words):
            raise Wrong(f"{show(value)} is none of {', '.join(map(show, self.words))}")
        return value

    def schema(self):
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Name:
    """The name of a partition, channel, device or variant."""

    @staticmethod
    def parse(value):
        if not isinstance(value, str) or not NAME.fullmatch(value):
            raise Wrong(f"{show(value)} is no name; right would be 1 to 15 characters: lower-case letters, digits and -, a letter first")
        return value

    @staticmethod
    def schema():
        return {"type": "string", "pattern": f"^{NAME.pattern}$"}


@dataclass(frozen=True)
class Text:
    """A line of printable ASCII characters."""
    most: int

    def parse(self, value):
        if not isinstance(value, str):
            raise Wrong(f"{show(value)} is no text in quotes")
        if not value.isascii() or not (value.isprintable() or value == ""):
            raise Wrong(f"{show(value)} has a character that is no printable ASCII")
        if len(value) > self.most:
            raise Wrong(f"has {len(value)} characters, and {self.most} are the most")
        return value

    def schema(self):
        return {"type": "string", "maxLength": self.most}


@dataclass(frozen=True)
class FileName:
    """The path of a file, or the name of a program."""

    @staticmethod
    def parse(value):
        if not isinstance(value, str) or value == "" or "\0" in value or len(value) > 1000:
            raise Wrong(f"{show(value)} is no name of a file; right would be a path in quotes")
        return value

    @staticmethod
    def schema():
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Listing:
    """A list whose items are all of one type; a tuple when read."""
    item: object

    def parse(self, value):
        if not isinstance(value, list):
            raise Wrong(f"{show(value)} is no list; right would be one in square brackets")
        return tuple(self.parse_item(number, item) for number, item in enumerate(value))

    def parse_item(self, number, value):
        try:
            return self.item.parse(value)
        except Wrong as wrong:
            raise Wrong(str(wrong), number) from None

    def schema(self):
        return {"type": "array", "items": self.item.schema()}


@dataclass(frozen=True)
class Tables:
    """A list of tables with KEYS, of keys.Key; what is in them the parser of descriptions reads itself."""
    keys: tuple

    @staticmethod
    def parse(value):
        if not isinstance(value, list):
            raise Wrong(f"{show(value)} is no list; right would be one in square brackets")
        for number, item in enumerate(value):
            if not isinstance(item, dict):
                raise Wrong(f"{show(item)} is no table; right would be one in curly brackets", number)
        return tuple(value)

    def schema(self):
        properties = {key.name: {"description": key.meaning, **key.type.schema()} for key in self.keys}
        return {"type": "array", "items": {"type": "object", "additionalProperties": False, "properties": properties,
                                           "required": [key.name for key in self.keys if key.required]}}


@dataclass(frozen=True)
class Word:
    """A program's argument: printable and without spaces."""

    @staticmethod
    def parse(value):
        if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
            raise Wrong(f"{show(value)} is no argument; right would be a text in quotes without spaces, of ASCII characters")
        return value

    @staticmethod
    def schema():
        return {"type": "string", "pattern": "^[!-~]+$"}


@dataclass(frozen=True)
class Registers:
    """A device's registers: address and size, whole pages; (first byte, bytes) when read."""

    @staticmethod
    def parse(value):
        if not (isinstance(value, list) and len(value) == 2 and all(isinstance(item, str) for item in value)):
            raise Wrong(f'{show(value)} is no address and size; right would be ["0x101000", "4K"]')
        if not re.fullmatch("0x[0-9a-fA-F]{1,14}", value[0]):
            raise Wrong(f'{show(value[0])} is no address; right would be "0x101000"')
        address = int(value[0], 16)
        if address % PAGE:
            raise Wrong(f'{show(value[0])} is not where a page begins; right would be "{address - address % PAGE:#x}"')
        return address, Size(PAGE, REGISTERS_MOST, multiple=PAGE).parse(value[1])

    @staticmethod
    def schema():
        return {"type": "array", "prefixItems": [{"type": "string", "pattern": "^0x[0-9a-fA-F]{1,14}$"}, Size.schema()], "minItems": 2,
                "maxItems": 2}


@dataclass(frozen=True)
class Ports:
    """A range of x86's ports: first and number."""

    @staticmethod
    def parse(value):
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and re.fullmatch("0x[0-9a-fA-F]{1,4}", value[0])):
            raise Wrong(f'{show(value)} is no first port and number of ports; right would be ["0x70", 2]')
        first = int(value[0], 16)
        return first, Number(1, 0x10000 - first).parse(value[1])

    @staticmethod
    def schema():
        return {"type": "array", "prefixItems": [{"type": "string", "pattern": "^0x[0-9a-fA-F]{1,4}$"}, {"type": "integer", "minimum": 1}],
                "minItems": 2, "maxItems": 2}


@dataclass(frozen=True)
class Permit:
    """A command of the monitor's, and the partition (of `schedule`: the table) that it may be about; None: all."""
    command: str
    about: str | None

    def __str__(self):
        return f"{self.command}:{self.about}" if self.about else self.command


@dataclass(frozen=True)
class Command:
    """How a Permit is written."""

    @staticmethod
    def parse(value):
        if not isinstance(value, str):
            raise Wrong(f'{show(value)} is no command; right would be "ps" or "restart:NAME"')
        command, colon, about = value.partition(":")
        if command not in COMMANDS:
            near = difflib.get_close_matches(command, COMMANDS, n=1)
            raise Wrong(f"the monitor has no command {show(command)}; " + (f"did you mean {quote(near[0])}?" if near else "known are " + ", ".join(COMMANDS)))
        if colon and not NAME.fullmatch(about):
            what = "schedule table" if command == SCHEDULE else "partition"
            raise Wrong(f'{show(value)} names no {what}; right would be {quote(command)} for all, or "{command}:NAME"')
        return Permit(command, about or None)

    @staticmethod
    def schema():
        return {"type": "string", "pattern": f"^({'|'.join(COMMANDS)})(:{NAME.pattern})?$"}
