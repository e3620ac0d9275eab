# SPDX-License-Identifier: BSD-2-Clause
"""How test programs name their tests and tell their results.

A program keeps `ID\\0meaning\\0` of each of its tests in the ELF section .l4tests, and prints
    TEST ID ok
    TEST ID FAIL file:line text
for each, perhaps `NOTE ID text` with a figure, and at the end `SUITE done PASSED FAILED`. The same holds on the target and on the build machine.
"""

import re
from dataclasses import dataclass

from elftools.elf.elffile import ELFFile

RESULT = re.compile(r"TEST (\S+) (?:(ok)|FAIL (.*))$", re.MULTILINE)
NOTE = re.compile(r"NOTE (\S+) (.*)$", re.MULTILINE)
DONE = re.compile(r"SUITE done (\d+) (\d+)")
SECTION = ".l4tests"


@dataclass(frozen=True)
class Test:
    """One test of a program."""
    id: str
    meaning: str


def tests_of(program):
    """The tests that the ELF file PROGRAM holds, in their order; none if it is no test program."""
    with open(program, "rb") as file:
        section = ELFFile(file).get_section_by_name(SECTION)
        # Records may be padded to their alignment with zeros.
        strings = [part.decode() for part in section.data().split(b"\0") if part] if section else []
    if len(strings) % 2:
        raise ValueError(f"{program}: {SECTION} holds {len(strings)} strings, not pairs of ID and meaning")
    tests = [Test(*pair) for pair in zip(strings[::2], strings[1::2])]
    if len({test.id for test in tests}) != len(tests):
        raise ValueError(f"{program}: two tests have the same ID")
    return tests


class Results:
    """The outcome of one run of a test program, by its output TEXT."""

    def __init__(self, text, log):
        self.log = log
        self.failures = {match[1]: match[3] for match in RESULT.finditer(text)}
        self.order = list(self.failures)
        self.notes = [match.groups() for match in NOTE.finditer(text)]
        self.done = DONE.search(text)

    def notes_of(self, test):
        """The figures that TEST printed."""
        return [text for name, text in self.notes if name == test.id]

    def check(self, test):
        """Fails unless TEST ran and was well."""
        if test.id not in self.failures:
            last = f"the last result was of {self.order[-1]}" if self.order else "no test gave a result"
            how = "though the run came to its end" if self.done else "the run broke off"
            raise AssertionError(f"{test.id} ({test.meaning}) gave no result: {how}; {last}\nlog: {self.log}")
        if self.failures[test.id] is not None:
            raise AssertionError(f"{test.id} ({test.meaning}): {self.failures[test.id]}\nlog: {self.log}")

    def check_end(self, tests):
        """Fails unless the run came to its end and its own counts agree with what it printed."""
        assert self.done, f"no `SUITE done` line\nlog: {self.log}"
        failed = sum(text is not None for text in self.failures.values())
        counts = (int(self.done[1]), int(self.done[2]))
        assert counts == (len(self.failures) - failed, failed), f"SUITE done {counts} disagrees with the lines\nlog: {self.log}"
        unknown = set(self.failures) - {test.id for test in tests}
        assert not unknown, f"results of tests that the program does not declare: {sorted(unknown)}\nlog: {self.log}"
