# SPDX-License-Identifier: BSD-2-Clause
"""
Health monitoring: what can go wrong in a partition, and what the monitor does then, by the rows of its table [partition.NAME.health]; what has no row is
done by `on_fault`. Which pairs make sense, and checks of them.
"""

from dataclasses import dataclass

from . import check_schedules, schedule
from .model import GUEST, NATIVE, SERVERS
from .values import NAME, Wrong, format_time, quote, show

# HEALTH_EVENT_NAMES of servers/include/servers/health.h: the kinds of partitions that have it, and what it is.
EVENTS = {
    "memory_fault": (NATIVE, "the program used memory that it does not have, or not for that"),
    "illegal_instruction": (NATIVE, "any other exception of the processor's, or a system call that does not exist"),
    "deadline": (NATIVE, "the program has used up its budget, or says that it has missed a deadline"),
    "application_error": (NATIVE, "the program says that it has failed, or ends with another status than 0"),
    "guest_panic": (GUEST, "the guest's kernel cannot go on"),
    "vmm_death": (GUEST, "the guest's VMM has faulted or ended"),
    "watchdog": (None, "no sign of life for the time `watchdog`"),
}
FINAL = ("memory_fault", "illegal_instruction", "guest_panic", "vmm_death")  # nothing is left that could go on
IGNORE, LOG, STOP, RESTART, COLD, SWITCH, HALT = "ignore", "log", "stop", "restart", "restart-cold", "switch-schedule", "halt"
ACTIONS = (IGNORE, LOG, STOP, RESTART, COLD, HALT)  # HEALTH_ACTION_NAMES, but for SWITCH, which is written with a table's name
NAMED = f"{SWITCH}:NAME"
GO_ON = (IGNORE, LOG)
WINDOW_RESTARTS = 64                          # HEALTH_WINDOW_RESTARTS_MAX
GUEST_SLOT = 15                               # HEALTH_GUEST_SLOT: of a guest's table, where it has a watchdog


def is_of(event, kind):
    """Whether partitions of that KIND can have the EVENT."""
    return EVENTS[event][0] in (None, kind)


def possible(event):
    """The actions that can follow an event."""
    return tuple(action for action in (*ACTIONS, NAMED) if action not in GO_ON or event not in FINAL)


def table_of(action):
    """The name of the schedule table that an action has followed, or None."""
    kind, _, name = action.partition(":")
    return name if kind == SWITCH else None


def tables(partition):
    """The names of all schedule tables that its rows have followed."""
    return [table_of(action) for _, action in partition.health if table_of(action)]


@dataclass(frozen=True)
class Action:
    """What a row says. One that cannot follow its event is for `check` to tell, with the reason."""
    event: str

    @staticmethod
    def parse(value):
        if value not in ACTIONS and not (isinstance(value, str) and NAME.fullmatch(table_of(value) or "")):
            raise Wrong(f"{show(value)} is none of {', '.join(map(quote, (*ACTIONS, NAMED)))}")
        return value

    def schema(self):
        words = "|".join(action for action in possible(self.event) if action != NAMED)
        return {"type": "string", "pattern": f"^({words}|{SWITCH}:{NAME.pattern})$"}


def events(partition):
    """Those that can happen to the partition."""
    kind = GUEST if partition.kind == GUEST else NATIVE
    return [event for event in EVENTS if is_of(event, kind) and (event != "watchdog" or partition.watchdog)]


def action(partition, event):
    """What follows. To use up a budget, which is what budgets are for, is an event only where it has a row."""
    return dict(partition.health).get(event, IGNORE if event == "deadline" else partition.on_fault)


def hears_overruns(partition):
    """Whether the kernel tells the monitor when the partition has used up its budget."""
    return partition.is_limited and "deadline" in dict(partition.health)


def restarts(partition):
    """Whether anything restarts it."""
    return not {RESTART, COLD}.isdisjoint((partition.on_fault, *(action(partition, event) for event in events(partition))))


def halts(partition):
    """Whether anything that goes wrong in it ends the machine."""
    return HALT in (*(action(partition, event) for event in events(partition)), partition.escalate if restarts(partition) else None)


def listing(words):
    """`"a", "b" or "c"`."""
    quoted = [quote(word) for word in words]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def check(system, problems):
    for partition in system.partitions:
        if partition.name in SERVERS:
            check_server(partition, problems)
            continue
        check_rows(partition, problems)
        check_limits(partition, problems)
        check_watchdog(system, partition, problems)


