# SPDX-License-Identifier: BSD-2-Clause
"""Who holds up a partition because of another one, and who ends the machine."""

from collections import deque
from dataclasses import dataclass

from . import commands, graph, health
from .model import CONSOLE, GUEST, MONITOR, SERVERS
from .values import format_time


@dataclass(frozen=True)
class Delay:
    """WHO may run before B because of A; at most BUDGET in each PERIOD, or for ever where it is None."""
    who: str
    budget: int | None
    period: int | None

    @property
    def bound(self):
        return "without end" if self.budget is None else f"for at most {format_time(self.budget)} in each {format_time(self.period)}"

    def before(self, target):
        """The delay of TARGET in words."""
        return f"{self.who} may run before {target} {self.bound}"


@dataclass(frozen=True)
class Deed:
    """WHO holds B up because of A otherwise than by running: by WHAT, which in a sentence follows the name, and B's name the word `{}`."""
    who: str
    what: str

    def before(self, target):
        return f"{self.who} {self.what.format(target)}"


def delays(system, edges, source, target):
    """All that can hold TARGET up because of SOURCE."""
    running = () if system.schedules else by_priority(system, edges, source, target)
    return (*masters(system, edges, source), *choosers(system, edges, source), *running, *stoppers(system, edges, source, target),
            *silent_servers(system, edges, source, target), *interrupters(system, edges, source, target))


def by_priority(system, edges, source, target):
    """Those that SOURCE can make run, itself first, which run before TARGET or in turn with it."""
    priority = system.partition(target).priority
    reached = [partition for partition in system.partitions if partition.name != target and works_for(edges, source, partition.name)]
    reached.sort(key=lambda partition: partition.name != source)
    return [delay(partition) for partition in reached if partition.highest_priority >= priority]


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
            yield Deed(partition.name, f"may have the processor follow schedule table {commands.listing(tables)}, and {{}} then runs when that lets it")


def stoppers(system, edges, source, target):
    """Those that can have TARGET stopped, for good or to start anew, and may do it because of SOURCE."""
    if source == MONITOR:
        yield Deed("the monitor", "can stop {}")
    if source == CONSOLE and system.partition(target).console:
        yield Deed("the console", "may have the monitor restart {} in the operator's name")
    for client, about in commands.clients(system):
        deeds = [command for command in commands.DEEDS if command != commands.START and target in about.get(command, ())]
        if deeds and client.name != target and works_for(edges, source, client.name):
            yield Deed(client.name, f"may have the monitor {' or '.join(deeds)} {{}}")
    for tester in (partition for partition in system.partitions if partition.test_control and partition.name != target):
        if target in commands.suspendable(system) and works_for(edges, source, tester.name):
            yield Deed(tester.name, "may have the monitor suspend {} for a test")


def silent_servers(system, edges, source, target):
    """Those for whose answers TARGET waits, or who answers it does, and which may run because of SOURCE."""
    for channel in calls_from(system, target):
        if channel.target != target and works_for(edges, source, channel.target):
            waits = "" if channel.source == target else f", for which {target} waits"
            yield Deed(channel.target, f"may leave {channel.source}'s calls by channel '{channel.name}' without an answer{waits}")


def calls_from(system, name):
    """The channels by which NAME calls, and those by which call whom it calls, and so on."""
    waiting, seen = deque([name]), {name}
    while waiting:
        caller = waiting.popleft()
        for channel in system.channels:
            if channel.kind == "call" and channel.source == caller:
                yield channel
                if channel.target not in seen:
                    seen.add(channel.target)
                    waiting.append(channel.target)


def interrupters(system, edges, source, target):
    """Those whose devices interrupt in others' windows, too, and may do it because of SOURCE."""
    if not system.schedules:
        return
    for device in system.devices:
        if device.interrupt_any_time and device.owner != target and works_for(edges, source, device.owner):
            yield Deed(device.owner, f"may have device '{device.name}' interrupt in {{}}'s windows, too")
    if system.partition(CONSOLE).interrupt_any_time and target != CONSOLE and works_for(edges, source, CONSOLE):
        yield Deed("the console", "may have the serial line interrupt in {}'s windows, too")


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


def endings(system, edges, source, target):
    """By what SOURCE can end the machine, in words: itself, or by those that it makes run."""
    if source in SERVERS:
        yield f"nothing goes on without the {source}"
        return
    reached = [partition for partition in system.partitions if partition.name not in SERVERS and works_for(edges, source, partition.name)]
    for partition in reached:
        if partition.test_control:
            yield f"{partition.name} may end it for a test"
        if partition.name != target and health.halts(partition):
            yield f"a failure of {partition.name} ends it"
    guests = [partition for partition in system.partitions if partition.kind == GUEST]
    if guests and target not in [guest.name for guest in guests] and all(guest in reached for guest in guests):
        yield "it ends when no guest runs any more"
