# SPDX-License-Identifier: BSD-2-Clause
"""Checks of schedule tables: that windows fit into their frames and beside each other, and that whoever runs has one. Budgets are for schedule.check."""

from . import limits
from .model import CONSOLE, MONITOR, SERVERS
from .problems import suggest
from .values import format_time

KEYS = ("frame", "pad", "windows", "at", "length", "slack")


def check_names(system, problems):
    """Those that tables name, and the tables that partitions name, be they of another variant."""
    known = [*SERVERS, *system.names]
    tables = [schedule.name for schedule in system.schedules]
    for schedule in system.schedules:
        named = [(schedule.path("slack"), schedule.slack), *((window.path("partition"), window.partition) for window in schedule.windows)]
        for path, name in named:
            if name and name not in known:
                problems.add(path, f"there is no partition or server '{name}'; {suggest(name, known)}")
    for partition in system.partitions:
        for number, name in enumerate(partition.schedules):
            check_table(tables, name, partition.path("schedules") + (number,), problems)


def check_table(tables, name, path, problems):
    """That NAME, at PATH, is that of one of the TABLES."""
    if name not in tables:
        told = suggest(name, tables) if tables else f"there is none at all; right would be a table [schedule.{name}]"
        problems.add(path, f"there is no schedule table '{name}': {told}")


def check(system, problems):
    check_keys(system, problems)
    if problems.touch(*KEYS):
        return
    check_number(system, problems)
    for schedule in system.schedules:
        before = len(problems.found)
        check_windows(schedule, problems)
        if len(problems.found) == before:
            check_gaps(schedule, problems)
        if not schedule.windows_of(MONITOR):
            problems.add(schedule.path("windows"), "the monitor has no window: nobody would hear of faults, nor restart anybody", "one for it in each table")
    if system.schedules:
        check_all_run(system, system.schedules[0], problems)


def check_keys(system, problems):
    for partition in system.partitions:
        for number, name in enumerate(partition.schedules):
            if name in partition.schedules[:number]:
                problems.add((*partition.path("schedules"), number), f"'{name}' stands there twice", "once")
        if partition.schedules and partition.untyped:
            problems.add(partition.path("schedules"), "with `untyped` its program could have the processor follow tables of its own making, too",
                         "no `untyped`, or the command \"schedule\" of the monitor's")
    for item in (*system.devices, system.partition(CONSOLE)):
        if "interrupt_any_time" not in item.paths:
            continue
        if not system.schedules:
            problems.add(item.path("interrupt_any_time"), "means nothing without a schedule table", "no such key, or a table [schedule.NAME]")
        elif item.name != CONSOLE and item.interrupt is None:
            problems.add(item.path("interrupt_any_time"), "means nothing without an interrupt", "interrupt beside it")


def check_number(system, problems):
    if len(system.schedules) > limits.SCHEDULES:
        wrong = f"this is table number {limits.SCHEDULES + 1}, and {limits.SCHEDULES} are the most"
        problems.add(system.schedules[limits.SCHEDULES].paths[""], wrong)
    count = 0
    for schedule in system.schedules:
        count += len(schedule.windows)
        if count > limits.WINDOWS:
            problems.add(schedule.path("windows"), f"up to this table there are {count} windows, and {limits.WINDOWS} are the most in all tables together",
                         "fewer of them")
            return


def least_length(schedule):
    return schedule.pad + limits.BUDGET_LEAST


def least_text(schedule):
    least = f"the kernel's least of {format_time(limits.BUDGET_LEAST)}"
    return f"the pad of {format_time(schedule.pad)} and {least}" if schedule.pad else least


def check_windows(schedule, problems):
    """Each by itself, and beside the one before."""
    before = None
    for window in schedule.windows:
        who = f"the window of '{window.partition}' from {format_time(window.at)} to {format_time(window.end)}"
        if window.length < least_length(schedule):
            problems.add(window.path("length"), f"{format_time(window.length)} are too short for {least_text(schedule)}",
                         f'at least "{format_time(least_length(schedule))}"')
        if window.end > schedule.frame:
            problems.add(window.path("length"), f"{who} goes past the frame of {format_time(schedule.frame)}", "a shorter one, or a longer frame")
        if before and window.at < before.end:
            problems.add(window.path("at"), f"{who} overlaps that of '{before.partition}' from {format_time(before.at)} to {format_time(before.end)}",
                         f'at = "{format_time(before.end)}" or later')
        if not before or window.end > before.end:
            before = window


def check_gaps(schedule, problems):
    """Time between windows is a window of nobody's."""
    at = 0
    for window in schedule.windows:
        check_gap(schedule, window.path("at"), at, window.at, problems)
        at = window.end
    check_gap(schedule, schedule.path("frame"), at, schedule.frame, problems)


def check_gap(schedule, path, start, end, problems):
    if 0 < end - start < least_length(schedule):
        problems.add(path, f"from {format_time(start)} to {format_time(end)} nobody has a window, and that is too short for {least_text(schedule)}",
                     f"no time between, or at least {format_time(least_length(schedule))}")


def check_all_run(system, first, problems):
    for partition in system.partitions:
        if partition.name != MONITOR and not first.windows_of(partition.name) and first.slack != partition.name:
            who = f"the {partition.name}" if partition.name in SERVERS else f"'{partition.name}'"
            problems.add(partition.paths[""], f"{who} has no window in '{first.name}', the table that is followed from the start, and would not run",
                         f"a window there, or slack = \"{partition.name}\"")
