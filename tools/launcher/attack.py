# SPDX-License-Identifier: BSD-2-Clause
"""Boots a system with its last guest turned into an attacker, and shows each second how late that made the critical task."""

import re
import subprocess
from dataclasses import dataclass, replace

from composer import check_memory, checks, overrides

from . import bundle, errors, machine, payload, system

PROGRAM = "control"      # of the critical task, which reports its own lateness
KERNEL = "tests/guest/testkernel.elf"  # the attacker's, among what is built, and the target by which it is
TARGET = "attacker"
SHIFT = 3                # an instruction takes 8 ns: a second is then as many instructions as this computer executes in about one
SWITCH = 2000            # instructions from the end of a window's pad to its program's first one, at most
WITHOUT_TABLE = 6000     # from a deadline to the task's first instruction, where no schedule table keeps others out: docs/benchmarks.md
ATTACK_SECONDS = 5
REPORT = re.compile(rb"\[(?P<name>[^\]]+)\] control: (?P<periods>\d+) periods, woke at most (?P<worst>\d+) ns late \(lately (?P<lately>\d+), mean \d+\), missed (?P<missed>\d+)")
ATTACK = re.compile(rb"attack (?P<name>\w+)\s*$")


@dataclass(frozen=True)
class Second:
    """What the task tells of one second. LATELY is the worst of it, in instructions."""
    number: int
    attack: str
    lately: int
    missed: int


def choose(made):
    """The critical task's partition and the attacker's; an error where the system lacks one."""
    critical = next((partition for partition in made.partitions if partition.program == PROGRAM), None)
    guests = system.guests(made)
    if not critical:
        raise errors.LauncherError(errors.USAGE, f"system '{made.name}' has no partition with the program '{PROGRAM}', which tells how late it is; such as: cockpit, linux")
    if not guests:
        raise errors.LauncherError(errors.USAGE, f"system '{made.name}' has no guest that could attack; such as: cockpit, linux")
    return critical, guests[-1]


def turned(made, kernel):
    """The system MADE with its last guest turned into the attacker, and the task telling of each second."""
    critical, guest = choose(made)
    made = overrides.with_guest(made, guest.name, kernel=kernel, command_line=f"mode=attacks seconds={ATTACK_SECONDS}")
    made = overrides.with_arguments(made, critical.name, "report=1")
    made = replace(made, partitions=tuple(replace(partition, console=bool(partition.console)) for partition in made.partitions))
    checks.check(made)
    return made


def bound(made):
    """Instructions from a deadline of the critical task to its first own one, at most."""
    pads = [schedule.pad for schedule in made.schedules]
    return (max(pads) >> SHIFT) + SWITCH if pads else WITHOUT_TABLE


def seconds(lines, critical, attacker):
    """The Seconds that the console's LINES tell of, as they come. Only at a line's start it is the console that says who wrote it."""
    attack = "none yet"
    for line in lines:
        began = ATTACK.search(line)
        if began and line.startswith(f"[{attacker}] ".encode()):
            attack = began["name"].decode()
        told = REPORT.match(line)
        if told and told["name"].decode() == critical:
            yield Second(int(told["periods"]) // 1000, attack, int(told["lately"]) >> SHIFT, int(told["missed"]))


def show(made, command, length, critical, attacker):
    """Prints a line for each second, LENGTH of them. Whether all were well."""
    limit, well, last = bound(made), True, 0
    print(f"{'second':>6}  {'attack of ' + attacker:24} {'late, at most':>14} {'bound':>8} {'missed':>7}   (instructions)", flush=True)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=machine.die_with_parent) as qemu:
        try:
            for second in seconds(qemu.stdout, critical, attacker):
                well = well and second.lately <= limit and not second.missed
                last = second.number
                print(f"{second.number:>6}  {second.attack:24} {second.lately:>14,} {limit:>8,} {second.missed:>7}", flush=True)
                if second.number >= length:
                    break
        finally:
            qemu.terminate()
    if last < length:
        raise errors.LauncherError(errors.SYSTEM_FAILED, f"the machine ended after {last} of {length} seconds")
    return well


def attack(arch, mode, made, guests, length):
    """Runs the attacks for LENGTH seconds of the machine's time. Whether the critical task was never late. MADE is turned()."""
    from composer import manifest  # by now its library is installed
    from composer import members

    critical, guest = choose(made)
    files = members.collect(made, system.programs(arch, mode), guests)
    content = bundle.make(manifest.write(made, files), files)
    path = arch.variant(mode) / "systems" / made.name / "break.cpio"
    path.parent.mkdir(parents=True, exist_ok=True)
    payload.write(path, content)
    memory = system.machine_memory(made.memory, check_memory.needed(made, len(content)))
    booted = machine.Machine(arch, arch.variant(mode) / "bulkhead.elf", path, memory=memory, icount=True, icount_shift=SHIFT)
    return show(made, booted.command(interactive=False), length, critical.name, guest.name)
