# SPDX-License-Identifier: BSD-2-Clause
"""
The authority graph: who can influence the data of whom at once, and by what. Its closure is who can influence whom at all.

Nodes are the names of partitions and servers. Nothing keeps a device from memory (there is no IOMMU): whoever drives one that can read and write
memory by itself (DMA) has a part in everybody's data.
"""

from collections import deque
from dataclasses import dataclass

from . import commands
from .model import CONSOLE, MONITOR, SAMPLING, SERVERS
from .problems import suggest
from .values import quote


@dataclass(frozen=True)
class Edge:
    """SOURCE influences TARGET by WHAT, which in a sentence follows the source's name. WAKES tells whether TARGET may run because of it; DEVICE is the
    one whose DMA does it, or None."""
    source: str
    target: str
    what: str
    wakes: bool = True
    device: str | None = None

    def __str__(self):
        return f"{self.source} {self.what}"


def channel_edges(channel):
    source, target, name = channel.source, channel.target, channel.name
    if channel.kind == "call":
        yield Edge(source, target, f"calls {target} by channel '{name}'")
        yield Edge(target, source, f"answers {source}'s calls by channel '{name}'")
    elif channel.kind == "signal":
        yield Edge(source, target, f"signals {target} by channel '{name}'")
    elif channel.is_port:
        deed = f"writes values that {target} reads" if channel.kind == SAMPLING else f"sends messages to {target}"
        yield Edge(source, target, f"{deed} by port '{name}'")
        if channel.answers:
            yield Edge(target, source, f"tells {source} how much it has received by port '{name}'")
    else:
        yield Edge(source, target, f"writes memory that {target} reads by channel '{name}'")
        back = "writes memory that {} reads" if channel.two_way else "signals {}"
        yield Edge(target, source, f"{back.format(source)} by channel '{name}'")


def device_edges(system, device):
    """Of one with DMA: its owner's edges to and from everybody."""
    owner, name = device.owner, device.name
    for other in system.partitions if device.dma else ():
        if other.name != owner:
            yield Edge(owner, other.name, f"can write all memory, that of {other.name} too, by the DMA of device '{name}'", False, name)
            yield Edge(other.name, owner, f"has memory that {owner} can read by the DMA of device '{name}'", False, name)


def server_edges(partition):
    if partition.name != MONITOR:
        yield Edge(partition.name, MONITOR, "calls the monitor")
        yield Edge(MONITOR, partition.name, f"builds {partition.name}, holds its memory and answers its calls")
    if partition.console and partition.name != CONSOLE:
        yield Edge(partition.name, CONSOLE, "writes to its console")
        yield Edge(CONSOLE, partition.name, f"passes input to {partition.name}")


def inspection_edges(system):
    """Whoever inspects learns what others map and hold, and so what they wish to tell by that. The monitor's part is among its others."""
    for inspector in (partition for partition in system.partitions if partition.inspect):
        for partition in system.partitions:
            if partition.name not in (inspector.name, MONITOR):
                yield Edge(partition.name, inspector.name, f"shows what it holds and maps to {inspector.name}, which inspects", wakes=False)


def trace_edges(system):
    """Whoever traces learns when others run and what they call, and so what they wish to tell by that."""
    for tracer in (partition for partition in system.partitions if partition.trace):
        for partition in system.partitions:
            if partition.name not in (tracer.name, MONITOR):
                yield Edge(partition.name, tracer.name, f"shows when it runs and what it calls to {tracer.name}, which traces", wakes=False)


def command_edges(client, about):
    """What the monitor does for a partition, and what it tells it: there it keeps nothing apart."""
    deeds = {}
    for command in commands.DEEDS:
        for name in about.get(command, ()):
            deeds.setdefault(name, []).append(f"{command}s")
    for name, done in deeds.items():
        if name != client.name:
            yield Edge(client.name, name, f"{commands.listing(done)} {name} by the monitor")
    told = {name: None for command in commands.LOOKS for name in about.get(command, ())}
    for name in told:
        if name not in (client.name, *SERVERS):
            yield Edge(name, client.name, f"has its state told to {client.name} by the monitor", wakes=False)


def test_edges(system):
    """Whoever may test the system has a partition suspended."""
    for tester in (partition for partition in system.partitions if partition.test_control):
        for name in commands.suspendable(system):
            if name != tester.name:
                yield Edge(tester.name, name, f"suspends {name} by the monitor, for a test", wakes=False)


def schedule_edges(system):
    """Whoever chooses among several schedule tables changes when all others run."""
    for client in system.partitions if len(system.schedules) > 1 else ():
        tables = commands.switches(system, client)
        for other in system.partitions if tables else ():
            if other.name != client.name:
                what = f"changes when {other.name} runs, by schedule table {commands.listing(tables)}"
                yield Edge(client.name, other.name, what, wakes=False)


def edges(system):
    """All edges, those of the description's channels first."""
    found = [edge for channel in system.channels for edge in channel_edges(channel)]
    found += inspection_edges(system)
    found += trace_edges(system)
    found += [edge for client, about in commands.clients(system) for edge in command_edges(client, about)]
    found += test_edges(system)
    found += schedule_edges(system)
    found += [edge for device in system.devices for edge in device_edges(system, device)]
    return found + [edge for partition in system.partitions for edge in server_edges(partition)]


def chain(all_edges, source, target, trust=()):
    """The shortest list of edges from SOURCE to TARGET that passes through nobody in TRUST; None where there is none."""
    came = {source: None}
    waiting = deque([source])
    while waiting:
        node = waiting.popleft()
        for edge in all_edges:
            if edge.source != node or edge.target in came or (edge.target in trust and edge.target != target):
                continue
            came[edge.target] = edge
            if edge.target == target:
                return walk_back(came, target)
            waiting.append(edge.target)
    return None


def walk_back(came, node):
    found = []
    while came[node]:
        found.append(came[node])
        node = came[node].source
    return found[::-1]


def say(found):
    """A chain in words."""
    return ", ".join(map(str, found))


def check(system, problems):
    """The `forbid` rules."""
    all_edges = edges(system)
    for rule in system.forbids:
        if check_rule(system, rule, problems) and not problems.touch("channel", "kind"):
            found = chain(all_edges, rule.source, rule.target, rule.trust)
            if found:
                between = [edge.target for edge in found[:-1]]
                right = f"trust = [{', '.join(quote(name) for name in [*rule.trust, *between])}] if that is meant, or " if between else ""
                for name in dict.fromkeys(edge.device for edge in found if edge.device):
                    right += f"dma = false in [device.{name}] if it is known to leave memory alone, or "
                problems.add(rule.paths[""], f"'{rule.source}' can influence '{rule.target}': {say(found)}", f"{right}a system without that chain")


def check_rule(system, rule, problems):
    """Whether the rule makes sense by itself."""
    known = [*SERVERS, *system.names]
    sound = bool(rule.source and rule.target)
    for key, names in (("from", [rule.source]), ("to", [rule.target]), ("trust", rule.trust)):
        for name in filter(None, names):
            if name not in known:
                problems.add(rule.path(key), f"there is no partition or server '{name}'; {suggest(name, known)}")
                sound = False
    if sound and rule.source == rule.target:
        problems.add(rule.path("to"), f"'{rule.target}' always influences itself", "another partition")
        sound = False
    for name in {rule.source, rule.target} & set(rule.trust):
        problems.add(rule.path("trust"), f"'{name}' is an end of this rule, and cannot be trusted to keep it", "a list without it")
    return sound
