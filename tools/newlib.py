#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Builds newlib out of the tarball of Debian's package newlib-source: OUT/usr/include and OUT/usr/lib/libc.a, and OUT.work meanwhile.

With --general-registers the compiler's flags forbid the FPU's registers, and there is no way to pass a double without them: printf and
scanf know no floating point, files that use it are left out, and whoever needs one of their functions fails to link. Any other error is an error.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HOST = "x86_64-unknown-elf"
MACHINES = ["shared_x86", "x86_64"]  # the second's headers win

# newlib is to behave as picolibc does on RISC-V: C99's formats, streams that belong to the program, locks and system calls that are libl4's.
OPTIONS = ["--disable-multilib", "--disable-dependency-tracking", "--disable-newlib-supplied-syscalls", "--disable-newlib-wide-orient",
           "--disable-newlib-atexit-dynamic-alloc", "--enable-newlib-global-atexit", "--enable-newlib-global-stdio-streams",
           "--enable-newlib-io-c99-formats", "--enable-newlib-io-long-long", "--enable-newlib-retargetable-locking"]
# System calls by their plain names; each thread's state by __getreent.
DEFINES = ["-DMISSING_SYSCALL_NAMES", "-D__DYNAMIC_REENT__"]

# Members of newlib for systems without threads. libl4 has its own, and with both in reach the order of references would choose.
REPLACED = re.compile(r"^libc?_a-(getreent|lock)\.o$")

NEEDS_FPU = re.compile(r"error: (SSE|x87) register (return|argument) with (SSE|x87) disabled")
COMPILER_ERROR = re.compile(r"\b[Ee]rror: ")
MAKE_ERROR = re.compile(r"\*\*\* \[(?:[^]]*: )?(\S+)\] Error")
MAKE_RECURSION = re.compile(r"-recursive$|-am$|^all$|/?lib\w*\.a$")


class BuildError(Exception):
    """What went wrong, for the user."""


def run(command, folder):
    """COMMAND's status and output."""
    done = subprocess.run(command, check=False, cwd=folder, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def must(command, folder):
    status, output = run(command, folder)
    if status:
        raise BuildError("%s\n%s\nfailed with status %d in %s" % (output[-4000:], " ".join(command), status, folder))


def unpack(tarball, work):
    """The folder newlib/ of what TARBALL holds."""
    with tarfile.open(tarball) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)  # Debian 12's Python has none
        archive.extractall(work / "source")
    found = list((work / "source").glob("*/newlib"))
    if len(found) != 1:
        raise BuildError("%s is no source of newlib: it must hold one folder with a folder newlib in it" % tarball)
    return found[0]


def configure(source, objects, prefix, flags, general_registers):
    flags = " ".join([*flags, *DEFINES, "-ffile-prefix-map=%s=newlib" % source])
    tools = ["CC=%sgcc" % prefix, "AR=%sar" % prefix, "RANLIB=%sranlib" % prefix, "CFLAGS=" + flags, "CCASFLAGS=" + flags]
    formats = ["--disable-newlib-io-float"] if general_registers else []
    objects.mkdir()
    must([str(source / "configure"), "--host=" + HOST, *OPTIONS, *formats, *tools], objects)


def check_failures(output):
    """Raises an error if a run of `make -k` failed in anything but files that need the FPU."""
    bad = [line for line in output.splitlines() if COMPILER_ERROR.search(line) and not NEEDS_FPU.search(line)]
    bad += [line for line in output.splitlines() for target in MAKE_ERROR.findall(line)
            if not target.endswith(".o") and not MAKE_RECURSION.search(target)]
    if bad:
        raise BuildError("newlib does not compile:\n" + "\n".join(bad[:20]))


def archive_what_compiled(objects, prefix, library):
    """All of libc/, the machine's own files in place of the portable ones of their names."""
    found = sorted((objects / "libc").rglob("*.o"), key=lambda path: "machine" in path.parts)
    chosen = {path.name: str(path) for path in found}
    if not chosen:
        raise BuildError("newlib's make has compiled nothing")
    must([prefix + "ar", "rcsD", str(library), *sorted(chosen.values())], objects)


def remove_replaced(prefix, library):
    members = run([prefix + "ar", "t", str(library)], library.parent)[1].split()
    must([prefix + "ar", "d", str(library), *filter(REPLACED.match, members)], library.parent)


def compile_library(objects, prefix, general_registers, library):
    make = ["make", "-j%d" % (os.cpu_count() or 1), "MAKEINFO=true"]
    if not general_registers:
        must(make, objects)
        shutil.copy(objects / "libc.a", library)
        return
    check_failures(run([*make, "-k"], objects)[1])
    archive_what_compiled(objects, prefix, library)


def copy_headers(source, objects, include):
    shutil.copytree(source / "libc/include", include)
    for machine in MACHINES:
        for part in ("machine", "sys"):
            for header in (source / "libc/machine" / machine / part).glob("*.h"):
                shutil.copy(header, include / part)
    for generated in ("newlib.h", "_newlib_version.h"):
        shutil.copy(objects / generated, include)


def build(options):
    out = options.out.resolve()
    work = out.with_name(out.name + ".work")
    shutil.rmtree(work, ignore_errors=True)
    made = work / "usr"
    (made / "lib").mkdir(parents=True)
    source = unpack(options.tarball, work)
    objects = work / "objects"
    configure(source, objects, options.prefix, options.flags, options.general_registers)
    compile_library(objects, options.prefix, options.general_registers, made / "lib/libc.a")
    remove_replaced(options.prefix, made / "lib/libc.a")
    copy_headers(source, objects, made / "include")
    # SCons reads an older library's headers meanwhile.
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    made.rename(out / "usr")
    shutil.rmtree(work)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, help="the tools' names begin with it")
    parser.add_argument("--general-registers", action="store_true", help="leave out what needs the FPU")
    parser.add_argument("tarball", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("flags", nargs="*", help="the compiler's, after --")
    try:
        build(parser.parse_args())
    except (BuildError, OSError, tarfile.TarError) as error:
        sys.exit("newlib: %s" % error)


if __name__ == "__main__":
    main()
