# SPDX-License-Identifier: BSD-2-Clause
"""Blocks of lines in a console's output, as the programs `inspector` and `tracer` write them: each line is `@KIND NUMBER ...`, in hexadecimal, and the last
one's last numbers are how many lines there are between it and the first, and their CRC-32 in eight digits."""

import re
import zlib
from dataclasses import dataclass

NUMBER = "(?: [0-9a-f]+)"


@dataclass
class Block:
    """The numbers of its FIRST line and of its LAST, and the kinds and numbers of the LINES between, whose CRC-32 is CRC."""
    first: list
    lines: list
    crc: int
    last: list = None

    @property
    def is_whole(self):
        """Whether the lines are as they were written."""
        return self.last[-2:] == [len(self.lines), self.crc]


class Reader:
    """Takes a console's output as it comes, and finds the blocks in it. The program that writes them has the terminal, so all that others write has their
    names in front: they cannot pretend to be it. A line of theirs may come amid one of its own, where that has been begun and left for long: what follows
    goes on from there."""

    def __init__(self, first, between, last):
        """The kinds of a block's first line, of those between, and of its last."""
        self.first, self.last = first, last
        self.whole = re.compile(f"@({'|'.join([first, *between, last])})({NUMBER}+)".encode())
        self.end = re.compile(f"@{last}{NUMBER}+ [0-9a-f]{{8}}".encode())
        self.rest = self.begun = b""
        self.block = None

    def feed(self, data):
        """The Blocks that end in DATA."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            block = self._take_line(line.rstrip(b"\r"))
            if block:
                yield block

    def _take_line(self, line):
        """Only the next line tells that one has come to its end, but for a block's last, which its CRC ends."""
        if line.startswith(b"@"):
            self._take_begun()
            self.begun = line
        elif self.whole.fullmatch(self.begun + line):
            self.begun += line
        return self._take_begun() if self.end.fullmatch(self.begun) else None

    def _take_begun(self):
        """The Block that the begun line ends, if it does."""
        match, self.begun = self.whole.fullmatch(self.begun), b""
        if not match:
            return None
        kind, numbers = match[1].decode(), [int(number, 16) for number in match[2].split()]
        if kind == self.first:
            self.block = Block(numbers, [], 0)
        elif self.block and kind == self.last:
            block, self.block = self.block, None
            block.last = numbers
            return block
        elif self.block:
            self.block.lines.append((kind, numbers))
            self.block.crc = zlib.crc32(match[0] + b"\n", self.block.crc)
        return None
