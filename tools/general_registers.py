#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Fails if an x86_64 ELF file or archive holds an instruction that needs the FPU's state: x87, MMX, SSE and what follows.

A thread that did not ask for the FPU faults on the first of them. Instructions that SSE brought but that use general registers alone (MOVNTI,
PREFETCHNTA, the fences) are none of these.
"""

import argparse
import re
import subprocess
import sys

INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t([^#<]*)")
PLACE = re.compile(r"^[0-9a-f]+ <(.+)>:$|^(\S+):\s+file format ")
REGISTERS = re.compile(r"%(?:[xyz]mm\d|mm\d|st\b|k[0-7]\b|tmm\d)")
# Those that name no such register: all of x87 begins with f (its prefixes fs and gs are not followed by letters), the rest is control state.
MNEMONICS = re.compile(r"^(?:f(?!s\b)[a-z]\w*|e?mms|femms|ldmxcsr|stmxcsr|vldmxcsr|vstmxcsr|vzero\w+|xsave\w*|xrstor\w*|fx\w+)\b")


def findings(disassembly):
    """(function, line) of each offending instruction."""
    member, function = "", ""
    for line in disassembly:
        place = PLACE.match(line)
        if place:
            function, member = place.group(1) or "", place.group(2) or member
            continue
        instruction = INSTRUCTION.match(line)
        if instruction and (REGISTERS.search(instruction.group(2)) or MNEMONICS.match(instruction.group(2))):
            yield "%s: %s: %s" % (member, function, line.strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("file")
    options = parser.parse_args()
    done = subprocess.run([options.objdump, "-d", "-w", "--no-show-raw-insn", options.file], check=False, text=True, errors="replace", stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(done.returncode)
    found = list(findings(done.stdout.splitlines()))
    if found:
        sys.exit("%s needs the FPU, which its threads do not have:\n%s" % (options.file, "\n".join(found[:10])))


if __name__ == "__main__":
    main()
