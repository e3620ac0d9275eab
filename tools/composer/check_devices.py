# SPDX-License-Identifier: BSD-2-Clause
"""Checks of devices: that each has one owner, and nothing of it a second one."""

from . import limits
from .check_channels import LAST_BIT, check_end, check_macro
from .limits import Range
from .model import GUEST
from .values import PAGE


def check(system, problems):
    if len(system.devices) > limits.DEVICES:
        problems.add(system.devices[limits.DEVICES].paths[""], f"this is device number {limits.DEVICES + 1}, and {limits.DEVICES} are the most")
    machine = limits.MACHINES[system.arch]
    for number, device in enumerate(system.devices):
        before = system.devices[:number]
        check_owner(system, device, problems)
        check_one_kind(device, problems)
        if device.badge > LAST_BIT:
            problems.add(device.path("interrupt"), f"'{device.owner}' is signalled by more channels and interrupts than the 63 bits of its notification")
        check_macro("device", device, device.paths[""], system.devices, problems)
        check_interrupt(system, device, before, machine, problems)
        check_ranges("registers", device, before, machine.taken, problems)
        check_ranges("ports", device, before, machine.taken_ports, problems)
    check_pages(system, problems)


def check_owner(system, device, problems):
    check_end(system, device, "owner", device.owner, problems, what="a device's owner is a partition of this description")
    owner = system.partition(device.owner)
    if owner and owner.kind == GUEST:
        problems.add(device.path("owner"), f"'{owner.name}' is a guest, which drives no device of the machine", "a native partition")
    if device.name in limits.STARTUP_NAMES:
        problems.add(device.paths[""], f"programs find something else by the name '{device.name}'", "another name")


def check_one_kind(device, problems):
    if device.registers and device.ports:
        problems.add(device.path("ports"), "stands beside registers, and a device has one of the two", "a device of its own for each")


def check_interrupt(system, device, before, machine, problems):
    line = device.interrupt
    if line is None:
        return
    owners = [other.name for other in before if other.interrupt == line]
    if not 1 <= line <= machine.interrupts:
        problems.add(device.path("interrupt"), f"{line} is no line of this machine", f"one from 1 to {machine.interrupts}")
    elif line == machine.console_interrupt:
        problems.add(device.path("interrupt"), f"line {line} is the serial line's, which is the console's", "the device's own line")
    elif owners:
        problems.add(device.path("interrupt"), f"line {line} is that of device '{owners[0]}', too", "one owner for each line")


def check_pages(system, problems):
    pages = 0
    for device in system.devices:
        pages += device.registers[1] // PAGE if device.registers else 0
        if pages > limits.DEVICE_PAGES:
            problems.add(device.path("registers"), f"up to this device there are {pages} pages of registers, and {limits.DEVICE_PAGES} are the most in all "
                         "devices together")
            return


def extent(device, key):
    """What the device occupies, or None."""
    value = getattr(device, key)
    return Range(value[0], value[0] + value[1] - 1, f"device '{device.name}'") if value else None


def check_ranges(key, device, before, taken, problems):
    own = extent(device, key)
    if not own:
        return
    others = [extent(other, key) for other in before]
    for other in [*taken, *filter(None, others)]:
        if own.first <= other.last and other.first <= own.last:
            problems.add(device.path(key), f"{own.first:#x} to {own.last:#x} overlaps {other.first:#x} to {other.last:#x}: {other.what}",
                         f"the device's own {key} alone")
