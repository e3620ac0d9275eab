# SPDX-License-Identifier: BSD-2-Clause
"""Reads a description: from a text to a System, or to all that is wrong with the text."""

import os
import re
import tomllib
from dataclasses import replace
from pathlib import Path

from launcher import disks

from . import check_channels, check_schedules, checks, commands, health, keys, limits
from .model import CONSOLE, GUEST, MONITOR, NATIVE, PORTS, QUEUING, REFUSE, SERVERS, Channel, Device, Forbid, Guest, Partition, Schedule, System, Window
from .places import Place, Places
from .problems import DescriptionError, Problem, Problems, suggest
from .values import NAME, Name, Wrong, show

SIZE_MOST = 256 << 10
TABLES = ("system", "partition", "server", "schedule", "channel", "device", "forbid")
ARCHITECTURES = tuple(limits.MACHINES)


class Values:
    """What one table gives: parsed values, and the path of each key. A value that is wrong is as if it were not there."""

    def __init__(self, path):
        self.values = {}
        self.paths = {"": path}

    def get(self, key, otherwise=None):
        return self.values.get(key, otherwise)


class _Reader:
    """Takes the tables apart, noting what is wrong on the way."""

    def __init__(self, data, places, arch, folder):
        self.data = data
        self.arch = arch
        self.folder = folder
        self.problems = Problems(places)

    def table_of_tables(self, name):
        """(path, table) of each [NAME.X]."""
        table = self.data.get(name, {})
        if not isinstance(table, dict):
            self.problems.add((name,), f"is {show(table)}; right would be tables [{name}.NAME]")
            return
        for key, inner in table.items():
            if isinstance(inner, dict):
                yield (name, key), inner
            else:
                self.problems.add((name, key), f"is {show(inner)}; right would be a table [{name}.{show(key)[1:-1]}] with this among its keys")

    def array_of_tables(self, name):
        """(path, table) of each [[NAME]]."""
        array = self.data.get(name, [])
        if not isinstance(array, list):
            self.problems.add((name,), f"right would be [[{name}]], for one of several")
            return
        for number, inner in enumerate(array):
            if isinstance(inner, dict):
                yield (name, number), inner
            else:
                self.problems.add((name, number), f"is {show(inner)}; right would be a table [[{name}]]")

    def take(self, values, path, table, known):
        """Adds a table's keys to VALUES."""
        by_name = {key.name: key for key in known}
        for name, value in table.items():
            if name not in by_name:
                self.problems.add(path + (name,), f"there is no such key; {suggest(name, list(by_name))}")
                continue
            try:
                values.values[name] = by_name[name].type.parse(value)
            except Wrong as wrong:
                self.problems.add(path + (name,) + (() if wrong.item is None else (wrong.item,)), str(wrong))
            values.paths[name] = path + (name,)

    def read(self, path, table, known, per_arch=False):
        """The table's Values, with those of the architecture's own table over them. The other architectures' are checked, too."""
        values = Values(path)
        own = {name: value for name, value in table.items() if not (per_arch and name in ARCHITECTURES)}
        self.take(values, path, own, known)
        for arch in ARCHITECTURES if per_arch else ():
            inner = table.get(arch, {})
            if isinstance(inner, dict):
                target = values if arch == self.arch else Values(path)
                self.take(target, path + (arch,), inner, [key for key in known if not key.fixed])
            else:
                self.problems.add(path + (arch,), f"is {show(inner)}; right would be a table of what differs on {arch}")
        for key in known:
            if key.required and key.name not in values.paths:
                self.problems.add(path + (key.name,), f"must be given: {key.meaning}")
        return values

    def name(self, path):
        try:
            Name.parse(path[-1])
        except Wrong as wrong:
            self.problems.add(path, str(wrong))

    def file(self, values, key):
        text = values.get(key)
        return None if text is None else self.folder / text

    # --- Partitions ---

    def partition(self, path, table):
        self.name(path)
        if path[1] in SERVERS:
            self.problems.add(path, f"every system has this partition; its keys go into [server.{path[1]}]")
        kind = table.get("kind", NATIVE)
        kind = kind if kind in (NATIVE, GUEST) else NATIVE
        known = [key for key in keys.PARTITION if kind in key.kinds]
        if kind == GUEST:
            known = [replace(key, type=keys.GUEST_MEMORY) if key.name == "memory" else key for key in known]
        self.explain_kind(path, table, kind)
        values = self.read(path, {name: table[name] for name in table if not self.is_of_other_kind(name, kind) and name != "health"}, known, per_arch=True)
        self.health(path + ("health",), table.get("health", {}), kind, values)
        return self.guest(path, values) if kind == GUEST else self.native(path, values)

    @staticmethod
    def is_of_other_kind(name, kind):
        return any(key.name == name and kind not in key.kinds for key in keys.PARTITION)

    def explain_kind(self, path, table, kind):
        for name in table:
            if self.is_of_other_kind(name, kind):
                other = "a guest's VMM manages that itself" if kind == GUEST else 'it is only for guests; right would be kind = "guest" beside it'
                self.problems.add(path + (name,), f"a partition of kind \"{kind}\" has no such key: {other}")

    def health(self, path, table, kind, values):
        """The table of events and actions: a value of the partition, like others."""
        if not isinstance(table, dict):
            self.problems.add(path, f"is {show(table)}; right would be a table [{'.'.join(path)}] with a row for each event that needs one")
            return
        own = [key for key in keys.HEALTH if kind in key.kinds]
        for key in keys.HEALTH:
            if key.name in table and key not in own:
                self.problems.add(path + (key.name,), f'a partition of kind "{kind}" has no such event; {suggest("", [known.name for known in own])}')
        rows = self.read(path, {name: table[name] for name in table if all(key.name != name or key in own for key in keys.HEALTH)}, own)
        values.values["health"] = tuple((key.name, rows.get(key.name)) for key in own if rows.get(key.name))
        values.paths["health"] = path

    def native(self, path, values):
        defaults = keys.NATIVE_DEFAULTS
        if "demand" in values.paths:
            kept = 1 << (2 * values.get("demand", 1) - 1).bit_length()  # half of the memory is the pager's
            defaults = {**keys.DEMAND_DEFAULTS, "memory": max(keys.DEMAND_DEFAULTS["memory"], kept)}
        elif values.get("untyped"):
            defaults = {**defaults, "kernel_memory": keys.UNTYPED_KERNEL_MEMORY}
        return self.make(path, NATIVE, values, defaults, path[1], None)

    def guest(self, path, values):
        memory = values.get("memory", keys.GUEST_DEFAULTS["memory"])
        slots = values.get("capabilities", keys.guest_capabilities(memory))
        disk = self.file(values, "disk")
        guest = Guest(memory, self.file(values, "kernel"), self.file(values, "initrd"), values.get("command_line"), disk,
                      values.get("disk_read_only", False), disks.size(disk))
        values.values["memory"] = values.get("vmm_memory", keys.GUEST_DEFAULTS["vmm_memory"])
        defaults = {**keys.GUEST_DEFAULTS, "capabilities": slots, "kernel_memory": keys.guest_kernel_memory(slots)}
        return self.make(path, GUEST, values, defaults, "vmm", guest)

    def program(self, values, otherwise):
        """(name of the member, file or None)."""
        text = values.get("program", otherwise)
        if "/" not in text and "." not in text:
            return text, None
        stem = Path(text).name.split(".")[0]
        if not NAME.fullmatch(stem):
            self.problems.add(values.paths["program"], f"{show(text)}: the file's name must be one like those of partitions, with .elf after it: it "
                              "is the program's name in the bundle")
        return stem, self.folder / text

    @staticmethod
    def watchdog_start(kind, values):
        watchdog = values.get("watchdog")
        least = keys.GUEST_WATCHDOG_START if kind == GUEST else 0
        return watchdog and values.get("watchdog_start", max(watchdog, least))

    def make(self, path, kind, values, defaults, program, guest):
        member, file = self.program(values, program)

        def value(key, otherwise=None):
            return values.get(key, defaults.get(key, otherwise))

        period = value("period", keys.WHOLE)
        return Partition(
            paths=values.paths, name=path[1], kind=kind, program=member, file=file, arguments=value("arguments", ()), memory=value("memory"),
            kernel_memory=value("kernel_memory"), slots=value("capabilities"), stack=value("stack"), heap=value("heap"), demand=value("demand"),
            priority=value("priority", 1), budget=value("budget", period), period=period, processor=value("processor", 0),
            timer=value("timer", False), untyped=value("untyped", False), console=value("console", True), on_fault=value("on_fault", "stop"),
            restart_limit=value("restart_limit", keys.RESTART_LIMIT), restart_window=value("restart_window"), escalate=value("escalate", "stop"),
            watchdog=value("watchdog"), watchdog_start=self.watchdog_start(kind, values), health=value("health", ()), keep=value("keep", 0), test_control=value("test_control", False),
            inspect=value("inspect", False), trace=value("trace", False), permits=value("monitor", ()), guest=guest, variant=value("variant"),
            schedules=value("schedules", ()), interrupt_any_time=value("interrupt_any_time", False))

    def servers(self):
        tables = {path[1]: table for path, table in self.table_of_tables("server")}
        for name in tables:
            if name not in SERVERS:
                self.problems.add(("server", name), f"there is no such server; {suggest(name, SERVERS)}")
        for name, defaults in ((MONITOR, keys.MONITOR_DEFAULTS), (CONSOLE, keys.CONSOLE_DEFAULTS)):
            path = ("server", name)
            if self.data.get("schedule"):
                defaults = {key: value for key, value in defaults.items() if key != "budget"}  # its windows limit it
            yield self.make(path, name, self.read(path, tables.get(name, {}), keys.SERVERS[name]), defaults, name, None)

    # --- All else ---

    def system_table(self):
        table = self.data.get("system", {})
        if not isinstance(table, dict):
            self.problems.add(("system",), f"is {show(table)}; right would be a table [system]")
            table = {}
        return self.read(("system",), table, keys.SYSTEM)

    def channel(self, path, table):
        known = keys.CHANNEL
        if table.get("kind") not in PORTS:
            known = [replace(key, type=keys.CHANNEL_MEMORY) if key.name == "size" else key for key in known]
        values = self.read(path, table, known)
        overflow = values.get("overflow", REFUSE) if values.get("kind") == QUEUING else None
        return Channel(paths=values.paths, name=values.get("name", ""), kind=values.get("kind", ""), source=values.get("from", ""),
                       target=values.get("to", ""), size=values.get("size", 0), two_way=values.get("two_way", False), slot=values.get("slot"),
                       refresh=values.get("refresh"), depth=values.get("depth", 1), overflow=overflow)

    def device(self, path, table):
        self.name(path)
        values = self.read(path, table, keys.DEVICE, per_arch=True)
        self.check_what_there_is(path, table)
        ports = values.get("ports") if limits.MACHINES[self.arch].has_ports else None
        registers = values.get("registers")
        return Device(paths=values.paths, name=path[1], owner=values.get("owner", ""), registers=registers, ports=ports,
                      interrupt=values.get("interrupt"), dma=values.get("dma", limits.MACHINES[self.arch].may_reach_memory(registers, ports)),
                      interrupt_any_time=values.get("interrupt_any_time", False))

    def check_what_there_is(self, path, table):
        """A device that one architecture has nothing of is not there; nothing of it on any is a mistake."""
        own = {arch: table[arch] for arch in ARCHITECTURES if isinstance(table.get(arch), dict)}
        for arch, inner in own.items():
            if "ports" in inner and not limits.MACHINES[arch].has_ports:
                self.problems.add(path + (arch, "ports"), f"{arch} has no ports; right would be registers, or [device.{path[1]}.x86_64]")
        if not any(key in inner for inner in (table, *own.values()) for key in ("registers", "ports")):
            self.problems.add(path, 'has neither registers nor ports on any architecture; right would be registers = ["0x101000", "4K"] or '
                              'ports = ["0x70", 2]')

    def schedule(self, path, table):
        self.name(path)
        values = self.read(path, table, keys.SCHEDULE)
        windows = [self.window(path + ("windows", number), inner) for number, inner in enumerate(values.get("windows", ()))]
        return Schedule(paths=values.paths, name=path[1], frame=values.get("frame", 0), pad=values.get("pad", 0), slack=values.get("slack"),
                        windows=tuple(sorted(windows, key=lambda window: window.at)))

    def window(self, path, table):
        values = self.read(path, table, keys.WINDOW)
        return Window(paths=values.paths, partition=values.get("partition", ""), at=values.get("at", 0), length=values.get("length", 0))

    def forbid(self, path, table):
        values = self.read(path, table, keys.FORBID)
        return Forbid(paths=values.paths, source=values.get("from", ""), target=values.get("to", ""), trust=values.get("trust", ()))

    def top(self):
        for name in self.data:
            if name not in TABLES:
                self.problems.add((name,), f"there is no such table; {suggest(name, TABLES)}")


