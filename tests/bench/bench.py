#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measures what docs/benchmarks.md tells, in executed instructions under `qemu -icount shift=0`, and prints it."""

import argparse
import pathlib
import re
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tools")]

from harness import boot as booting  # noqa: E402: the path must be set first
from launcher import machine, paths, payload, system  # noqa: E402

FIGURE = re.compile(r"BENCH (\w+) (\d+)")
READY = re.compile(r"bulkhead-guest: ready.* after ([0-9.]+) s")
LOGS = paths.BUILD / "bench-logs"
QUIET = "console=ttyS0 quiet bulkhead.run=poweroff"


def show(name, value, unit="instructions"):
    print(f"{name:32} {value:>14,} {unit}" if isinstance(value, int) else f"{name:32} {value:>14} {unit}", flush=True)


def figures(text):
    return [(name, int(value)) for name, value in FIGURE.findall(text) if name != "done"]


def kernel_size(mode):
    """Bytes of the kernel's code, without the first program that is linked into it."""
    command = ["riscv64-unknown-elf-size", "-A", str(paths.variant(mode) / "bulkhead.elf")]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    show("kernel_text", next(int(line.split()[1]) for line in table.splitlines() if line.startswith(".text")), "bytes")
    show("kernel_lines", lines_of_code(), "lines of code")


def lines_of_code():
    """Lines of the portable kernel, its RISC-V back end and the ABI that are neither blank nor comment."""
    count = 0
    for folder in ("kernel", "arch/riscv", "libl4/include/l4/abi", "libl4/arch/riscv/include/l4/abi"):
        for file in (TOP / folder).rglob("*.[chS]"):
            text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
            count += sum(bool(line.strip()) for line in text.splitlines())
    return count


def native_programs(mode):
    suite = {"suite": paths.variant(mode) / "tests/bench/bench_ipc.elf"}
    run = booting.start(LOGS, "suite", suite, mode=mode, icount=True, timeout=120)
    run.expect(r"BENCH done", timeout=120)
    run.close()
    for name, value in figures(run.text):
        show(name, value)


def guest_bundle(mode, kernel, initrd, command_line):
    return {**system.programs(mode), "guest/kernel": kernel, "guest/initrd": initrd, "guest/cmdline": command_line.encode()}


def guest_exits(mode):
    files = {**system.programs(mode), "guest/kernel": paths.variant(mode) / "tests/guest/testkernel.elf", "guest/cmdline": b"mode=bench"}
    run = booting.start(LOGS, "linux", files, {"guest.memory": "64M"}, mode=mode, icount=True, timeout=120)
    run.expect(r"BENCH done", timeout=120)
    run.close()
    for name, value in figures(run.text):
        show("guest_" + name, value)


def guest_boot(mode):
    """Time that the guest's own clock shows when its first program runs: an instruction is a nanosecond. Native: the same kernel alone."""
    default = payload.ensure()
    bundle = guest_bundle(mode, default.kernel, default.initrd, QUIET)
    hosted = booting.start(LOGS, "linux", bundle, {"guest.memory": "256M"}, mode=mode, icount=True, timeout=300)
    hosted_seconds = float(hosted.expect(READY.pattern, timeout=300)[1])
    hosted.close()
    native = native_boot(default)
    show("guest_boot", f"{hosted_seconds:.3f}", "s of 10^9 instructions")
    show("native_boot", f"{native:.3f}", "s of 10^9 instructions")
    show("guest_boot_ratio", f"{hosted_seconds / native:.3f}", "times native")


def native_boot(default):
    command = ["timeout", "300", "qemu-system-riscv64", "-machine", "virt", "-cpu", machine.DEFAULT_CPU, "-m", "256M", "-nographic", "-no-reboot",
               "-icount", "shift=0,sleep=off", "-kernel", str(default.kernel), "-initrd", str(default.initrd), "-append", QUIET]
    text = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace").stdout
    return float(READY.search(text)[1])


def seconds_to_prompt(mode):
    """Wall time from a finished build to the guest's prompt."""
    default = payload.ensure()
    start = time.monotonic()
    run = booting.start(LOGS, "linux", guest_bundle(mode, default.kernel, default.initrd, ""), {"guest.memory": "256M"}, mode=mode, timeout=300)
    run.expect(r"guest:/#", timeout=300)
    run.close()
    show("seconds_to_prompt", f"{time.monotonic() - start:.1f}", "s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", default="release")
    options = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)
    kernel_size(options.mode)
    for measure in (native_programs, guest_exits, guest_boot, seconds_to_prompt):
        measure(options.mode)


if __name__ == "__main__":
    main()
