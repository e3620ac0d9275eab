# SPDX-License-Identifier: BSD-2-Clause
"""Boots a system with the program that inspects it, and compares what that finds with the description."""

import os
import select
import struct
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from composer import check_memory, checks, description, members
from composer import inspection as inspecting
from composer import verify as verifying

from . import bundle, errors, machine, payload, system

VARIANT = "verify"  # of a description that has the inspecting partition in a variant of its own
PROGRAM = "inspector"
TIMEOUT = 180
SAME = 3            # inspections one after another that differ in the same way from the description: then it is no passing state
TAIL = 2000         # bytes of the console that are told when the machine ends by itself

GRANT = """\
system '{name}' lets nobody inspect it. To allow it, add to its description:

[partition.inspector]
variant = "verify"
inspect = true
timer = true
priority = 55
memory = "1M\""""


def choose_variant(path, arch, wanted):
    """The variant to verify: the WANTED one, or with None the one that is there for this."""
    if wanted is not None:
        return wanted
    return VARIANT if VARIANT in description.read(path, arch.name)[0].variants else None


def with_terminal(made):
    """The system with the terminal at the partition that inspects; an error if there is none."""
    inspector = next((partition for partition in made.partitions if partition.inspect and partition.program == PROGRAM), None)
    if not inspector or not inspector.console:
        raise errors.LauncherError(errors.DESCRIPTION, GRANT.format(name=made.name))
    made = replace(made, partitions=tuple(replace(partition, console="attached" if partition is inspector else bool(partition.console))
                                          for partition in made.partitions))
    checks.check(made)
    return made


def described(arch, name, variant=None):
    """The System of that name as it is verified."""
    path = system.find(name)
    return with_terminal(system.describe(arch, name, choose_variant(path, arch, variant)))


def symbol_size(elf, name):
    """Bytes of an object in an ELF file, from its symbols."""
    offset, = struct.unpack_from("<Q", elf, 40)
    size, count = struct.unpack_from("<HH", elf, 58)
    sections = [struct.unpack_from("<IIQQQQII", elf, offset + size * number) for number in range(count)]
    for _, kind, _, _, start, length, link, _ in sections:
        for at in range(start, start + length, 24) if kind == 2 else ():
            text, _, _, _, _, symbol = struct.unpack_from("<IBBHQQ", elf, at)
            begin = sections[link][4] + text
            if elf[begin:begin + len(name) + 1] == name.encode() + b"\0":
                return symbol
    raise errors.LauncherError(errors.BUILD, f"the program init has no symbol '{name}': it was stripped?")


class Subject:
    """A system with the files that it boots from. BUILT are programs by name, INIT and KERNEL the paths of two more."""

    def __init__(self, made, built, guests, init, kernel):
        from composer import manifest  # by now its library is installed

        self.system, self.kernel = made, kernel
        self.files = members.collect(made, built, guests)
        self.bundle = bundle.make(manifest.write(made, self.files), self.files)
        self.handover_size = symbol_size(Path(init).read_bytes(), "handover")

    def compare(self, inspection):
        """The verify.Comparison with what was found."""
        return verifying.Comparison(self.system, inspection, self.files, self.bundle, self.handover_size)


class Verdict:
    """What inspections tell one after another. `comparison` is the one that counts; None until that is clear."""

    def __init__(self):
        self.comparison = None
        self.last = None
        self.same = 0
        self.missing = ["nothing was inspected"]

    def take(self, comparison):
        """What is not there yet may still come, and so may what is just being built: only what stays is a difference."""
        self.missing = comparison.missing
        if comparison.missing:
            self.same = 0
            return
        found = comparison.differences
        self.same = self.same + 1 if found == self.last else 1
        self.last = found
        if not found or self.same >= SAME:
            self.comparison = comparison


def watch(subject, command, timeout, log=None, after=b""):
    """Runs the machine until it is clear how it compares: the verify.Comparison. A LauncherError where it is not in so many seconds. LOG gets all that
    the machine writes. Only what comes AFTER these bytes counts."""
    reader, verdict, tail, started = inspecting.Reader(), Verdict(), b"", False
    deadline = time.monotonic() + timeout
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=machine.die_with_parent) as qemu:
        try:
            while verdict.comparison is None:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([qemu.stdout], [], [], left)[0]:
                    why = ", ".join(verdict.missing) or "it changes all the time"
                    raise errors.LauncherError(errors.TIMEOUT, f"nothing could be compared within {timeout} s: {why}")
                data = os.read(qemu.stdout.fileno(), 65536)
                if not data:
                    said = tail.decode(errors="replace")
                    raise errors.LauncherError(errors.SYSTEM_FAILED, f"the machine ended before it could be compared; its last words:\n{said}")
                started = started or after in tail + data
                tail = (tail + data)[-TAIL:]
                if log:
                    log.write(data)
                for inspection in reader.feed(data):
                    if started and verdict.comparison is None:
                        verdict.take(subject.compare(inspection))
        finally:
            qemu.terminate()
    return verdict.comparison


def make_machine(arch, subject, path, wanted_memory=None):
    """The machine that boots SUBJECT, whose bundle is written to PATH."""
    path.parent.mkdir(parents=True, exist_ok=True)
    payload.write(path, subject.bundle)
    memory = system.machine_memory(wanted_memory or subject.system.memory, check_memory.needed(subject.system, len(subject.bundle)))
    return machine.Machine(arch, subject.kernel, path, memory=memory)


def verify(arch, mode, made, guests, timeout):
    """The differences of the running system MADE from its description."""
    folder = arch.variant(mode)
    subject = Subject(made, system.programs(arch, mode), guests, folder / "servers" / "init" / "init.elf", folder / "bulkhead.elf")
    booted = make_machine(arch, subject, folder / "systems" / made.name / "verify.cpio")
    return watch(subject, booted.command(interactive=False), timeout).differences