def check_server(server, problems):
    if "restart_limit" in server.paths and not restarts(server):
        problems.add(server.path("restart_limit"), f"nobody restarts the {server.name}: where it fails, the machine ends")


def check_names(system, problems):
    """The schedule tables that rows name, in all variants."""
    for partition in system.partitions:
        for event, follows in partition.health:
            if table_of(follows):
                check_schedules.check_table([table.name for table in system.schedules], table_of(follows), row(partition, event), problems)


def check_rows(partition, problems):
    for event, follows in partition.health:
        if follows in GO_ON and event in FINAL:
            problems.add(row(partition, event), f"nothing could go on after that: {EVENTS[event][1]}", listing(possible(event)))
        if follows == COLD and not partition.keep and not problems.touch("keep"):
            problems.add(row(partition, event), "the partition keeps nothing, so every restart is a cold one", quote(RESTART))
        if event == "watchdog" and not partition.watchdog and not problems.touch("watchdog"):
            problems.add(row(partition, event), "means nothing without the partition's key watchdog", 'watchdog = "100ms" in its table')


def row(partition, event):
    """The path of a row."""
    return (*partition.path("health"), event)


def check_limits(partition, problems):
    for key in ("restart_limit", "restart_window", "escalate", "keep"):
        if key in partition.paths and not restarts(partition) and not problems.touch("on_fault", "health"):
            problems.add(partition.path(key), f"means nothing where no event restarts the partition (on_fault = {quote(partition.on_fault)})",
                         'on_fault = "restart" beside it')
            return
    if partition.restart_window and partition.restart_limit > WINDOW_RESTARTS and not problems.touch("restart_limit", "restart_window"):
        key = "restart_limit" if "restart_limit" in partition.paths else "restart_window"
        problems.add(partition.path(key), f"the monitor remembers the times of {WINDOW_RESTARTS} restarts, and these are {partition.restart_limit}",
                     f"restart_limit = {WINDOW_RESTARTS}, or no restart_window")


def check_watchdog(system, partition, problems):
    if not partition.watchdog and not problems.touch("watchdog"):
        check_no_watchdog(partition, problems)
    if not partition.watchdog or problems.touch("watchdog"):
        return
    if partition.watchdog_start < partition.watchdog and not problems.touch("watchdog_start"):
        problems.add(partition.path("watchdog_start"), f"{format_time(partition.watchdog_start)} are less than its watchdog, {format_time(partition.watchdog)}, by which "
                     "it may be silent at any time", f"{quote(format_time(partition.watchdog))} or more")
    if partition.is_limited and partition.watchdog < 2 * partition.period and not problems.touch("budget", "period"):
        problems.add(partition.path("watchdog"), f"{format_time(partition.watchdog)} are less than two of its periods, and its budget may leave it without time so long",
                     quote(format_time(2 * partition.period)))
    for channel in system.channels:
        if partition.kind == GUEST and channel.source == partition.name and channel.slot == GUEST_SLOT:
            problems.add(channel.path("slot"), f"{GUEST_SLOT} is the slot by which '{partition.name}' gives signs of life", f"1 to {GUEST_SLOT - 1}")
    if not problems.touch(*check_schedules.KEYS):
        check_gaps(system, partition, problems)


def check_no_watchdog(partition, problems):
    if "watchdog_start" in partition.paths:
        problems.add(partition.path("watchdog_start"), "means nothing without the partition's key watchdog", 'watchdog = "100ms" beside it')


def gaps(system, partition):
    """(length, where) of each longest time in which it cannot run: in one table, and where one follows the other at the end of its frame."""
    found = schedule.supplies(system, partition)
    for table, supply in found:
        gap = supply.longest_gap
        yield gap.length, f"table '{table.name}' leaves it without a window from {format_time(gap.start)} to {format_time(gap.end)}"
    for table, supply in found:
        for other, after in found:
            if other is not table:
                length = supply.after_last + after.before_first
                yield length, f"it has no window for {format_time(length)} where table '{other.name}' is followed after '{table.name}'"


def check_gaps(system, partition, problems):
    """A table that leaves it out stops the clock; what it gives as slack promises nothing."""
    length, where = max(gaps(system, partition), default=(0, ""))
    if partition.watchdog <= length:
        problems.add(partition.path("watchdog"), f"{format_time(partition.watchdog)} are too short: {where}", f"more than {quote(format_time(length))}, or windows closer to each other")
