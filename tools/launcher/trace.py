# SPDX-License-Identifier: BSD-2-Clause
"""Boots a system with the kernel that traces, and makes of what that has recorded a file for Perfetto and figures for people."""

import os
import select
import subprocess
import time
from dataclasses import dataclass, replace

from composer import check_memory, checks, description, overrides, report_trace
from composer import inspection as inspecting
from tracing import events, names, records, summary, timeline

from . import errors, machine, system
from . import verify as verifying

VARIANT = "trace"  # of a description that has the tracing partition in a variant of its own
PROGRAM = "tracer"
TIMEOUT = 180
MILLISECONDS = 200
AFTER = 2000
MORE_MEMORY = 128 << 20  # of which the kernel has more than its ring takes for objects, so that all others have as much as without it

GRANT = """\
system '{name}' lets nobody trace it. To allow it, add to its description:

[partition.tracer]
variant = "trace"
trace = true
inspect = true
timer = true
priority = 55
memory = "1M\""""


@dataclass(frozen=True)
class Traced:
    """A trace with the names of what is in it."""
    system: object
    trace: records.Trace
    timeline: timeline.Timeline
    names: names.Names
    summary: summary.Summary

    def file(self):
        """The text that Perfetto opens."""
        return events.write(self.timeline, self.names, self.system, self.summary.data())


def choose_variant(path, arch, wanted):
    """The variant to trace: the WANTED one, or with None the one that is there for this."""
    if wanted is not None:
        return wanted
    return VARIANT if VARIANT in description.read(path, arch.name)[0].variants else None


def with_tracer(made, milliseconds, after):
    """The system whose tracer has the terminal and knows how long; an error if there is none."""
    tracer = next((partition for partition in made.partitions if partition.trace and partition.inspect and partition.program == PROGRAM), None)
    if not tracer or not tracer.console:
        raise errors.LauncherError(errors.DESCRIPTION, GRANT.format(name=made.name))
    made = replace(made, partitions=tuple(replace(partition, console="attached" if partition is tracer else bool(partition.console))
                                          for partition in made.partitions))
    made = overrides.with_arguments(made, tracer.name, after, milliseconds)
    checks.check(made)
    return made


def described(arch, name, variant=None, milliseconds=MILLISECONDS, after=AFTER):
    """The System of that name as it is traced."""
    return with_tracer(system.describe(arch, name, choose_variant(system.find(name), arch, variant)), milliseconds, after)


def read_file(path, made):
    """What the file of an earlier trace tells of the system MADE, for its report."""
    try:
        return report_trace.read(path, path.read_text(encoding="utf-8"), made)
    except OSError as error:
        raise errors.LauncherError(errors.USAGE, f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, report_trace.BadTrace) as error:
        raise errors.LauncherError(errors.USAGE, str(error)) from error


class Watch:
    """Takes what the machine writes, until inspection and trace are there."""

    def __init__(self):
        self.inspections, self.reader = inspecting.Reader(), records.Reader()
        self.inspection = self.trace = None
        self.tail = b""

    def feed(self, data):
        """Whether all is there."""
        self.tail = (self.tail + data)[-verifying.TAIL:]
        for found in self.inspections.feed(data):
            self.inspection = found
        self.trace = self.trace or self.reader.feed(data)
        return self.trace is not None and self.inspection is not None

    def said(self):
        return self.tail.decode(errors="replace")


def watch(command, timeout, log=None):
    """Runs the machine until it has told its trace, or a LauncherError in so many seconds: the Watch. LOG gets all that it writes."""
    found = Watch()
    deadline = time.monotonic() + timeout
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=machine.die_with_parent) as qemu:
        try:
            while True:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([qemu.stdout], [], [], left)[0]:
                    raise errors.LauncherError(errors.TIMEOUT, f"there was no trace within {timeout} s; the machine's last words:\n{found.said()}")
                data = os.read(qemu.stdout.fileno(), 65536)
                if log:
                    log.write(data)
                if found.feed(data):
                    return found
                if not data:
                    raise errors.LauncherError(errors.SYSTEM_FAILED, f"the machine ended before its trace was told; its last words:\n{found.said()}")
        except ValueError as error:
            raise errors.LauncherError(errors.SYSTEM_FAILED, f"the trace has arrived damaged: {error}") from error
        finally:
            qemu.terminate()


def named(subject, found):
    """The Traced of what was found on the machine that SUBJECT, a verify.Subject, has booted."""
    made = subject.system
    known = names.WhoIsWho(made, found.inspection, subject.files, subject.bundle, subject.handover_size)
    who = names.Names(made, known)
    if found.trace.span[0] == 0:
        raise errors.LauncherError(errors.SYSTEM_FAILED, "the trace tells nowhere who runs: its records are of too short a time")
    line = timeline.Timeline(found.trace, made.arch)
    return Traced(made, found.trace, line, who, summary.Summary(line, who))


def make_subject(arch, mode, made, guests, kernel="bulkhead-trace.elf"):
    """What boots MADE."""
    folder = arch.variant(mode)
    return verifying.Subject(made, system.programs(arch, mode), guests, folder / "servers" / "init" / "init.elf", folder / kernel)


def trace(arch, mode, made, guests, timeout=TIMEOUT, icount=False):
    """The Traced of the system MADE."""
    subject = make_subject(arch, mode, made, guests)
    memory = system.memory_for(made.memory, check_memory.needed(made, len(subject.bundle))) + MORE_MEMORY
    booted = verifying.make_machine(arch, subject, arch.variant(mode) / "systems" / made.name / "trace.cpio", memory)
    return named(subject, watch(replace(booted, icount=icount).command(interactive=False), timeout))
