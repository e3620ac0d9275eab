# SPDX-License-Identifier: BSD-2-Clause
"""Checks of channels: that each has two ends that can be its ends."""

from . import distribution, headers, limits
from .model import GUEST, NATIVE, PORTS, QUEUING, SAMPLING, SERVERS
from .problems import suggest

ENTRIES_OF_NATIVE = 12   # of the startup block, beside channels and devices
LAST_BIT = 1 << 63
ENTRIES_MOST = 48        # L4_STARTUP_ENTRIES
FIRST_SLOT = 8           # L4_SLOT_FIRST: the first of what the description gives
SLOT_NUMBER = "a number from 1 to 15"
OF_MEMORY = ("memory", *PORTS)

# Which kinds have a key, and what must be given of it, if that is so.
KINDS = {"size": OF_MEMORY, "two_way": ("memory",), "refresh": (SAMPLING,), "depth": (QUEUING,), "overflow": (QUEUING,), "slot": ("call", "signal")}
GIVEN = (("memory", "size", 'a channel of kind "memory" has a size', '"4K"'),
         (SAMPLING, "size", "of a message, at most", "64, in bytes"),
         (QUEUING, "size", "of a message, at most", "64, in bytes"),
         (SAMPLING, "refresh", "how long a value is valid", '"100ms"'),
         (QUEUING, "depth", "how many messages it holds", "a number, as 8"))


def check(system, problems):
    for channel in system.channels:
        check_bits(channel, problems)
    if len(system.channels) > limits.CHANNELS:
        problems.add(system.channels[limits.CHANNELS].paths[""], f"this is channel number {limits.CHANNELS + 1}, and {limits.CHANNELS} are the most")
    check_names(system, problems)
    for channel in system.channels:
        ends = [system.partition(channel.source), system.partition(channel.target)]
        check_keys(channel, ends[0], problems)
        if all(end and end.name not in SERVERS for end in ends):
            check_ends(channel, *ends, problems)
    check_slots(system, problems)
    check_guest_ports(system, problems)
    check_entries(system, problems)
    check_capabilities(system, problems)


def check_bits(channel, problems):
    """A notification is one word."""
    if channel.kind != "call" and max(channel.badge, channel.back_badge) > LAST_BIT:
        end = channel.target if channel.badge > LAST_BIT else channel.source
        problems.add(channel.paths[""], f"'{end}' is signalled by more channels and interrupts, in all variants together, than the 63 bits of its notification",
                     "fewer of them")


def check_names(system, problems):
    """A channel's name is that of a startup entry, at both ends."""
    seen = {device.name: device for device in system.devices}
    for channel in system.channels:
        if not channel.name:
            continue
        if channel.name in limits.STARTUP_NAMES:
            problems.add(channel.path("name"), f"programs find something else by the name '{channel.name}'", "another name")
        if channel.name in seen:
            problems.add(channel.path("name"), f"'{channel.name}' is a name twice: also at {system.place(seen[channel.name])}", "another name")
        seen.setdefault(channel.name, channel)
        check_macro("channel", channel, channel.path("name"), system.channels, problems)


def check_macro(what, item, path, others, problems):
    """The names of generated macros must be told apart: SYSTEM_CHANNEL_X_SIZE is the size of x, or x-size."""
    stem, _, suffix = item.name.rpartition("-")
    if suffix in headers.SUFFIXES and any(other.name == stem for other in others):
        macro = headers.macro(what.upper(), item.name)
        problems.add(path, f"the header's {macro} would be that of {what} '{stem}', too", "another name")


def check_end(system, item, key, name, problems, what="a channel's ends are partitions of this description"):
    """NAME, of ITEM's KEY, must be a described partition, be it of another variant."""
    if not name:
        return
    if name in SERVERS:
        problems.add(item.path(key), f"'{name}' is a server, which every partition reaches by what it has of it; {what}")
    elif name not in system.names:
        problems.add(item.path(key), f"there is no partition '{name}'; {suggest(name, system.names)}")


def check_keys(channel, source, problems):
    for kind, key, meaning, right in GIVEN:
        if channel.kind == kind and key not in channel.paths:
            problems.add(channel.path(key), f"must be given: {meaning}", right)
    for key, kinds in KINDS.items():
        if channel.kind and key in channel.paths and channel.kind not in kinds:
            check_other_kind(channel, key, kinds, problems)
    if channel.is_port:
        return
    if source and source.kind == NATIVE and channel.slot is not None:
        problems.add(channel.path("slot"), f"'{source.name}' is no guest: it finds the channel by its name", "no such key")
    if source and source.kind == GUEST and "slot" not in channel.paths:
        problems.add(channel.path("slot"), f"must be given: by it the guest '{source.name}' reaches the channel", SLOT_NUMBER)


