# SPDX-License-Identifier: BSD-2-Clause
"""AsmOffsets(header, source): constants of C for assembly.

SOURCE is C whose functions hold lines such as
    asm volatile("\\n.ascii \\"->TRAP_SEPC %0\\"" : : "i"(offsetof(struct trap_frame, sepc)));
It is compiled to assembly, never assembled; HEADER gets one #define for each of them.
"""

import re

from SCons.Action import Action

MARK = re.compile(r'\.ascii\s+"->(\w+) [#$]?(-?\d+)"')


def write_header(target, source, env):
    with open(source[0].path, encoding="ascii") as listing:
        pairs = MARK.findall(listing.read())
    with open(target[0].path, "w", encoding="ascii") as header:
        header.write("/* Generated from %s. */\n#pragma once\n" % env["OFFSETS_SOURCE"])
        header.writelines("#define %s %s\n" % pair for pair in pairs)


def asmoffsets(env, header, source):
    source = env.File(source)
    listing = env.Command(source.target_from_source("", ".offsets.s"), source,
                          "$CC $CFLAGS $CCFLAGS $_CCCOMCOM -g0 -S -o $TARGET $SOURCE")
    return env.Command(header, listing, Action(write_header, "offsets $TARGET"), OFFSETS_SOURCE=source.srcnode().path)


def generate(env):
    env.AddMethod(asmoffsets, "AsmOffsets")


def exists(_env):
    return True
