# SPDX-License-Identifier: BSD-2-Clause
"""
A trace as a file that Perfetto opens: the JSON object form of the Trace Event Format, whose time stamps are microseconds.

The processor and each partition are processes. The processor has tracks of who runs, of windows and of interrupts; a partition one for each thread with its system
calls, its faults and its signals; and each vcpu one of when it is in guest mode, and of why it left. Slices are pairs of events B and E, in order on each track.
"""

import json

from .records import FAULTS, TIMER

PROCESSOR = 1
FIRST_PARTITION = 2
RUNS, WINDOWS, INTERRUPTS = 1, 2, 3
PROCESSOR_TRACKS = {RUNS: "who runs", WINDOWS: "windows", INTERRUPTS: "interrupts"}


class Tracks:
    """The process and thread numbers of the file."""

    def __init__(self, names):
        self.names = names
        self.partitions = {}
        self.threads = {}
        self.metadata = []
        self.name("process_name", PROCESSOR, 0, "processor 0")
        for number, name in PROCESSOR_TRACKS.items():
            self.name("thread_name", PROCESSOR, number, name)

    def name(self, what, process, thread, name):
        self.metadata.append({"ph": "M", "name": what, "pid": process, "tid": thread, "args": {"name": name}})

    def partition(self, name):
        if name not in self.partitions:
            self.partitions[name] = FIRST_PARTITION + len(self.partitions)
            self.name("process_name", self.partitions[name], 0, name)
        return self.partitions[name]

    def thread(self, number):
        """(process, thread) of a thread's own track."""
        if number not in self.threads:
            thread = self.names.thread(number)
            process = self.partition(thread.partition)
            self.threads[number] = process, 1 + sum(other == process for other, _ in self.threads.values())
            self.name("thread_name", *self.threads[number], thread.name)
        return self.threads[number]


class Events:
    """The events of a TIMELINE, with the names of NAMES."""

    def __init__(self, timeline, names):
        self.timeline, self.names = timeline, names
        self.tracks = Tracks(names)
        for partition in names.partitions:
            self.tracks.partition(partition)
        self.found = []
        self.add_processor()
        self.add_threads()
        self.add_instants()

    def stamp(self, ticks):
        """Microseconds since the first record."""
        first = self.timeline.trace.records[0].time
        return round(self.timeline.trace.microseconds(ticks - first), 3)

    def event(self, phase, track, time, name, args=None):
        process, thread = track
        self.found.append({"ph": phase, "pid": process, "tid": thread, "ts": self.stamp(time), "name": name, "cat": "bulkhead", **({"args": args} if args else {})})

    def slice(self, track, start, end, name, args=None):
        self.event("B", track, start, name, args)
        self.event("E", track, end, name)

    def instant(self, track, time, name, args=None):
        self.event("i", track, time, name, args)
        self.found[-1]["s"] = "t"

    def add_processor(self):
        for run in self.timeline.running:
            if run.thread:
                thread = self.names.thread(run.thread)
                self.slice((PROCESSOR, RUNS), run.start, run.end, f"{thread.partition}: {thread.name}", {"priority": run.record.words[1]})
        for window in self.timeline.windows:
            planned = {"window": window.number, "planned_us": self.stamp(window.planned)}
            if window.whole:
                planned["late_us"] = self.timeline.trace.microseconds(window.late)
            self.slice((PROCESSOR, WINDOWS), window.start, window.end, f"{window.number}: {self.names.domain(window.domain)}", planned)

    def add_threads(self):
        for call in self.timeline.calls:
            kind = call.record.syscall[1]
            args = {"object": self.names.object(kind, call.record.words[0]), "slot": call.record.words[2]} if kind != "null" else {}
            if call.result:
                args["result"] = call.result.status
            self.slice(self.tracks.thread(call.thread), call.start, call.end, call.record.operation, args)
        for run in self.timeline.guest:
            self.slice(self.tracks.thread(run.thread), run.start, run.end, "guest mode")
        for leave in self.timeline.exits:
            self.slice(self.tracks.thread(leave.thread), leave.start, leave.end, self.timeline.exit_cause(leave))

    def add_instants(self):
        for record in self.timeline.trace.records:
            if record.kind == "INTERRUPT":
                name = "timer" if record.detail == TIMER else f"line {record.detail}: {self.names.line(record.detail)}"
                self.instant((PROCESSOR, INTERRUPTS), record.time, name)
            elif record.kind == "FAULT":
                name = FAULTS[record.detail].lower().replace("_", " ") if record.detail < len(FAULTS) else str(record.detail)
                self.instant(self.tracks.thread(record.thread), record.time, f"fault: {name}", {"word": hex(record.words[0]), "pc": hex(record.words[1])})
            elif record.kind == "SIGNAL" and record.words[1]:
                track = self.tracks.thread(record.thread) if record.thread else (PROCESSOR, INTERRUPTS)
                self.instant(track, record.time, f"signal {self.names.signal(*record.words[:2])}", {"bits": hex(record.words[1])})
            elif record.kind == "VIRQ":
                track = self.tracks.thread(record.thread) if record.thread else (PROCESSOR, INTERRUPTS)
                self.instant(track, record.time, f"raise {self.names.object('virq', record.words[0])}", {"line": record.detail})

    def all(self):
        """In the order of time; of what happens at one time, the slices of a track in their order."""
        slices = [event for event in self.found if event["ph"] != "i"]
        instants = [event for event in self.found if event["ph"] == "i"]
        by_track = {}
        for event in slices:
            by_track.setdefault((event["pid"], event["tid"]), []).append(event)
        ordered = [event for track in by_track.values() for event in in_turn(track)]
        return self.tracks.metadata + sorted(ordered + instants, key=lambda event: event["ts"])


def in_turn(track):
    """The slices of one track, which follow one another: each B before its E, in the order of their beginnings."""
    pairs = sorted(zip(track[::2], track[1::2]), key=lambda pair: (pair[0]["ts"], pair[1]["ts"]))
    return [event for pair in pairs for event in pair]


def write(timeline, names, system, more):
    """The file's text. MORE is kept beside the events, for other programs (`./bulkhead report --trace`)."""
    events = Events(timeline, names).all()
    lines = ",\n".join(json.dumps(event, separators=(",", ":")) for event in events)
    rest = json.dumps({"displayTimeUnit": "ns", "otherData": {"system": system.name, "architecture": system.arch}, "bulkhead": more})
    return f'{{"traceEvents":[\n{lines}\n],\n{rest[1:]}\n'
