# SPDX-License-Identifier: BSD-2-Clause
"""Checks of what partitions are, each by itself and all together; not of their memory and time."""

from . import limits
from .model import CONSOLE, GUEST, MONITOR, SERVERS
from .values import format_time

ADDED = {MONITOR: " operator=1", CONSOLE: " tty=1"}  # to servers' arguments: make_bundle of tools/launcher/system.py


def check(system, problems):
    check_number(system, problems)
    check_attached(system, problems)
    check_inspectors(system, problems)
    check_tracers(system, problems)
    check_members(system, problems)
    check_pagers(system, problems)
    for partition in system.partitions:
        check_arguments(partition, problems)
        check_budget(partition, problems)
        check_disk(partition, problems)
        check_untyped(partition, problems)
        check_priority(partition, problems)


def check_number(system, problems):
    described = [partition for partition in system.partitions if partition.name not in SERVERS]
    most = limits.PARTITIONS - len(SERVERS)
    if len(described) > most:
        problems.add(described[most].paths[""], f"this is partition number {most + 1}, and {most} are the most")
    if not described and not problems.touch("partition"):
        problems.add((), "describes no partition; right would be a table [partition.NAME] with a priority")


def check_attached(system, problems):
    attached = [partition for partition in system.partitions if partition.console == "attached"]
    for partition in attached[1:]:
        problems.add(partition.path("console"), f'"attached" is for one partition, and \'{attached[0].name}\' has the terminal at start',
                     "true")


def check_inspectors(system, problems):
    """The kernel has one walk for all of them."""
    inspecting = [partition for partition in system.partitions if partition.inspect]
    for partition in inspecting[1:]:
        problems.add(partition.path("inspect"), f"one partition may inspect, and '{inspecting[0].name}' does", "false")


def check_tracers(system, problems):
    """There is one ring."""
    tracing = [partition for partition in system.partitions if partition.trace]
    for partition in tracing[1:]:
        problems.add(partition.path("trace"), f"one partition may trace, and '{tracing[0].name}' does", "false")


def check_members(system, problems):
    """No two programs may have one name in the bundle."""
    files = {"pager": None}
    for partition in system.partitions:
        program, file = partition.program, partition.file
        if program in files and files[program] != file:
            other = files[program] or "the build's program of that name"
            problems.add(partition.path("program"), f"'{file or program}' would be named '{program}' in the bundle, and so would {other}", "another name")
        files.setdefault(program, file)
        if program == "manifest" or len(program) > limits.MEMBER_NAME:
            problems.add(partition.path("program"), f"'{program}' cannot be the name of a program: it must have at most {limits.MEMBER_NAME} "
                         "characters and not be 'manifest'")


def check_pagers(system, problems):
    """They come up above the monitor: servers/monitor/build_pager.c."""
    monitor = system.partition(MONITOR)
    if monitor.priority == 255 and any(partition.demand for partition in system.partitions):
        problems.add(monitor.path("priority"), "255 is too high: pagers start at one more", "at most 254")


def check_arguments(partition, problems):
    used = len(" ".join(partition.arguments))
    most = limits.ARGUMENT_BYTES - len(ADDED.get(partition.name, ""))
    if len(partition.arguments) > limits.ARGUMENTS:
        problems.add(partition.path("arguments"), f"these are {len(partition.arguments)} arguments, and {limits.ARGUMENTS} are the most")
    elif used > most:
        problems.add(partition.path("arguments"), f"these have {used} characters with a space between each two, and {most} are the most")


def check_budget(partition, problems):
    if partition.budget > partition.period and not problems.touch("budget", "period"):
        key = "budget" if "budget" in partition.paths else "period"
        wrong = f"a budget of {format_time(partition.budget)} is longer than its period of {format_time(partition.period)}"
        problems.add(partition.path(key), wrong, "at most the period")


def check_disk(partition, problems):
    if "disk_read_only" in partition.paths and not partition.guest.disk and not problems.touch("disk"):
        problems.add(partition.path("disk_read_only"), "means nothing without a disk", "disk beside it")


def check_untyped(partition, problems):
    if partition.untyped and partition.demand:
        problems.add(partition.path("untyped"), "with `demand` the kernel memory beside the partition's own is its pager's",
                     "no `untyped`, or no `demand`")


def check_priority(partition, problems):
    if partition.highest_priority > 255 and not problems.touch("priority"):
        helpers = "its VMM's threads run at up to two" if partition.kind == GUEST else "its pager runs at one"
        most = 255 - (partition.highest_priority - partition.priority)
        problems.add(partition.path("priority"), f"{partition.priority} is too high: {helpers} more", f"at most {most}")
