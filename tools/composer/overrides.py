# SPDX-License-Identifier: BSD-2-Clause
"""What a command line or a test changes in a system that was read. The result is to be checked again (checks.check)."""

from dataclasses import replace

from launcher import disks, errors

from . import checks, keys, limits
from .model import GUEST
from .problems import DescriptionError
from .values import Text, Wrong, format_size

# The command line's options that take the place of a guest's keys: by the member of model.Guest.
OPTIONS = {"memory": "--memory", "kernel": "--kernel", "initrd": "--initrd", "command_line": "--append", "disk": "--disk"}


def _refuse(message):
    raise errors.LauncherError(errors.USAGE, message)


def _replace(system, changed):
    partitions = tuple(changed if partition.name == changed.name else partition for partition in system.partitions)
    return replace(system, partitions=partitions)


def with_arguments(system, name, *arguments):
    """SYSTEM with more arguments for a partition's program, servers included."""
    partition = system.partition(name)
    if not partition:
        _refuse(f"system '{system.name}' has no partition '{name}'; it has {', '.join(other.name for other in system.partitions)}")
    return _replace(system, replace(partition, arguments=partition.arguments + tuple(map(str, arguments))))


def only_guest(system):
    """The one guest that options like --kernel are about."""
    guests = [partition for partition in system.partitions if partition.kind == GUEST]
    if len(guests) != 1:
        found = "no guest" if not guests else "several guests: " + ", ".join(guest.name for guest in guests)
        _refuse(f"system '{system.name}' has {found}; --kernel, --initrd, --append, --memory and --disk are about the one guest of a system")
    return guests[0]


def _check_command_line(text):
    """As the description's own is when it is read."""
    try:
        Text(limits.COMMAND_LINE).parse(text)
    except Wrong as wrong:
        _refuse(f"{OPTIONS['command_line']} {wrong}")


def with_guest(system, name=None, **members):
    """SYSTEM with a guest's members (memory, kernel, initrd, command_line, disk) replaced by those given that are not None. Without a NAME: of its only
    guest."""
    partition = system.partition(name) if name else only_guest(system)
    if not partition or not partition.guest:
        _refuse(f"system '{system.name}' has no guest '{name}'")
    given = {member: value for member, value in members.items() if value is not None}
    if "command_line" in given:
        _check_command_line(given["command_line"])
    guest = replace(partition.guest, **given)
    if "kernel" in given and "initrd" not in given:
        guest = replace(guest, initrd=None)  # the description's goes with the description's kernel
    if "disk" in given:
        guest = replace(guest, disk_size=disks.size(guest.disk))
    return _replace(system, _with_defaults_for(replace(partition, guest=guest)))


def check_with_options(system, given):
    """checks.check for a good system that was changed by the command line's options for its guest, GIVEN as to with_guest. What is wrong then is wrong
    with these: the message names them, and what of the description they replace."""
    try:
        checks.check(system)
    except DescriptionError as error:
        raise errors.LauncherError(errors.IMAGE, "\nbulkhead: ".join(_blame(problem, only_guest(system).name, given) for problem in error.problems)) from error


def _blame(problem, guest, given):
    said = {member: f"{OPTIONS[member]} {_show(value)}" for member, value in given.items() if value is not None}
    replacing = said.get(problem.key.split(".")[-1]) if problem.key.startswith(f"partition.{guest}.") else None
    return f"{replacing}, in place of {problem}" if replacing else f"with {' and '.join(said.values())}: {problem}"


def _show(value):
    return format_size(value) if isinstance(value, int) else f"'{value}'" if isinstance(value, str) else str(value)


def _with_defaults_for(partition):
    """What its memory makes of defaults that the description leaves as they are."""
    slots = partition.slots if "capabilities" in partition.paths else keys.guest_capabilities(partition.guest.memory)
    kernel_memory = partition.kernel_memory if "kernel_memory" in partition.paths else keys.guest_kernel_memory(slots)
    return replace(partition, slots=slots, kernel_memory=kernel_memory)
