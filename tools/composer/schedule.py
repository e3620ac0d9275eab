# SPDX-License-Identifier: BSD-2-Clause
"""
Whether every partition with a budget of its own gets it in each of its periods: response-time analysis for fixed priorities, or by windows.

A sched_context is a sporadic server, so at worst it takes its budget once in each period, as a periodic task would. A partition gets its budget
where it has run for that long before its period ends, though all of equal or higher priority use up theirs from the same instant on.

With schedule tables nobody is before it in its windows: it gets its budget where any period, whenever it begins, has windows enough.
"""

from dataclasses import dataclass
from fractions import Fraction

from . import check_schedules, limits
from .model import GUEST
from .supply import Supply
from .values import format_time

ROUNDS_MOST = 10000


@dataclass(frozen=True)
class Share:
    """Processor time that somebody may take: BUDGET in each PERIOD; the whole of it where they are equal."""
    who: str
    budget: int
    period: int

    @property
    def is_endless(self):
        return self.budget >= self.period

    def __str__(self):
        return f"{self.who} ({format_time(self.budget)} in {format_time(self.period)})"


def shares_before(system, partition):
    """Those that run before the partition, or in turn with it. A pager or VMM runs above the partition that it belongs to, on its time; a VMM's
    input thread has a share of its own."""
    found = []
    for other in system.partitions:
        if other is partition or other.highest_priority < partition.priority:
            continue
        found.append(Share(other.name, other.budget, other.period))
        if other.kind == GUEST and other.is_limited:
            found.append(Share(f"{other.name}'s VMM for input", limits.INPUT_BUDGET, limits.INPUT_PERIOD))
    return found


def taken(shares, time):
    """The most that SHARES use in TIME."""
    return sum(-(-time // share.period) * share.budget for share in shares)


def response_time(own, shares):
    """When OWN budget has been had, at worst, SHARES being before it; None: not within its period."""
    used = sum((Fraction(share.budget, share.period) for share in shares), Fraction(0))
    if used >= 1:
        return None
    time = -(-own.budget // (1 - used))  # it cannot be sooner
    for _ in range(ROUNDS_MOST):
        if time > own.period:
            return None
        need = own.budget + taken(shares, time)
        if need <= time:
            return time
        time = need
    return None


def supplies(system, partition):
    """(table, supply.Supply) of each table in which the partition has a window."""
    return [(schedule, Supply(schedule, partition.name)) for schedule in system.schedules if schedule.windows_of(partition.name)]


def latest(system, partition):
    """By when, counted from any start of its period, the partition has had its budget at worst; None: not always within it."""
    if not system.schedules:
        return response_time(partition, shares_before(system, partition))
    found = supplies(system, partition)
    worst = max((supply.time_for(partition.budget) for _, supply in found), default=None)
    return worst if worst is not None and worst <= partition.period else None


def check(system, problems):
    if problems.touch("priority", "budget", "period", "demand", "kind", *check_schedules.KEYS):
        return
    for partition in system.partitions:
        if not partition.is_limited:
            continue
        if system.schedules:
            check_windows(system, partition, problems)
        else:
            check_partition(partition, shares_before(system, partition), problems)


def check_windows(system, partition, problems):
    """A table that leaves it out promises nothing; slack alone neither."""
    claim = f"'{partition.name}' cannot count on {format_time(partition.budget)} in each {format_time(partition.period)}"
    found = supplies(system, partition)
    if not found:
        problems.add(partition.path("budget"), f"{claim}: it has no window, and slack promises nothing", "a window, or no budget")
    for schedule, supply in found:
        gap, given = supply.longest_gap, supply.least(partition.period)
        if given >= partition.budget:
            continue
        if gap.length >= partition.period:
            why = f"in '{schedule.name}' it cannot run from {format_time(gap.start)} to {format_time(gap.end)} of the frame of {format_time(schedule.frame)}"
            problems.add(partition.path("period"), f"{claim}: {why}, which is longer than its period", "a longer period, or windows closer to each other")
        else:
            why = f"the windows of '{schedule.name}' give it as little as {format_time(given)} in {format_time(partition.period)}"
            problems.add(partition.path("budget"), f"{claim}: {why}", "longer windows, more of them, or a smaller budget")


def check_partition(partition, shares, problems):
    endless = " and ".join(share.who for share in shares if share.is_endless)
    claim = f"'{partition.name}' cannot count on {format_time(partition.budget)} in each {format_time(partition.period)}"
    if endless:
        problems.add(partition.path("budget"), f"{claim}: {endless} may run before it without a budget",
                     f"a higher priority for '{partition.name}', or a budget for {endless}")
    elif response_time(partition, shares) is None:
        left = format_time(max(0, partition.period - taken(shares, partition.period)))
        names = ", ".join(map(str, shares))
        problems.add(partition.path("budget"), f"{claim}: before it run {names}, which leave {left} of each {format_time(partition.period)}",
                     f"less for them, less for '{partition.name}', or a higher priority")