def number_badges(channels, devices, guests):
    """Gives each channel and device its badge: callers are counted from 1 by the partition that is called; bit 0 of a notification is its timer's, and of
    a guest's (by name), which is its console's, two bits are the console server's and the VMM's own. All variants are counted together, so that a program may be compiled once for all of them."""
    callers, bits = {}, dict.fromkeys(guests, 1)

    def count(of, name):
        of[name] = of.get(name, 0) + 1
        return of[name]

    numbered = []
    for channel in channels:
        if channel.kind == "call":
            channel = replace(channel, badge=count(callers, channel.target))
        else:
            channel = replace(channel, badge=1 << count(bits, channel.target))
            if channel.answers:
                channel = replace(channel, back_badge=1 << count(bits, channel.source))
        numbered.append(channel)
    with_bits = [replace(device, badge=1 << count(bits, device.owner)) if device.interrupt is not None else device for device in devices]
    return tuple(numbered), tuple(with_bits)


def shown(path):
    """The path as messages have it: short, where it lies below the current folder."""
    below = os.path.relpath(path) if os.path.isabs(path) else str(path)
    return str(path) if below.startswith("..") else below


def refuse(path, line, message):
    """The file as a whole is wrong."""
    raise DescriptionError([Problem(Place(shown(path), line), "", message)])


