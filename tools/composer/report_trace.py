# SPDX-License-Identifier: BSD-2-Clause
"""The report's part about a trace (tools/tracing/summary.py: data): whose the time was, and when windows began, measured against planned."""

import json

from .report_html import cell, drawing, element, number, plain, section, swatch, table

NO_TRACE = "{path} is no trace that ./bulkhead trace has written: {why}"
LEFT, RIGHT, TOP, ROW, BAR, PLAN = 130, 990, 12, 30, 14, 22
TICKS = 10
LARGEST = 2 ** 64  # microseconds, and all that is counted


class BadTrace(Exception):
    """The file is not what it should be."""


def number_of(value, what):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadTrace(f"{what} is no number")
    if not -LARGEST <= value <= LARGEST:  # nor what is not even a number, NaN
        raise BadTrace(f"{what} is too large a number")
    return float(value)


def entries(of, name, texts, numbers):
    """The list of that name, of objects with these members."""
    found = of.get(name)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadTrace(f"there is no list '{name}'")
    return [{**{key: str(entry.get(key)) for key in texts}, **{key: number_of(entry.get(key), f"{name}: {key}") for key in numbers}} for entry in found]


def read(path, text, system):
    """What a trace's TEXT tells of SYSTEM; a BadTrace where it tells nothing of it."""
    try:
        whole = json.loads(text)
        data, about = whole["bulkhead"], whole["otherData"]
        found = {"microseconds": number_of(data["microseconds"], "microseconds"), "lost": number_of(data["lost"], "lost"),
                 "time": {str(name): number_of(value, "time") for name, value in data["time"].items()},
                 "windows": entries(data, "windows", ("table", "domain"), ("window", "planned", "start", "end")),
                 "runs": entries(data, "runs", ("partition",), ("start", "end"))}
        if found["microseconds"] <= 0:
            raise BadTrace("it has no length")
        of = about.get("system"), about.get("architecture")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadTrace(NO_TRACE.format(path=path, why=f"{type(error).__name__}: {error}")) from error
    except BadTrace as error:
        raise BadTrace(NO_TRACE.format(path=path, why=error)) from error
    if of != (system.name, system.arch):
        raise BadTrace(f"{path} is a trace of '{of[0]}' on {of[1]}, not of '{system.name}' on {system.arch}")
    return found


def microseconds(value):
    return f"{value:,.3f} us"


def colour(system, name):
    names = [partition.name for partition in system.partitions]
    return f"c{names.index(name) % 8}" if name in names else "aside"


def time_table(system, trace):
    rows = [[element("span", swatch(colour(system, name)), name), number(f"{value / 1000:,.3f} ms"), number(f"{100 * value / trace['microseconds']:.1f}%")]
            for name, value in sorted(trace["time"].items(), key=lambda one: -one[1])]
    foot = ["sum", number(f"{sum(trace['time'].values()) / 1000:,.3f} ms"), number("100.0%")]
    return table("Whose the time was", ["partition", "time", "share"], rows, foot)


# --- Windows ---

def frame(windows):
    """The first whole frame: windows from a first one to the next first one, and when that was planned. None where there is none."""
    firsts = [index for index, window in enumerate(windows) if window["window"] == 0]
    if len(firsts) < 2 or windows[firsts[1]]["planned"] <= windows[firsts[0]]["planned"]:
        return None
    return windows[firsts[0]:firsts[1]], windows[firsts[1]]["planned"]


class Chart:
    """One frame: what was planned as outlines, who ran as bars below."""

    def __init__(self, system, index, name, windows, end, runs):
        self.system, self.index, self.name, self.windows, self.end = system, index, name, windows, end
        self.start = windows[0]["planned"]
        self.runs = [run for run in runs if run["end"] > self.start and run["start"] < end]
        self.rows = list(dict.fromkeys([*(window["domain"] for window in windows), *(run["partition"] for run in self.runs)]))
        self.bottom = TOP + ROW * len(self.rows)

    def x(self, time):
        return LEFT + (RIGHT - LEFT) * (min(max(time, self.start), self.end) - self.start) / (self.end - self.start)

    def rect(self, row, start, end, top, height, class_, title):
        y = TOP + ROW * self.rows.index(row) + top
        return element("rect", plain("title", title), x=f"{self.x(start):.2f}", y=f"{y:g}", width=f"{max(self.x(end) - self.x(start), .6):.2f}", height=f"{height:g}",
                       class_=class_)

    def shapes(self):
        planned_ends = [*(window["planned"] for window in self.windows[1:]), self.end]
        for window, end in zip(self.windows, planned_ends):
            late = microseconds(window["start"] - window["planned"])
            yield self.rect(window["domain"], window["planned"], end, 2, PLAN, "planned", f"window {window['window']:g} of {window['domain']}: planned; begun {late} later")
        for run in self.runs:
            what = f"{run['partition']} ran {microseconds(run['end'] - run['start'])}"
            yield self.rect(run["partition"], run["start"], run["end"], 2 + (PLAN - BAR) / 2, BAR, colour(self.system, run["partition"]), what)
        for row, name in enumerate(self.rows):
            yield plain("text", name, x=0, y=f"{TOP + ROW * row + ROW / 2 + 2:g}", class_="name")
        for tick in range(TICKS + 1):
            time = self.start + (self.end - self.start) * tick / TICKS
            yield element("line", x1=f"{self.x(time):.2f}", y1=TOP, x2=f"{self.x(time):.2f}", y2=self.bottom + 4, class_="tick")
            yield plain("text", f"{(time - self.start) / 1000:g} ms", x=f"{self.x(time):.2f}", y=self.bottom + 18, text_anchor="middle", class_="small")

    def draw(self):
        return drawing(f"measured-{self.index}", f"{self.name}: measured against planned", "The first whole frame of the trace: windows as planned are outlines, who ran is a bar",
                       self.bottom + 24, *self.shapes())


def late_table(name, windows):
    rows = []
    for key in sorted({window["window"] for window in windows}):
        late = [window["start"] - window["planned"] for window in windows if window["window"] == key]
        domain = next(window["domain"] for window in windows if window["window"] == key)
        rows.append([f"{key:g}", cell(domain), number(f"{len(late)}"), number(microseconds(min(late))), number(microseconds(sum(late) / len(late))), number(microseconds(max(late)))])
    return table(f"{name}: begun after the planned time", ["window", "of", "times", "at least", "on average", "at most"], rows)


def tables(system, trace):
    for index, name in enumerate(dict.fromkeys(window["table"] for window in trace["windows"])):
        windows = [window for window in trace["windows"] if window["table"] == name]
        whole = frame(windows)
        if whole:
            yield element("p", f"The first whole frame of {name}: outlines are windows as planned, bars are who ran.")
            yield Chart(system, index, name, *whole, trace["runs"]).draw()
        yield late_table(name, windows)


def make(system, trace):
    """The section about a trace that `read` has read."""
    lost = f" {trace['lost']:g} records before that are lost: the kernel keeps the newest." if trace["lost"] else ""
    told = element("p", f"A kernel that traces has recorded {trace['microseconds'] / 1000:,.3f} ms of this system.{lost}")
    return section("measured", "Measured", told, time_table(system, trace), *tables(system, trace))
