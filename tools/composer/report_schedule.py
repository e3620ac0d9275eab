# SPDX-License-Identifier: BSD-2-Clause
"""The report's schedule tables: a Gantt chart of each, to scale, and its windows as a table."""

from . import commands
from .report_html import drawing, element, line_link, number, plain, section, swatch, table
from .report_memory import LETTER, colours
from .values import format_time

LEFT, RIGHT = 150, 960       # of the frame; names stand left of it
TOP, ROW, BAR = 8, 28, 20    # of the first row; heights of a row and of the bar in it
TICKS = 10                   # on the axis, at most
STEPS = (1, 2, 5)            # between them: these, and ten times, a hundred times these


def step(frame):
    """The time between two ticks."""
    return next(factor * power for power in (10 ** exponent for exponent in range(3, 14)) for factor in STEPS if frame <= TICKS * factor * power)


def rows(system, schedule):
    """The partitions that may run by the table, in the description's order."""
    return [partition.name for partition in system.partitions if schedule.windows_of(partition.name) or schedule.slack == partition.name]


class Chart:
    """One table's picture."""

    def __init__(self, system, number, schedule):
        self.number, self.schedule = number, schedule
        self.names = rows(system, schedule)
        self.colour = colours(system)
        self.bottom = TOP + ROW * len(self.names)

    def x(self, time):
        return LEFT + (RIGHT - LEFT) * time / self.schedule.frame

    def rect(self, name, first, last, class_, title, **data):
        y = TOP + ROW * self.names.index(name) + (ROW - BAR) / 2
        return element("rect", plain("title", title), x=f"{self.x(first):.2f}", y=f"{y:g}", width=f"{self.x(last) - self.x(first):.2f}", height=BAR,
                       class_=class_, **{f"data_{key}": value for key, value in data.items()})

    def window(self, window):
        """Its bar, with the pad in front and, where there is room, how long it is."""
        name, pad = window.partition, self.schedule.pad
        title = f"{name} from {format_time(window.at)} to {format_time(window.end)}"
        shapes = [self.rect(name, window.at, window.end, f"window {self.colour[name]}", title, window=name, start=window.at, length=window.length)]
        if pad:
            shapes.append(self.rect(name, window.at, window.at + pad, "pad", f"{title}: let in after the pad of {format_time(pad)}", pad=name))
        text, width = format_time(window.length), self.x(window.end) - self.x(window.at + pad)
        if LETTER * len(text) + 4 < width:
            y = TOP + ROW * self.names.index(name) + ROW / 2 + 4.5
            shapes.append(plain("text", text, x=f"{(self.x(window.at + pad) + self.x(window.end)) / 2:.2f}", y=f"{y:g}", text_anchor="middle"))
        return shapes

    def slack(self):
        """All that others leave, from the frame's start to its end."""
        name = self.schedule.slack
        return [self.rect(name, 0, self.schedule.frame, "slack", f"{name} has what windows leave", slack=name)] if name else []

    def axis(self):
        frame, every = self.schedule.frame, step(self.schedule.frame)
        shapes = [element("line", x1=LEFT, y1=self.bottom, x2=RIGHT, y2=self.bottom, class_="edge")]
        for time in range(0, frame + 1, every):
            x = f"{self.x(time):.2f}"
            shapes.append(element("line", x1=x, y1=TOP, x2=x, y2=self.bottom + 5, class_="tick"))
            shapes.append(plain("text", format_time(time) if time else "0", x=x, y=self.bottom + 19, text_anchor="middle", class_="small"))
        return shapes

    def labels(self):
        return [plain("text", name, x=0, y=f"{TOP + ROW * index + ROW / 2 + 4.5:g}", class_="name") for index, name in enumerate(self.names)]

    def draw(self):
        schedule = self.schedule
        said = "; ".join(f"{window.partition} from {format_time(window.at)} to {format_time(window.end)}" for window in schedule.windows)
        shapes = [*self.axis(), *self.slack(), *(shape for window in schedule.windows for shape in self.window(window)), *self.labels()]
        slack = f"; {schedule.slack} has what windows leave" if schedule.slack else ""
        return drawing(f"schedule-{self.number}", f"Schedule table {schedule.name}", f"A frame of {format_time(schedule.frame)}: {said}{slack}.",
                       self.bottom + 26, *shapes)


def window_table(system, schedule):
    colour = colours(system)
    made = []
    for window in schedule.windows:
        named = element("span", swatch(colour[window.partition]), window.partition)
        times = (window.at, window.end, window.length, window.length - schedule.pad)
        made.append([named, *(number(format_time(time)) for time in times), line_link(system, window)])
    return table(f"Windows of {schedule.name}", ["partition", "from", "to", "length", "without the pad", "line"], made)


def share_table(system):
    """How much of the processor each partition has by each table."""
    colour = colours(system)

    def share(schedule, name):
        time = schedule.time_of(name)
        more = " and slack" if schedule.slack == name else ""
        return number(f"{format_time(time)}, {100 * time / schedule.frame:.1f}%{more}" if time else more.removeprefix(" and ") or "none")

    made = [[element("span", swatch(colour[partition.name]), partition.name), *(share(schedule, partition.name) for schedule in system.schedules)]
            for partition in system.partitions]
    return table("Time in each frame", ["partition", *(f"{schedule.name}, {format_time(schedule.frame)}" for schedule in system.schedules)], made)


def choosers(system):
    """Who may have the processor follow which table, in words."""
    found = [(partition.name, commands.switches(system, partition)) for partition in system.partitions]
    said = [f"{name} may choose {commands.listing(tables)}" for name, tables in found if tables]
    return f"The first table is followed from the start. {'; '.join(said) + '.' if said else 'Nobody may choose another one.'}"


def facts(schedule):
    pad = f", of each window {format_time(schedule.pad)} of pad (dark)" if schedule.pad else ""
    slack = f"; what windows leave is {schedule.slack}'s" if schedule.slack else "; what windows leave is idle"
    return f"A frame of {format_time(schedule.frame)}{pad}{slack}."


def make(system):
    """The section; only of systems with tables."""
    parts = [element("p", choosers(system)), share_table(system)]
    for number_of, schedule in enumerate(system.schedules):
        parts += [element("h3", "Table ", element("code", schedule.name)), element("p", facts(schedule)), Chart(system, number_of, schedule).draw(),
                  window_table(system, schedule)]
    return section("schedule", "Schedule", *parts)