def parse(text, path):
    """The text as tomllib understands it."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.DOTALL)
        if match:
            refuse(path, int(match[2]), f"this is no TOML: {match[1]}, in column {match[3]}")
        refuse(path, text.count("\n") + 1, f"this is no TOML: {str(error).removesuffix(' (at end of document)')}, where the file ends")
    except RecursionError:
        refuse(path, 1, "this is no TOML that can be read: lists or tables lie in each other too deep")
    except ValueError:
        refuse(path, 1, "this is no TOML that can be read: a number has too many digits")


def read_text(path):
    """The file's text."""
    try:
        with open(path, "rb") as file:
            data = file.read(SIZE_MOST + 1)
    except OSError as error:
        refuse(path, 1, f"cannot be read: {error.strerror}")
    if len(data) > SIZE_MOST:
        refuse(path, 1, f"this file has more than {SIZE_MOST >> 10}K, which no description needs")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        refuse(path, data.count(b"\n", 0, error.start) + 1, f"this is no text: byte {error.start} is no UTF-8")


def read(path, arch, variant=None, every=False):
    """The System of the file and its Problems: whether its tables are well formed. Whether they fit together is for checks.run. With EVERY it has the
    partitions of all variants, which is no system that can be built, but all that its programs may find."""
    path = Path(path)
    text = read_text(path)
    places = Places(shown(path), text)
    reader = _Reader(parse(text, path), places, arch, path.parent)
    reader.top()
    if not NAME.fullmatch(path.stem):
        reader.problems.add((), f"the file's name is the system's, and '{path.stem}' is no name",
                            "1 to 15 characters: lower-case letters, digits and -, a letter first")
    values = reader.system_table()
    partitions = [*reader.servers(), *(reader.partition(where, table) for where, table in reader.table_of_tables("partition"))]
    channels = [reader.channel(where, table) for where, table in reader.array_of_tables("channel")]
    devices = [reader.device(where, table) for where, table in reader.table_of_tables("device")]
    guests = [partition.name for partition in partitions if partition.kind == GUEST]
    channels, devices = number_badges(channels, [device for device in devices if device.registers or device.ports], guests)
    schedules = [reader.schedule(where, table) for where, table in reader.table_of_tables("schedule")]
    forbids = [reader.forbid(where, table) for where, table in reader.array_of_tables("forbid")]
    system = System(path.stem, arch, variant, values.get("memory"), values.get("watchdog") if limits.MACHINES[arch].watchdog_ports else None,
                    tuple(partitions), channels, devices, tuple(schedules), tuple(forbids),
                    names=tuple(partition.name for partition in partitions if partition.name not in SERVERS),
                    variants=tuple(dict.fromkeys(partition.variant for partition in partitions if partition.variant)), folder=path.parent, places=places)
    if variant is not None and variant not in system.variants:
        known = suggest(variant, system.variants) if system.variants else "it has none"
        reader.problems.add((), f"system '{system.name}' has no variant '{variant}'; {known}")
    check_ends(system, reader.problems)
    commands.check_names(system, reader.problems)
    health.check_names(system, reader.problems)
    check_schedules.check_names(system, reader.problems)
    return system if every else select(system), reader.problems


