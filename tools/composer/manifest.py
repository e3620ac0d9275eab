# SPDX-License-Identifier: BSD-2-Clause
"""Writes manifests: flattened device trees from which init builds a system (docs/descriptions.md, "The manifest")."""

import zlib

import libfdt

from . import commands, health
from .model import CONSOLE, GUEST, QUEUING, SAMPLING

COMPATIBLE = "bulkhead,manifest-1"
NAME = "manifest"
GUEST_FILES = (("kernel", "kernel"), ("initrd", "initrd"), ("command-line", "cmdline"), ("disk", "disk"))
PROPERTY_HEADER = 12  # of a property in the structure block: token, length, name


def write(system, files):
    """The manifest of SYSTEM; FILES are the bundle's other members, bytes by name."""
    tree = _begin(system.name, system.arch)
    _write_numbers(tree, {"watchdog": system.watchdog})
    _write_files(tree, files)
    with tree.add_node("partitions"):
        for partition in system.partitions:
            with tree.add_node(partition.name):
                _write_partition(tree, system, partition, files)
    if system.channels:
        with tree.add_node("channels"):
            for channel in system.channels:
                with tree.add_node(channel.name):
                    _write_channel(tree, channel)
    _write_schedules(tree, system)
    if system.devices:
        with tree.add_node("devices"):
            for device in system.devices:
                with tree.add_node(device.name):
                    _write_device(tree, system, device)
    _write_commands(tree, system)
    return _finish(tree)


def write_whole_machine(program, arguments, files, arch):
    """The manifest by which one PROGRAM gets the whole machine."""
    tree = _begin(program, arch)
    tree.property_string("whole-machine", program)
    _write_strings(tree, "arguments", arguments)
    _write_files(tree, files)
    return _finish(tree)


def _begin(model, arch):
    tree = libfdt.FdtSw()
    tree.finish_reservemap()
    tree.begin_node("")
    tree.property_string("compatible", COMPATIBLE)
    tree.property_string("model", model)
    tree.property_string("architecture", arch)
    tree.property_u32("crc32", 0)
    return tree


def _finish(tree):
    """Ends the root's node, and fills in the checksum, for which it counts as zero."""
    tree.end_node()
    fdt = tree.as_fdt()
    fdt.pack()
    blob = fdt.as_bytearray()
    at = fdt.first_property_offset(0)
    while fdt.get_property_by_offset(at).name != "crc32":
        at = fdt.next_property_offset(at)
    value = fdt.off_dt_struct() + at + PROPERTY_HEADER
    blob[value:value + 4] = zlib.crc32(blob).to_bytes(4, "big")
    return bytes(blob)


def _write_strings(tree, name, strings):
    if strings:
        tree.property(name, b"".join(text.encode("ascii") + b"\0" for text in strings))


def _write_flags(tree, flags):
    for name, is_true in flags.items():
        if is_true:
            tree.property(name, b"")


def _write_numbers(tree, numbers):
    """Each of two cells; None is left out."""
    for name, number in numbers.items():
        if number is not None:
            tree.property_u64(name, number)


def _write_files(tree, files):
    with tree.add_node("files"):
        for number, name in enumerate(sorted(files)):
            with tree.add_node(f"file-{number}"):
                tree.property_string("member", name)
                tree.property_u64("size", len(files[name]))
                tree.property_u32("crc32", zlib.crc32(files[name]))


