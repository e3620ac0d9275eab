# SPDX-License-Identifier: BSD-2-Clause
"""
Commands: what partitions may have the monitor tell or do (the key `monitor`). Whom each is about, and checks of it.
"""

from . import health
from .check_schedules import check_table
from .model import CONSOLE, MONITOR, SERVERS
from .problems import suggest
from .values import LOG, LOOKS, RESTART, SCHED, SCHEDULE, quote

STOP, START = "stop", "start"
DEEDS = (RESTART, STOP, START)  # what is done to partitions


def expand(system, partition):
    """The names of the partitions that each command of PARTITION is about, by the command. Without a name all are meant: of commands that change
    something all described ones. `schedule` is about schedule tables."""
    tables = [schedule.name for schedule in system.schedules]
    everybody = [other.name for other in system.partitions]
    described = [name for name in everybody if name not in SERVERS]
    found = {}
    for permit in partition.permits:
        whole = tables if permit.command == SCHEDULE else everybody if permit.command in LOOKS else described
        found.setdefault(permit.command, set()).update([permit.about] if permit.about else whole)
    ordered = {command: [name for name in (tables if command == SCHEDULE else everybody) if name in names] for command, names in found.items()}
    return {command: names for command, names in ordered.items() if names}


def switches(system, partition):
    """The names of the tables that PARTITION may have the processor follow: by its program's own capabilities, by the monitor at its wish, and by what goes
    wrong in it."""
    by_monitor = expand(system, partition).get(SCHEDULE, ())
    named = {*partition.schedules, *by_monitor, *health.tables(partition)}
    return [schedule.name for schedule in system.schedules if schedule.name in named]


def clients(system):
    """(partition, what expand gives) of each that has any command."""
    for partition in system.partitions:
        about = expand(system, partition)
        if about:
            yield partition, about


def suspendable(system):
    """The names of the partitions that whoever has `test_control` may have suspended: the monitor's argument names them, or their program."""
    named = [argument.removeprefix("stop=") for argument in system.partition(MONITOR).arguments if argument.startswith("stop=")]
    return [partition.name for partition in system.partitions if named and named[-1] in (partition.name, partition.program)]


def check_names(system, problems):
    """The partitions, be they of another variant, and tables that commands are about."""
    tables = [schedule.name for schedule in system.schedules]
    for partition in system.partitions:
        for number, permit in enumerate(partition.permits):
            if permit.command == SCHEDULE:
                if permit.about or not tables:
                    check_table(tables, permit.about or "NAME", item(partition, number), problems)
            elif permit.about and permit.about not in SERVERS and permit.about not in system.names:
                known = [*SERVERS, *system.names]
                problems.add(item(partition, number), f"there is no partition or server '{permit.about}'; {suggest(permit.about, known)}")


def item(partition, number):
    """The path of one of its commands."""
    return (*partition.path("monitor"), number)


def check(system, problems):
    if problems.touch("monitor"):
        return
    monitor = system.partition(MONITOR)
    for partition in system.partitions:
        seen = set()
        for number, permit in enumerate(partition.permits):
            check_permit(partition, number, permit, seen, problems)
        if partition.permits and partition.priority >= monitor.priority and not problems.touch("priority"):
            problems.add(partition.path("monitor"), f"'{partition.name}' (priority {partition.priority}) would ask the monitor (priority {monitor.priority}), "
                         "which a caller must not run before", f"a priority of at most {monitor.priority - 1}")


def covers(whole, one):
    """Whether WHOLE, which names nobody, says what ONE says."""
    all_names = one.command in (*LOOKS, SCHEDULE) or one.about not in SERVERS
    return whole.command == one.command and not whole.about and bool(one.about) and all_names


def check_permit(partition, number, permit, seen, problems):
    path, command = item(partition, number), permit.command
    if command == LOG and permit.about:
        problems.add(path, "the log is one, of what all partitions do", quote(LOG))
    elif command == SCHED and permit.about:
        problems.add(path, "the schedule is one, of all partitions", f'{quote(SCHED)}, or "{SCHEDULE}:NAME" to have a table followed')
    elif command not in (*LOOKS, SCHEDULE) and permit.about == MONITOR:
        problems.add(path, f"the monitor itself, which would have to do it, cannot {command}", "another partition")
    elif command not in (*LOOKS, RESTART, SCHEDULE) and permit.about == CONSOLE:
        problems.add(path, f"the console, through which everybody is heard, cannot {command} at a wish", quote(f"{RESTART}:{CONSOLE}"))
    elif permit in seen:
        problems.add(path, f"{quote(permit)} stands there twice", "once")
    elif any(covers(other, permit) or covers(permit, other) for other in seen):
        of_all = "all tables" if command == SCHEDULE else "all partitions"
        problems.add(path, f"{quote(command)} for {of_all} and for one of them stand beside each other", "one or the other")
    seen.add(permit)


def listing(words):
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
