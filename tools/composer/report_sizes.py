# SPDX-License-Identifier: BSD-2-Clause
"""The report's tables of time, of what runs, and of the bundle's files."""

from . import members, schedule
from .model import GUEST
from .report_html import cell, element, line_link, number, section, swatch, table
from .report_memory import colours, short
from .values import format_time

METER = 120  # width of a full one


def named(system, partition):
    return element("span", swatch(colours(system)[partition.name]), partition.name)


# --- Time ---

def meter(partition, colour):
    share = partition.budget / partition.period
    bar = element("svg", element("rect", width=METER, height=10, class_="free"), element("rect", width=f"{METER * share:.2f}", height=10, class_=colour),
                  viewBox=f"0 0 {METER} 10", class_="meter", preserveAspectRatio="none", aria_hidden="true")
    return cell(bar, f" {100 * share:.1f}%", class_="share")


def time_row(system, partition):
    by = "windows" if system.schedules else "priority"
    limit = [cell(f"limited by its {by} alone", colspan="4", class_="unlimited")]
    if partition.is_limited:
        response = schedule.latest(system, partition)
        limit = [number(format_time(partition.budget)), number(format_time(partition.period)), meter(partition, colours(system)[partition.name]),
                 number(format_time(response) if response is not None else "not always")]
    highest = f"{partition.priority}" + (f" (up to {partition.highest_priority})" if partition.highest_priority > partition.priority else "")
    return [named(system, partition), number(str(partition.processor)), number(highest), *limit, line_link(system, partition)]


def time(system):
    ordered = sorted(system.partitions, key=lambda partition: -partition.priority)
    claimed = sum(partition.budget / partition.period for partition in system.partitions if partition.is_limited)
    worst = "wherever in the frame that lies" if system.schedules else "though all that run before it want theirs at the same instant"
    note = (f"Budgets together are {100 * claimed:.1f}% of the processor. “Had by” is when a partition has had its budget at the latest, counted from the "
            f"start of its period, {worst}. In brackets: what a pager or a VMM may run at.")
    heads = ["partition", "processor", "priority", "budget", "period", "share of the processor", "had by", "line"]
    return section("time", "Time", table("Who runs when, and for how long", heads, [time_row(system, partition) for partition in ordered]),
                   element("p", note))


# --- What runs ---

def code(*texts):
    """Texts of the description, as they are."""
    return cell(*(element("code", text) for text in texts), class_="codes")


def shown(system, path):
    """A path as the description has it."""
    return str(path.relative_to(system.folder)) if path.is_relative_to(system.folder) else str(path)


def extras(partition):
    console = "console, attached at start" if partition.console == "attached" else "console" if partition.console else ""
    has = (("pager", partition.demand), (console, console), ("timer", partition.timer), ("untyped memory", partition.untyped),
           ("test control", partition.test_control), ("inspects all capabilities and mappings", partition.inspect),
           ("traces", partition.trace))
    return ", ".join(name for name, there in has if there)


def partitions(system):
    rows = [[named(system, partition), partition.kind if partition.kind in ("native", GUEST) else "server",
             code(shown(system, partition.file) if partition.file else partition.program), code(*partition.arguments),
             extras(partition), line_link(system, partition)] for partition in system.partitions]
    return table("Partitions", ["partition", "kind", "program", "arguments", "has", "line"], rows)


def guest_row(system, partition):
    guest = partition.guest
    kernel = code(shown(system, guest.kernel)) if guest.kernel else cell("Debian's")
    initrd = code(shown(system, guest.initrd)) if guest.initrd else cell("none" if guest.kernel else "BusyBox shell")
    line = code(guest.command_line) if guest.command_line is not None else cell("the default")
    read_only = [" read-only"] if guest.disk_read_only else []
    disk = cell(element("code", shown(system, guest.disk)), *read_only, class_="codes") if guest.disk else cell("none")
    return [named(system, partition), kernel, initrd, line, disk, line_link(system, partition)]


def runs(system):
    """The section of partitions and guests."""
    guests = [guest_row(system, partition) for partition in system.partitions if partition.guest]
    tables = [table("Guests", ["guest", "kernel", "initrd", "command line", "disk", "line"], guests)] if guests else []
    return section("runs", "What runs", partitions(system), *tables)


# --- Files ---

def users(system):
    """Who uses each member of the bundle, by its name."""
    found = {name: [partition.name for partition in system.partitions if partition.program == name] for name in members.programs(system)}
    if "pager" in found:
        found["pager"] += [partition.name for partition in system.partitions if partition.demand]
    for partition in system.partitions:
        if partition.guest:
            found |= {partition.member(what): [partition.name] for what in ("kernel", "initrd", "disk", "cmdline")}
    return found


def files(system, sizes, bundle_size):
    """The section of the bundle's members, by SIZES of their names."""
    used = users(system)

    def row(name, by, size):
        return [name, by, number(short(size)), number(f"{size:,}"), number(f"{100 * size / bundle_size:.1f}%")]

    rows = [row(name, ", ".join(used.get(name, [])), size) for name, size in sizes.items()]
    rows.append(row("manifest, and the archive's headers", "init", bundle_size - sum(sizes.values())))
    heads = ["file", "used by", "size", "bytes", "of the bundle"]
    return section("files", "Files", table("The bundle", heads, rows, row("bundle", "", bundle_size)))
