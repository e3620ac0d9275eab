# SPDX-License-Identifier: BSD-2-Clause
"""Source lines for the faults that the monitor tells of, from the debug information of programs and guests' kernels."""

import re
import subprocess
import sys

FAULT = re.compile(rb"(?:partition|guest) '([a-z0-9-]+)'(?:: the (program|pager)| has failed:) .*\(pc 0x([0-9a-f]+), ")
GUEST = "guest"
LINE_MOST = 1000  # bytes: longer ones are no messages of the monitor's
PLACES_MOST = 64  # looked up: who writes to the console can claim faults without end, and QEMU waits while we look


def source_line(addr2line, program, pc):
    """`FUNCTION (FILE:LINE)`; only `FUNCTION` where the program has symbols and no more; None where it does not know."""
    try:
        found = subprocess.run([addr2line, "-f", "-e", program, hex(pc)], check=False, text=True, errors="replace", capture_output=True)
    except OSError:
        return None
    lines = found.stdout.split("\n")
    if found.returncode != 0 or len(lines) < 2 or lines[0] == "??":
        return None
    place = lines[1].removeprefix("./").split(" ")[0]
    return lines[0] if place.startswith("??") else f"{lines[0]} ({place})"


class FaultLines:
    """Watches a console. PROGRAMS maps (partition, `program`, `pager` or `guest`) to an ELF file; what is no such file tells nothing."""

    def __init__(self, addr2line, programs, output=None):
        self.addr2line = addr2line
        self.programs = programs
        self.output = output
        self.line = b""
        self.places = {}  # by program and pc

    def feed(self, data):
        """Takes what comes next on the console; tells of each fault in it."""
        *lines, rest = (self.line + data).split(b"\n")
        self.line = rest[-LINE_MOST:]
        for line in lines:
            if match := FAULT.search(line):
                self.tell(match[1].decode(), match[2].decode() if match[2] else GUEST, int(match[3], 16))

    def place(self, program, pc):
        if (program, pc) not in self.places and len(self.places) < PLACES_MOST:
            self.places[program, pc] = source_line(self.addr2line, program, pc)
        return self.places.get((program, pc))

    def tell(self, partition, who, pc):
        program = self.programs.get((partition, who))
        where = self.place(program, pc) if program else None
        if where:
            whose = f"the kernel of guest '{partition}'" if who == GUEST else f"the {who} of '{partition}'"
            print(f"bulkhead: {whose} was in {where}", file=self.output or sys.stderr, flush=True)
