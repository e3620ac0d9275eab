# SPDX-License-Identifier: BSD-2-Clause
"""Newlib(name, prefix, flags, general_registers): the C library for one kind of program, made by tools/newlib.py below build/newlib/NAME.

The result is an entry of a toolchain's "libc". The variants of all modes share the library; it is made again when the tarball, the tool or
the flags change.
"""

import sys
from pathlib import Path

from SCons.Errors import UserError

SOURCES = Path("/usr/src/newlib")  # of Debian's package newlib-source

def tarball():
    found = sorted(SOURCES.glob("newlib-*.tar.xz"))
    if not found:
        raise UserError("the C library's source, %s/newlib-*.tar.xz, is missing; Debian's package newlib-source has it" % SOURCES)
    return str(found[-1])


def newlib(env, name, prefix, flags, general_registers=False):
    root = env.Dir("#build/newlib/" + name)
    library = root.File("usr/lib/libc.a")
    tool = env.File("#tools/newlib.py")
    action = [sys.executable, tool.path, "--prefix", prefix] + ["--general-registers"] * general_registers + ["$SOURCE", root.path, "--", *flags]
    check = [sys.executable, env.File("#tools/general_registers.py").path, "--objdump", prefix + "objdump", "$TARGET"]
    checks = [check] if general_registers else []
    made = env.Command(library, tarball(), [action] + checks)
    env.Depends(made, [tool, env.File(__file__)] + [env.File("#tools/general_registers.py")] * general_registers)
    env.Clean(made, root)
    # The library stands for its headers, which are made with it: the scanner of dependencies would find them only in a later build than the first.
    return {"flags": ["--sysroot=" + root.path, "-D__DYNAMIC_REENT__"], "link_flags": ["--sysroot=" + root.path], "library": library, "made": made,
            "checks": checks}


def generate(env):
    env.AddMethod(newlib, "Newlib")


def exists(_env):
    return True
