# SPDX-License-Identifier: BSD-2-Clause
"""Can A affect B? Its data, and by which chain; its time, and by how much; can it end the machine, which B runs on? Answers are for people: sentences."""

from dataclasses import dataclass

from launcher import errors

from . import graph
from .delays import delays, endings
from .model import SERVERS
from .problems import suggest


@dataclass(frozen=True)
class Answer:
    """CHAIN is how SOURCE's data reaches TARGET past the servers, as graph.Edge; THROUGH_SERVERS how it would if these did not keep their clients
    apart. None: no way. DELAYS tell who holds TARGET up because of SOURCE; HAS_WINDOWS, whether each runs in windows of its own; ENDINGS, by what SOURCE
    can end the machine."""
    source: str
    target: str
    chain: list | None
    through_servers: list | None
    delays: tuple
    has_windows: bool
    endings: tuple

    @property
    def sentences(self):
        """What it is about data, what about time, and about the machine's end where SOURCE has it in its power."""
        return [self.about_data(), self.about_time(), *self.about_end()]

    def about_data(self):
        if self.chain:
            return f"Yes, {self.source} can affect the data of {self.target}: {graph.say(self.chain)}."
        if self.through_servers:
            passed = " and ".join(edge.target for edge in self.through_servers[:-1])
            return (f"No, {self.source} cannot affect the data of {self.target}, as long as {passed} keeps apart what passes through it: "
                    f"{graph.say(self.through_servers)}.")
        return f"No, {self.source} cannot affect the data of {self.target}."

    def about_time(self):
        if not self.delays:
            why = "each runs in windows of its own" if self.has_windows else "whatever runs because of it has a lower priority"
            return f"No, {self.source} cannot delay {self.target}: {why}."
        return f"Yes, {self.source} can delay {self.target}: {', '.join(delay.before(self.target) for delay in self.delays)}."

    def about_end(self):
        if self.endings:
            yield f"{self.source} can end the machine, and {self.target} with it: {', '.join(self.endings)}."

    def __str__(self):
        return "\n".join(self.sentences)


def _node(system, name):
    if not system.partition(name):
        known = [partition.name for partition in system.partitions]
        raise errors.LauncherError(errors.USAGE, f"system '{system.name}' has no partition '{name}'; {suggest(name, known)}")
    return name


def explain(system, source, target):
    """The Answer to whether SOURCE can affect TARGET."""
    _node(system, source)
    _node(system, target)
    if source == target:
        raise errors.LauncherError(errors.USAGE, f"'{source}' always affects itself; name two partitions")
    edges = graph.edges(system)
    trusted = [server for server in SERVERS if server not in (source, target)]
    chain = graph.chain(edges, source, target, trusted)
    through = None if chain else graph.chain(edges, source, target)
    return Answer(source, target, chain, through, delays(system, edges, source, target), bool(system.schedules),
                  tuple(endings(system, edges, source, target)))
