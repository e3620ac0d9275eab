# SPDX-License-Identifier: BSD-2-Clause
"""The composer: checks a system's description (docs/descriptions.md) and makes a manifest of it.

    system = description.load(path, "riscv")        one System for an architecture and a variant, or a DescriptionError with all problems
    system = overrides.with_arguments(...)          what the command line or a test changes in it; afterwards checks.check(system)
    files.check(system, built)                      the files that it names, and the build's programs once they are there
    contents = members.collect(system, built, ...)  the bundle's other members
    manifest.write(system, contents)                its first member, `manifest`

manifest needs Debian's python3-libfdt, all else the standard library alone.
"""
