# SPDX-License-Identifier: BSD-2-Clause
"""Where in a TOML text each key stands. Python's tomllib tells what a text means, but not where it says so."""

import re
import tomllib
from dataclasses import dataclass

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BASIC_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
LITERAL_STRING = re.compile(r"'[^']*'")
MULTILINE_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL)
MULTILINE_LITERAL = re.compile(r"'''.*?'{3,5}", re.DOTALL)
BARE_VALUE = re.compile(r"[^,\]}\n#]+")
BLANK = re.compile(r"[ \t]*")
DEEPEST = 8  # parts of a key that are told apart: more than any key of a description has, and few, since a text may have a key of 100,000
BLANK_LINES = re.compile(r"(?:[ \t\n]|#[^\n]*)*")


@dataclass(frozen=True)
class Place:
    """A line of a file."""
    path: str
    line: int

    def __str__(self):
        return f"{self.path}:{self.line}"


class _Scanner:
    """Walks over a text that tomllib has accepted, so nothing here looks for mistakes. `found` maps paths to offsets."""

    def __init__(self, text):
        self.text = text
        self.at = 0
        self.found = {}
        self.lengths = {}  # of each array of tables, by its path

    def take(self, pattern):
        match = pattern.match(self.text, self.at)
        if not match:
            raise ValueError(f"no TOML at offset {self.at}")
        self.at = match.end()
        return match[0]

    def sees(self, start):
        return self.text.startswith(start, self.at)

    def skip(self, start):
        """Takes START if it comes next."""
        if self.sees(start):
            self.at += len(start)
            return True
        return False

    def key(self):
        """The parts of a key, dotted or not, DEEPEST at most."""
        parts = []
        while True:
            self.take(BLANK)
            if self.sees('"'):
                parts.append(tomllib.loads("k=" + self.take(BASIC_STRING))["k"])
            elif self.sees("'"):
                parts.append(self.take(LITERAL_STRING)[1:-1])
            else:
                parts.append(self.take(BARE_KEY))
            self.take(BLANK)
            if not self.skip("."):
                return parts[:DEEPEST]

    def note(self, path, at):
        """All of a dotted key's tables stand where it stands, unless they stood somewhere before."""
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], at)

    def resolve(self, parts):
        """The path of a header's table: of an array of tables it is the last."""
        path = ()
        for part in parts:
            path += (part,)
            if path in self.lengths:
                path += (self.lengths[path] - 1,)
        return path

    def header(self):
        start = self.at
        if self.skip("[["):
            parts = self.key()
            array = self.resolve(parts[:-1]) + (parts[-1],)
            self.lengths[array] = self.lengths.get(array, 0) + 1
            path = array + (self.lengths[array] - 1,)
            self.skip("]]")
        else:
            self.skip("[")
            path = self.resolve(self.key())
            self.skip("]")
            self.found.pop(path, None)  # its own header is its place, not that of a table within it
        self.note(path, start)
        return path

    def pair(self, table):
        self.take(BLANK)
        start = self.at
        path = table + tuple(self.key())
        self.note(path, start)
        self.skip("=")
        self.take(BLANK)
        self.value(path)

    def value(self, path):
        if self.sees('"""'):
            self.take(MULTILINE_BASIC)
        elif self.sees("'''"):
            self.take(MULTILINE_LITERAL)
        elif self.sees('"'):
            self.take(BASIC_STRING)
        elif self.sees("'"):
            self.take(LITERAL_STRING)
        elif self.skip("["):
            self.array(path)
        elif self.skip("{"):
            self.inline_table(path)
        else:
            self.take(BARE_VALUE)

    def array(self, path):
        number = 0
        while True:
            self.take(BLANK_LINES)
            if self.skip("]"):
                return
            self.note(path + (number,), self.at)
            self.value(path + (number,))
            number += 1
            self.take(BLANK_LINES)
            self.skip(",")

    def inline_table(self, path):
        while True:
            self.take(BLANK)
            if self.skip("}"):
                return
            self.pair(path)
            self.take(BLANK)
            self.skip(",")

    def document(self):
        table = ()
        while True:
            self.take(BLANK_LINES)
            if self.at == len(self.text):
                return
            if self.sees("["):
                table = self.header()
            else:
                self.pair(table)


class Places:
    """The places of one file's keys. A path is a tuple of keys, with numbers for the items of arrays."""

    def __init__(self, path, text=""):
        self.path = path
        scanner = _Scanner(text.replace("\r\n", "\n"))
        try:
            scanner.document()
        except (ValueError, RecursionError):
            pass  # a place that was not found is that of the nearest table around it
        self.lines = {}
        line, seen = 1, 0
        for key, offset in sorted(scanner.found.items(), key=lambda item: item[1]):
            line += scanner.text.count("\n", seen, offset)
            seen = offset
            self.lines[key] = line

    def of(self, *path):
        """The Place of the key, or of what is around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.path, self.lines.get(path, 1))
