#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measures what docs/benchmarks.md tells, in executed instructions under `qemu -icount shift=0`, and prints it."""

import argparse
import gzip
import pathlib
import re
import subprocess
import sys
import time

from elftools.elf.elffile import ELFFile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tools")]

from harness import boot as booting  # noqa: E402: the path must be set first
from launcher import arches, cpio, paths, payload, system  # noqa: E402

FIGURE = re.compile(r"BENCH (\w+) (\d+)")
READY = re.compile(r"bulkhead-guest: ready.* after ([0-9.]+) s")
LOGS = paths.BUILD / "bench-logs"
BOOT = "bulkhead.run=poweroff"
# In the first seconds the kernel's own threads have work left from booting.
WORK = 'bulkhead.run="sleep 10; /bin/guest_work"'
# What the VMM gives, and for a machine of its own a console that is there at once: QEMU's virtio console takes its own time, which the instructions do not count.
HOSTED = {"riscv": "console=ttyS0 quiet", "x86_64": "console=hvc0 quiet"}
NATIVE = "console=ttyS0 quiet"


def show(name, value, unit="instructions"):
    print(f"{name:32} {value:>14,} {unit}" if isinstance(value, int) else f"{name:32} {value:>14} {unit}", flush=True)


def figures(text):
    return [(name, int(value)) for name, value in FIGURE.findall(text) if name != "done"]


def kernel_size(arch, mode):
    """Bytes of the kernel's code, without the first program that is linked into it."""
    with open(arch.variant(mode) / "bulkhead.elf", "rb") as file:
        show("kernel_text", ELFFile(file).get_section_by_name(".text").header.sh_size, "bytes")
    show("kernel_lines", lines_of_code(arch), "lines of code")


def lines_of_code(arch):
    """Lines of the portable kernel, one back end and the ABI that are neither blank nor comment."""
    count = 0
    for folder in ("kernel", f"arch/{arch.name}", "libl4/include/l4/abi", f"libl4/arch/{arch.name}/include/l4/abi"):
        for file in (TOP / folder).rglob("*.[chS]"):
            text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
            count += sum(bool(line.strip()) for line in text.splitlines())
    return count


def native_programs(arch, mode):
    suite = {"suite": arch.variant(mode) / "tests/bench/bench_ipc.elf"}
    run = booting.start(arch, LOGS, "suite", suite, mode=mode, icount=True, timeout=120)
    run.expect(r"BENCH done", timeout=120)
    run.close()
    for name, value in figures(run.text):
        show(name, value)


def guest_bundle(arch, mode, kernel, initrd, command_line):
    return {**system.programs(arch, mode), "guest.kernel": kernel, "guest.initrd": initrd, "guest.cmdline": command_line.encode()}


def guest_exits(arch, mode):
    files = {**system.programs(arch, mode), "guest.kernel": arch.variant(mode) / "tests/guest/testkernel.elf", "guest.cmdline": b"mode=bench"}
    run = booting.start(arch, LOGS, "linux", files, {"guest.memory": "64M"}, mode=mode, icount=True, timeout=120)
    run.expect(r"BENCH done", timeout=120)
    run.close()
    for name, value in figures(run.text):
        show("guest_" + name, value)


def guest_boot(arch, mode):
    """Time that the guest's own clock shows when its first program runs: an instruction is a nanosecond. Native: the same kernel alone."""
    default = payload.ensure(arch)
    hosted = hosted_run(arch, mode, default.kernel, default.initrd, BOOT)
    hosted_seconds = float(hosted.expect(READY.pattern, timeout=300)[1])
    hosted.close()
    native = float(READY.search(native_run(arch, default.kernel, default.initrd, BOOT))[1])
    show("guest_boot", f"{hosted_seconds:.3f}", "s of 10^9 instructions")
    show("native_boot", f"{native:.3f}", "s of 10^9 instructions")
    show("guest_boot_ratio", f"{hosted_seconds / native:.3f}", "times native")


def guest_work(arch, mode):
    """The kernel's ordinary work, as a guest and alone on the machine."""
    default = payload.ensure(arch)
    program = cpio.program("bin/guest_work", (arch.variant(mode) / "tests/bench/guest_work.elf").read_bytes())
    initrd = LOGS / f"guest_work-{arch.name}.cpio.gz"
    initrd.write_bytes(default.initrd.read_bytes() + gzip.compress(cpio.archive([program]), mtime=0))
    hosted = hosted_run(arch, mode, default.kernel, initrd, WORK)
    hosted.expect(r"BENCH done", timeout=300)
    hosted.close()
    native = dict(figures(native_run(arch, default.kernel, initrd, WORK)))
    for name, value in figures(hosted.text):
        show("work_" + name, f"{value:,} / {native[name]:,}", f"instructions, {value / native[name]:.3f} times native")


def hosted_run(arch, mode, kernel, initrd, command_line):
    bundle = guest_bundle(arch, mode, kernel, initrd, f"{HOSTED[arch.name]} {command_line}")
    return booting.start(arch, LOGS, "linux", bundle, {"guest.memory": "256M"}, mode=mode, icount=True, timeout=300)


def native_run(arch, kernel, initrd, command_line):
    """What the same kernel prints that has the machine for itself."""
    command = ["timeout", "300", arch.qemu, *arch.machine, "-cpu", arch.cpu, "-m", "256M", "-display", "none", "-no-reboot", "-icount",
               "shift=0,sleep=off", "-kernel", str(kernel), "-initrd", str(initrd), "-append", f"{NATIVE} {command_line}",
               "-serial", "stdio", "-monitor", "none"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace").stdout


def seconds_to_prompt(arch, mode):
    """Wall time from a finished build to the guest's prompt."""
    default = payload.ensure(arch)
    start = time.monotonic()
    run = booting.start(arch, LOGS, "linux", guest_bundle(arch, mode, default.kernel, default.initrd, arch.command_line), {"guest.memory": "256M"}, mode=mode, timeout=300)
    run.expect(r"guest:/#", timeout=300)
    run.close()
    show("seconds_to_prompt", f"{time.monotonic() - start:.1f}", "s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", default="riscv", choices=tuple(arches.BY_NAME))
    parser.add_argument("--mode", default="release")
    options = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)
    for measure in (kernel_size, native_programs, guest_exits, guest_boot, guest_work, seconds_to_prompt):
        measure(arches.BY_NAME[options.arch], options.mode)


if __name__ == "__main__":
    main()
