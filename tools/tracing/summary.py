# SPDX-License-Identifier: BSD-2-Clause
"""A trace in figures: whose the time was, why guests stopped, what was called, what interrupted, how windows began."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from .records import FAULTS, TIMER

IDLE = "idle"
ROWS = 24  # of system calls


@dataclass
class Exits:
    """Of one guest for one cause."""
    count: int = 0
    ticks: int = 0  # until it was in guest mode again
    longest: int = 0


@dataclass
class Summary:
    """Figures of a TIMELINE. Ticks, where nothing else is said; `time` and what is idle add up to `length`."""
    timeline: object
    names: object
    time: Counter = field(default_factory=Counter)        # by partition, and IDLE
    guest_time: Counter = field(default_factory=Counter)  # of it in guest mode
    turns: Counter = field(default_factory=Counter)       # how often a thread of it began to run
    exits: dict = field(default_factory=lambda: defaultdict(Exits))  # by (partition, cause)
    calls: Counter = field(default_factory=Counter)       # by (operation, object)
    failed: Counter = field(default_factory=Counter)
    interrupts: Counter = field(default_factory=Counter)
    faults: Counter = field(default_factory=Counter)      # by (partition, fault)
    signals: Counter = field(default_factory=Counter)
    windows: dict = field(default_factory=dict)           # lists by (table, number)

    def __post_init__(self):
        for run in self.timeline.running:
            who = self.names.thread(run.thread).partition if run.thread else IDLE
            self.time[who] += run.length
            self.turns[who] += 1
        for run in self.timeline.guest:
            self.guest_time[self.names.thread(run.thread).partition] += run.length
        for leave in self.timeline.exits:
            self.add_exit(leave)
        for call in self.timeline.calls:
            self.add_call(call)
        for window in self.whole_windows():
            self.windows.setdefault((window.table, window.number), []).append(window)
        for record in self.timeline.trace.records:
            self.add_record(record)

    @property
    def length(self):
        return self.timeline.end - self.timeline.start

    def whole_windows(self):
        return [window for window in self.timeline.windows if window.whole]

    def add_exit(self, leave):
        exits = self.exits[self.names.thread(leave.thread).partition, self.timeline.exit_cause(leave)]
        exits.count += 1
        exits.ticks += leave.length
        exits.longest = max(exits.longest, leave.length)

    def add_call(self, call):
        kind = call.record.syscall[1]
        key = call.record.operation, self.names.object(kind, call.record.words[0]) if kind != "null" else "nothing"
        self.calls[key] += 1
        if call.result and call.result.status not in ("OK", "restarted"):
            self.failed[key] += 1

    def add_record(self, record):
        if record.kind == "INTERRUPT":
            self.interrupts[record.detail] += 1
        elif record.kind == "FAULT":
            self.faults[self.names.thread(record.thread).partition, FAULTS[record.detail] if record.detail < len(FAULTS) else str(record.detail)] += 1
        elif record.kind == "SIGNAL" and record.words[1]:
            self.signals[self.names.signal(*record.words[:2])] += 1

    # --- For people ---

    def milliseconds(self, ticks):
        return f"{self.timeline.trace.microseconds(ticks) / 1000:.3f}"

    def microseconds(self, ticks):
        return f"{self.timeline.trace.microseconds(ticks):.1f}"

    def lateness(self, ticks):
        """To the nanosecond, which under --icount is an instruction."""
        return f"{self.timeline.trace.microseconds(ticks):.3f}"

    def share(self, ticks):
        return f"{100 * ticks / self.length:.1f}%" if self.length else ""

    def text(self):
        trace = self.timeline.trace
        parts = [f"traced {self.milliseconds(self.length)} ms, {len(trace.records)} records"
                 + (f"; the ring was full: {trace.lost} records before them are lost" if trace.lost else "")]
        parts += [self.time_text(), self.exits_text(), self.calls_text(), self.interrupts_text(), self.faults_text(), self.signals_text(), self.windows_text()]
        return "\n\n".join(part for part in parts if part)

    def time_text(self):
        rows = [[who, self.milliseconds(ticks), self.share(ticks), str(self.turns[who]), self.milliseconds(self.guest_time[who]) if who in self.guest_time else ""]
                for who, ticks in sorted(self.time.items(), key=lambda one: (one[0] == IDLE, -one[1]))]
        rows.append(["sum", self.milliseconds(sum(self.time.values())), self.share(sum(self.time.values())), str(sum(self.turns.values())), ""])
        return table(["time by partition", "ms", "share", "turns", "ms in guest mode"], rows)

    def exits_text(self):
        rows = [[f"{partition}: {cause}", str(exits.count), self.milliseconds(exits.ticks), self.microseconds(exits.ticks / exits.count), self.microseconds(exits.longest)]
                for (partition, cause), exits in sorted(self.exits.items(), key=lambda one: (one[0][0], -one[1].count))]
        return table(["exits of guests by cause", "exits", "ms outside", "us each", "us at most"], rows)

    def calls_text(self):
        most = self.calls.most_common()
        rows = [[f"{operation}", what, str(count), str(self.failed[operation, what] or "")] for (operation, what), count in most[:ROWS]]
        if most[ROWS:]:
            rows.append([f"{len(most) - ROWS} others", "", str(sum(count for _, count in most[ROWS:])), str(sum(self.failed[key] for key, _ in most[ROWS:]) or "")])
        return table(["system calls", "on", "calls", "refused"], rows)

    def interrupts_text(self):
        rows = [["the processor's timer" if line == TIMER else f"line {line}: {self.names.line(line)}", str(count)] for line, count in self.interrupts.most_common()]
        return table(["interrupts", "times"], rows)

    def faults_text(self):
        rows = [[f"{partition}: {fault.lower().replace('_', ' ')}", str(count)] for (partition, fault), count in self.faults.most_common()]
        return table(["faults and exits to handlers", "times"], rows)

    def signals_text(self):
        return table(["signals", "times"], [[what, str(count)] for what, count in self.signals.most_common(ROWS)])

    def window_rows(self):
        """Of each window: (table, number, domain's name, how often it began, ticks late: least, most, sum)."""
        for (of, number), windows in sorted(self.windows.items()):
            late = [window.late for window in windows]
            yield of, number, self.names.domain(windows[0].domain), len(late), min(late), max(late), sum(late)

    def windows_text(self):
        rows = [[f"{self.names.table(of)}, window {number}: {name}", str(count), self.lateness(least), self.lateness(total / count), self.lateness(most)]
                for of, number, name, count, least, most, total in self.window_rows()]
        return table(["windows: begun after the planned time", "times", "us at least", "us on average", "us at most"], rows)

    def partition_runs(self):
        """(partition, start, end) of each time that one had the processor, whichever of its threads ran."""
        found = []
        for run in self.timeline.running:
            who = self.names.thread(run.thread).partition if run.thread else None
            if found and found[-1][0] == who and found[-1][2] == run.start:
                found[-1][2] = run.end
            else:
                found.append([who, run.start, run.end])
        return [run for run in found if run[0]]

    def data(self):
        """What other programs want to know of the windows: times in microseconds since the first record."""
        trace, first = self.timeline.trace, self.timeline.trace.records[0].time
        windows = [{"table": self.names.table(window.table), "window": window.number, "domain": self.names.domain(window.domain),
                    "planned": trace.microseconds(window.planned - first), "start": trace.microseconds(window.start - first),
                    "end": trace.microseconds(window.end - first)} for window in self.whole_windows()]
        runs = [{"partition": who, "start": trace.microseconds(start - first), "end": trace.microseconds(end - first)} for who, start, end in self.partition_runs()]
        return {"microseconds": trace.microseconds(self.length), "lost": trace.lost, "time": {who: trace.microseconds(ticks) for who, ticks in self.time.items()},
                "windows": windows, "runs": runs}


def table(heads, rows):
    """Text columns: of words to the left, of numbers to the right. Empty without rows."""
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    texts = [column for column in range(len(heads)) if not any(row[column][:1].isdigit() for row in rows)]
    texts = sorted({0, *texts})
    lines = ["  ".join(cell.ljust(width) if column in texts else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))).rstrip()
             for row in [heads, *rows]]
    return "\n".join(lines)
