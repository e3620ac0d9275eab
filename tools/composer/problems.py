# SPDX-License-Identifier: BSD-2-Clause
"""What is wrong with a description: collected, so that one run tells all of it."""

import difflib
from dataclasses import dataclass

from launcher import errors

from .places import Place


@dataclass(frozen=True)
class Problem:
    """KEY is the dotted name of what is wrong, MESSAGE what is wrong with it and what would be right."""
    place: Place
    key: str
    message: str

    def __str__(self):
        return f"{self.place}: {self.key}: {self.message}" if self.key else f"{self.place}: {self.message}"


class DescriptionError(errors.LauncherError):
    """A description that nothing can be built from; `problems` is all that is wrong with it."""

    def __init__(self, problems):
        self.problems = tuple(problems)
        super().__init__(errors.DESCRIPTION, "\nbulkhead: ".join(map(str, self.problems)))


class Problems:
    """Those found so far."""

    def __init__(self, places):
        self.places = places
        self.found = []
        self.keys = set()  # (table, key) of each

    def add(self, path, wrong, right=None):
        """PATH is a tuple of keys, as in places.Places; WRONG and RIGHT are what is there, and what should be."""
        message = f"{wrong}; right would be {right}" if right else wrong
        self.found.append(Problem(self.places.of(*path), key_name(path), message))
        self.keys.update(part for part in path if isinstance(part, str))

    def touch(self, *keys):
        """Whether something was found at one of the KEYS: then what follows from them need not be looked at."""
        return not self.keys.isdisjoint(keys)

    def finish(self):
        """Raises what was found, in the file's order."""
        if self.found:
            raise DescriptionError(sorted(dict.fromkeys(self.found), key=lambda problem: problem.place.line))


def key_name(path):
    """`channel[2].from` for ("channel", 1, "from"): people count from one."""
    name = ""
    for part in path:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def suggest(name, known):
    """What the user may have meant, or all there is."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else "known are " + ", ".join(known)
