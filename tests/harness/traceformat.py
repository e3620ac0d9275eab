# SPDX-License-Identifier: BSD-2-Clause
"""What makes a file one of the Trace Event Format, in its JSON object form: the rules by which viewers read it."""

import json

REQUIRED = {"B": ("ts", "name"), "E": ("ts",), "i": ("ts", "name", "s"), "M": ("name", "args")}
NUMBERS = {"pid": int, "tid": int, "ts": (int, float)}
METADATA = ("process_name", "thread_name")


def check(text):
    """The problems of a file's TEXT: sentences, none where it is good."""
    whole = json.loads(text)
    events = whole.get("traceEvents")
    if not isinstance(events, list) or not events:
        return ["there is no list traceEvents with anything in it"]
    if whole.get("displayTimeUnit") not in ("ms", "ns"):
        return ["displayTimeUnit is neither ms nor ns"]
    return [*check_keys(events), *check_tracks(events), *check_names(events)] if all(isinstance(event, dict) for event in events) else ["an event is no object"]


def check_keys(events):
    for number, event in enumerate(events):
        phase = event.get("ph")
        if phase not in REQUIRED:
            yield f"event {number}: phase {phase!r} is unknown"
            continue
        for key in ("pid", "tid", *REQUIRED[phase]):
            if key not in event:
                yield f"event {number} ({phase}): {key} is missing"
            elif key in NUMBERS and (not isinstance(event[key], NUMBERS[key]) or event[key] < 0):
                yield f"event {number} ({phase}): {key} is {event[key]!r}"
        if not isinstance(event.get("args", {}), dict):
            yield f"event {number}: args is no object"
        if phase == "i" and event.get("s") not in ("t", "p", "g"):
            yield f"event {number}: the scope is {event.get('s')!r}"
        if phase == "M" and not (event.get("name") in METADATA and isinstance(event.get("args", {}).get("name"), str) and event["args"]["name"]):
            yield f"event {number}: metadata names nothing"


def check_tracks(events):
    """On each track time goes on, and slices are in one another."""
    last, stack = {}, {}
    for number, event in enumerate(event for event in events if event["ph"] != "M"):
        track = event["pid"], event["tid"]
        if event["ts"] < last.get(track, 0):
            yield f"event {number} of track {track}: the time goes back from {last[track]} to {event['ts']}"
        last[track] = event["ts"]
        names = stack.setdefault(track, [])
        if event["ph"] == "B":
            names.append(event["name"])
        elif event["ph"] == "E" and (not names or names.pop() != event.get("name")):
            yield f"event {number} of track {track}: the end of {event.get('name')!r}, which has not begun last"
    for track, names in stack.items():
        if names:
            yield f"track {track}: {names} do not end"


def check_names(events):
    """Each process and each thread has a name, once."""
    named = [(event["name"], event["pid"], event["tid"] if event["name"] == "thread_name" else None) for event in events if event["ph"] == "M"]
    for name in {name for name in named if named.count(name) > 1}:
        yield f"{name} is named twice"
    for process, thread in {(event["pid"], event["tid"]) for event in events if event["ph"] != "M"}:
        if ("process_name", process, None) not in named:
            yield f"process {process} has no name"
        if ("thread_name", process, thread) not in named:
            yield f"thread {thread} of process {process} has no name"


def tracks(text):
    """(process's name, thread's name) of all tracks with the names of the slices and instants on each."""
    events = json.loads(text)["traceEvents"]
    processes = {event["pid"]: event["args"]["name"] for event in events if event["ph"] == "M" and event["name"] == "process_name"}
    threads = {(event["pid"], event["tid"]): event["args"]["name"] for event in events if event["ph"] == "M" and event["name"] == "thread_name"}
    found = {(processes[process], name): set() for (process, thread), name in threads.items()}
    for event in events:
        if event["ph"] in ("B", "i"):
            found[processes[event["pid"]], threads[event["pid"], event["tid"]]].add(event["name"])
    return found