def _write_partition(tree, system, partition, files):
    tree.property_string("kind", partition.kind)
    tree.property_string("program", partition.program)
    _write_strings(tree, "arguments", partition.arguments)
    tree.property_u32("priority", partition.priority)
    _write_numbers(tree, {"budget": partition.budget, "period": partition.period, "kernel-memory": partition.kernel_memory,
                          "memory": partition.memory})
    tree.property_u32("slots", partition.slots)
    _write_numbers(tree, {"stack": partition.stack, "heap": partition.heap, "demand": partition.demand, "keep": partition.keep or None})
    tree.property_string("on-fault", partition.on_fault)
    if health.restarts(partition):
        tree.property_u32("restart-limit", partition.restart_limit)
        _write_numbers(tree, {"restart-window": partition.restart_window})
        _write_flags(tree, {"escalate-halt": partition.escalate == health.HALT})
    _write_numbers(tree, {"watchdog": partition.watchdog, "watchdog-start": partition.watchdog_start})
    _write_flags(tree, {"timer": partition.timer, "untyped": partition.untyped, "silent": partition.console is False,
                        "attached": partition.console == "attached", "serves": system.serves(partition.name),
                        "test-control": partition.test_control, "inspect": partition.inspect, "trace": partition.trace,
                        "confined": partition.name == CONSOLE and is_confined(system, partition)})
    if partition.kind == GUEST:
        _write_numbers(tree, {"guest-memory": partition.guest.memory})
        for name, what in GUEST_FILES:
            if partition.member(what) in files:
                tree.property_string(name, partition.member(what))
        if partition.member("disk") in files and partition.guest.disk_memory:
            _write_numbers(tree, {"disk-memory": partition.guest.disk_memory})
    _write_health(tree, partition)


def _write_health(tree, partition):
    """The rows of its own; a node, and therefore behind all properties."""
    if partition.health:
        with tree.add_node("health"):
            for event, action in partition.health:
                table = health.table_of(action)
                tree.property_string(event, health.SWITCH if table else action)
                if table:
                    tree.property_string(f"{event}-table", table)


def _write_channel(tree, channel):
    tree.property_string("kind", channel.kind)
    tree.property_string("from", channel.source)
    tree.property_string("to", channel.target)
    tree.property_u64("badge", channel.badge)
    if channel.answers:
        _write_numbers(tree, {"back-badge": channel.back_badge})
    if channel.memory:
        _write_numbers(tree, {"size": channel.size})
    _write_flags(tree, {"two-way": channel.two_way})
    if channel.kind == SAMPLING:
        _write_numbers(tree, {"refresh": channel.refresh})
    if channel.kind == QUEUING:
        tree.property_u32("depth", channel.depth)
        tree.property_string("overflow", channel.overflow)
    if channel.slot is not None:
        tree.property_u32("slot", channel.slot)


def is_confined(system, item):
    """Whether an interrupt, of a device or of the console, comes only in its owner's windows."""
    return bool(system.schedules) and not item.interrupt_any_time


def _write_schedules(tree, system):
    if not system.schedules:
        return
    with tree.add_node("schedules"):
        for schedule in system.schedules:
            with tree.add_node(schedule.name):
                _write_schedule(tree, system, schedule)


def _write_schedule(tree, system, schedule):
    """With the windows as nodes, and those who may have the processor follow it by themselves."""
    _write_numbers(tree, {"frame": schedule.frame, "pad": schedule.pad})
    if schedule.slack:
        tree.property_string("slack", schedule.slack)
    _write_strings(tree, "switchers", [partition.name for partition in system.partitions if schedule.name in partition.schedules])
    for number, window in enumerate(schedule.windows):
        with tree.add_node(f"window-{number}"):
            tree.property_string("partition", window.partition)
            _write_numbers(tree, {"start": window.at, "length": window.length})


def _write_commands(tree, system):
    """For each partition that has the key `monitor`: whom each command is about."""
    clients = list(commands.clients(system))
    if not clients:
        return
    with tree.add_node("commands"):
        for partition, about in clients:
            with tree.add_node(partition.name):
                for command, names in about.items():
                    _write_strings(tree, command, names)


def _write_device(tree, system, device):
    tree.property_string("owner", device.owner)
    if device.registers:
        tree.property("registers", b"".join(number.to_bytes(8, "big") for number in device.registers))
    if device.ports:
        tree.property("ports", b"".join(number.to_bytes(4, "big") for number in device.ports))
    if device.interrupt is not None:
        tree.property_u32("interrupt", device.interrupt)
        _write_flags(tree, {"confined": is_confined(system, device)})
        tree.property_u64("badge", device.badge)
