#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the suite over the ABI on a processor with what QEMU does not emulate without hardware's help: TSC-deadline timer, PCID, SMAP, AVX-512, all with
an x2APIC. It is Bochs's Skylake-X. By hand and before each release: it takes minutes. Needs what is built (scons arch=x86_64) and the packages bochs,
bochsbios, bochs-term and vgabios, and those of `./bulkhead image --iso`.
"""

import argparse
import os
import pathlib
import pty
import subprocess
import sys
import threading

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tools")]

from harness import compose, protocol  # noqa: E402: the path must be set first
from launcher import arches, iso, paths, system  # noqa: E402

ARCH = arches.X86_64
FOLDER = paths.BUILD / "bochs"
MODEL = "corei7_skylake_x"
# Instructions in a second of the machine: the cases' times are made for a processor that is not much slower.
SPEED = 1_000_000_000
# Cases that drive a device which Bochs does not have.
LEFT_OUT = ("XIO", "XIR")

SETTINGS = """\
display_library: term
megs: 512
cpu: model={model}, ips={speed}, reset_on_triple_fault=0
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path={folder}/suite.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={folder}/console.log
log: {folder}/bochs.log
panic: action=fatal
clock: sync=none
"""


def prepare(mode):
    programs = system.programs(ARCH, mode)
    suite = ARCH.variant(mode) / "tests" / "target" / "abi.elf"
    FOLDER.mkdir(parents=True, exist_ok=True)
    iso.make(ARCH.variant(mode) / "bulkhead.elf", compose.make_bundle(ARCH, "suite", {**programs, "suite": suite}), FOLDER / "suite.iso")
    (FOLDER / "settings").write_text(SETTINGS.format(model=MODEL, speed=SPEED, folder=FOLDER))
    # Debian's Bochs waits for its debugger.
    (FOLDER / "commands").write_text("continue\n")
    (FOLDER / "console.log").unlink(missing_ok=True)
    return suite


def drain(descriptor):
    """Its display must be a terminal, which nobody looks at."""
    try:
        while os.read(descriptor, 65536):
            pass
    except OSError:
        pass


def run(timeout):
    """Until the suite has ended: the machine itself does not."""
    ours, terminal = pty.openpty()
    threading.Thread(target=drain, args=(ours,), daemon=True).start()
    command = ["bochs", "-q", "-unlock", "-f", FOLDER / "settings", "-rc", FOLDER / "commands"]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env={**os.environ, "TERM": "vt100"}) as bochs:
        console = FOLDER / "console.log"
        for _ in range(timeout):
            try:
                bochs.wait(1)
                break
            except subprocess.TimeoutExpired:
                if console.exists() and b"the machine ends with status" in console.read_bytes():
                    break
        bochs.kill()
    return console.read_text(errors="replace") if console.exists() else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=("debug", "release"), default="debug")
    parser.add_argument("--timeout", type=int, default=3600, help="seconds (default: an hour)")
    options = parser.parse_args()
    suite = prepare(options.mode)
    results = protocol.Results(run(options.timeout), FOLDER / "console.log")
    tests = [test for test in protocol.tests_of(suite) if not test.id.startswith(LEFT_OUT)]
    failed = [test for test in tests if results.failures.get(test.id, "no result") is not None]
    for test in failed:
        print(f"{test.id} ({test.meaning}): {results.failures.get(test.id, 'no result')}")
    print(f"{len(tests) - len(failed)} passed, {len(failed)} failed (console: {results.log})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
