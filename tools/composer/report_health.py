# SPDX-License-Identifier: BSD-2-Clause
"""The report's section of health monitoring: what follows each event, in each partition."""

from . import health
from .model import SERVERS
from .report_html import cell, element, line_link, section, table
from .report_sizes import named
from .values import format_size, format_time


def follows(partition):
    """All that can happen to it, each with what follows."""
    pairs = [element("code", f"{event}: {health.action(partition, event)}") for event in health.events(partition)]
    return cell(*pairs, class_="codes")


def limit(partition):
    """Of restarts."""
    if not health.restarts(partition):
        return ""
    window = f" in {format_time(partition.restart_window)}" if partition.restart_window else ""
    keeps = f", keeps {format_size(partition.keep)}" if partition.keep else ""
    return f"{partition.restart_limit}{window}, then {partition.escalate}{keeps}"


def silence(partition):
    if not partition.watchdog:
        return ""
    first = f", before its first sign {format_time(partition.watchdog_start)}" if partition.watchdog_start > partition.watchdog else ""
    return format_time(partition.watchdog) + first


def row(system, partition):
    return [named(system, partition), follows(partition), limit(partition), silence(partition), line_link(system, partition)]


def make(system):
    rows = [row(system, partition) for partition in system.partitions if partition.name not in SERVERS]
    note = "The monitor's own failure ends the machine; the console is restarted."
    events = element("ul", *(element("li", element("code", event), f": {meaning}") for event, (_, meaning) in health.EVENTS.items()))
    heads = ["partition", "events, and what follows", "restarts at most", "silent at most", "line"]
    return section("health", "Health", table("What follows when something goes wrong", heads, rows), element("p", note), events)