def check_ends(system, problems):
    """Those of channels, in all variants: what is left out of one must be right, too."""
    for channel in system.channels:
        for key, name in (("from", channel.source), ("to", channel.target)):
            check_channels.check_end(system, channel, key, name, problems)


def select(system):
    """Only what is part of the chosen variant: what leads to a partition that is not, is not either."""
    absent = {partition.name for partition in system.partitions if partition.variant not in (None, system.variant)}
    return replace(system, channels=tuple(channel for channel in system.channels if not {channel.source, channel.target} & absent),
                   devices=tuple(device for device in system.devices if device.owner not in absent),
                   schedules=tuple(without(schedule, absent) for schedule in system.schedules),
                   partitions=tuple(partition for partition in system.partitions if partition.name not in absent),
                   forbids=tuple(rule for rule in system.forbids if not {rule.source, rule.target} & absent))


def without(schedule, absent):
    """The table without the windows of those that are ABSENT, whose time is nobody's."""
    return replace(schedule, windows=tuple(window for window in schedule.windows if window.partition not in absent),
                   slack=None if schedule.slack in absent else schedule.slack)


def load(path, arch, variant=None):
    """The System that the file describes for the architecture and variant; a DescriptionError where anything is wrong with it."""
    system, problems = read(path, arch, variant)
    checks.run(system, problems)
    problems.finish()
    return system
