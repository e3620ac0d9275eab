# SPDX-License-Identifier: BSD-2-Clause
"""Can A affect B? Its data, and by which chain; its time, and by how much. Answers are for people: sentences."""

from dataclasses import dataclass

from launcher import errors

from . import commands, graph
from .model import GUEST, SERVERS
from .problems import suggest
from .values import format_time


@dataclass(frozen=True)
class Delay:
    """WHO may run before B because of A; at most BUDGET in each PERIOD, or for ever where it is None. With TABLES it does not run before B, but chooses
    among these schedule tables."""
    who: str
    budget: int | None
    period: int | None
    tables: tuple = ()

    @property
    def bound(self):
        return "without end" if self.budget is None else f"for at most {format_time(self.budget)} in each {format_time(self.period)}"

    def before(self, target):
        """The delay of TARGET in words."""
        if self.tables:
            return f"{self.who} may have the processor follow schedule table {commands.listing(self.tables)}, and {target} then runs when that lets it"
        return f"{self.who} may run before {target} {self.bound}"


@dataclass(frozen=True)
class Answer:
    """CHAIN is how SOURCE's data reaches TARGET past the servers, as graph.Edge; THROUGH_SERVERS how it would if these did not keep their clients
    apart. None: no way. DELAYS tell who holds TARGET up because of SOURCE; HAS_WINDOWS, whether each runs in windows of its own."""
    source: str
    target: str
    chain: list | None
    through_servers: list | None
    delays: tuple
    has_windows: bool

    @property
    def sentences(self):
        """What it is about data, and what about time."""
        return [self.about_data(), self.about_time()]

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
    return Answer(source, target, chain, through, delays(system, edges, source, target), bool(system.schedules))


def delays(system, edges, source, target):
    """Those that SOURCE can make run, itself first, which run before TARGET or in turn with it; with schedule tables those that choose the table."""
    if system.schedules:
        return (*masters(system, edges, source), *choosers(system, edges, source))
    priority = system.partition(target).priority
    reached = [partition for partition in system.partitions if partition.name != target and works_for(edges, source, partition.name)]
    reached.sort(key=lambda partition: partition.name != source)
    by_priority = [delay(partition) for partition in reached if partition.highest_priority >= priority]
    return (*masters(system, edges, source), *by_priority)


def masters(system, edges, source):
    """Whoever can overwrite the kernel for SOURCE has all time there is."""
    for device in system.devices:
        if device.dma and works_for(edges, source, device.owner):
            yield Delay(f"{device.owner}, which can overwrite the kernel by the DMA of device '{device.name}',", None, None)


def choosers(system, edges, source):
    """Those that can change everybody's windows, and may do it because of SOURCE."""
    for partition in system.partitions if len(system.schedules) > 1 else ():
        tables = commands.switches(system, partition)
        if tables and works_for(edges, source, partition.name):
            yield Delay(partition.name, None, None, tuple(tables))


def works_for(edges, source, name):
    """Whether SOURCE is NAME, or what it sends makes NAME run: a server, or who is on a channel's other end, or behind that. Servers make nobody
    work for others, and nor does a device that reads or writes their memory."""
    waking = [edge for edge in edges if edge.wakes and (edge.source not in SERVERS or edge.source == source)]
    return name == source or graph.chain(waking, source, name) is not None


def delay(partition):
    """A guest's VMM holds the authority to give itself any time up to its own priority, so its budget bounds nothing."""
    if partition.kind == GUEST:
        return Delay(f"{partition.name}'s VMM", None, None)
    who = f"the {partition.name}" if partition.name in SERVERS else partition.name
    return Delay(who, partition.budget, partition.period) if partition.is_limited else Delay(who, None, None)