def check_other_kind(channel, key, kinds, problems):
    if key == "slot" and channel.kind == "memory":
        return  # of a native it is wrong as such, and of a guest the kind is
    what = "no memory" if channel.kind not in OF_MEMORY and "memory" in kinds else "no such key"
    problems.add(channel.path(key), f'a channel of kind "{channel.kind}" has {what}', f'kind = "{kinds[0]}", or no such key')


def check_ends(channel, source, target, problems):
    if source is target:
        problems.add(channel.path("to"), f"the channel leads from '{source.name}' to itself", "another partition")
        return
    if channel.is_port:
        check_guest_message(channel, source, target, problems)
        return
    if target.kind == GUEST:
        problems.add(channel.path("to"), f"'{target.name}' is a guest, which serves nobody and waits for nothing", "a native partition")
        return
    if channel.kind == "memory" and source.kind == GUEST:
        problems.add(channel.path("kind"), f"'{source.name}' is a guest, which cannot map the memory", '"call" or "signal"')
    if channel.kind == "call" and target.priority <= source.priority and not problems.touch("priority"):
        wrong = (f"'{target.name}' (priority {target.priority}) is called by '{source.name}' (priority {source.priority}), and would be held up by what "
                 "lies between")
        problems.add(channel.path("to"), wrong,
                     f"a priority for '{target.name}' above that of '{source.name}', or a channel of kind \"signal\" or \"memory\"")


def check_guest_message(channel, source, target, problems):
    """What a guest reads or writes at once is a message."""
    for end in (source, target):
        if end.kind == GUEST and channel.size > limits.GUEST_MESSAGE:
            problems.add(channel.path("size"), f"'{end.name}' is a guest, which reads and writes messages of at most {limits.GUEST_MESSAGE} bytes at once",
                         "no more than that")
            return


def check_guest_ports(system, problems):
    for partition in system.partitions:
        ports = [channel for channel in system.channels if channel.is_port and partition.name in (channel.source, channel.target)]
        if partition.kind == GUEST and len(ports) > limits.GUEST_PORTS:
            problems.add(ports[limits.GUEST_PORTS].paths[""], f"this is port number {limits.GUEST_PORTS + 1} of guest '{partition.name}', and "
                         f"{limits.GUEST_PORTS} are the most")


def check_slots(system, problems):
    seen = {}
    for channel in system.channels:
        end = (channel.source, channel.slot)
        if channel.slot is None:
            continue
        if end in seen:
            problems.add(channel.path("slot"), f"'{channel.source}' has channel '{seen[end]}' in slot {channel.slot}", "another number from 1 to 15")
        seen.setdefault(end, channel.name)


def check_entries(system, problems):
    """Memory has two entries at each end, everything else one; devices have two; the table of ports one; schedule tables one, and one for all of them."""
    for partition in system.partitions:
        if partition.kind != NATIVE:
            continue
        entries = ENTRIES_OF_NATIVE + bool(partition.watchdog) + 2 * bool(partition.keep) + sum(2 for device in system.devices if device.owner == partition.name)
        entries += len(partition.schedules) + 1 if partition.schedules else 0
        for channel in system.channels:
            if channel.kind == "memory" and partition.name in (channel.source, channel.target):
                entries += 2
            elif channel.source == partition.name or channel.answers and channel.target == partition.name:
                entries += 1
        entries += any(channel.is_port and partition.name in (channel.source, channel.target) for channel in system.channels)
        if entries > ENTRIES_MOST:
            problems.add(partition.paths[""], f"its channels and devices need {entries} entries of the startup block, and {ENTRIES_MOST} are the most",
                         "fewer of them")


def check_capabilities(system, problems):
    """Whether a program's table holds what it is given, and one slot more for itself."""
    for partition in system.partitions if not problems.found else ():
        given = len([*distribution.program(system, partition)]) + partition.trace if partition.kind == NATIVE else 0
        if FIRST_SLOT + given >= partition.slots:
            least = 1 << (FIRST_SLOT + given).bit_length()
            problems.add(partition.path("capabilities"), f"{partition.slots} slots do not hold the {given} capabilities that '{partition.name}' is given, behind "
                         f"{FIRST_SLOT} that all have", f"at least {least}")
