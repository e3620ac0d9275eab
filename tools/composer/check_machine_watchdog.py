# SPDX-License-Identifier: BSD-2-Clause
"""Checks that the schedule tables leave the monitor time to feed the machine's watchdog."""

from . import check_schedules, health
from .model import MONITOR
from .values import format_time

FEEDS = 4  # in its time: servers/monitor/machine_watchdog.c


def check(system, problems):
    """The monitor feeds it when a quarter of the time is over, or in its first window after that."""
    if not system.watchdog or problems.touch("watchdog", *check_schedules.KEYS):
        return
    length, where = max(health.gaps(system, system.partition(MONITOR)), default=(0, ""))
    if length + system.watchdog // FEEDS >= system.watchdog:
        problems.add(("system", "watchdog"), f"{format_time(system.watchdog)} are too short: {where}, and the monitor feeds the machine's watchdog when a quarter of its time is over",
                     "a longer time, or windows of the monitor closer to each other")
