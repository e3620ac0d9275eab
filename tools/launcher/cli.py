# SPDX-License-Identifier: BSD-2-Clause
"""The command line."""

import argparse
import os
import sys
from pathlib import Path

from composer import description
from composer import explain as explaining

from . import arches, attack, build, errors, images, machine, paths, payload, requirements, system, testing
from . import trace as tracing
from . import verify as verifying

TRACE = """\
Boots a system with a kernel that records what happens on the processor: system calls, switches, windows, interrupts, faults, signals, guests' exits. Then writes a file
that Perfetto (ui.perfetto.dev) opens, with the processor, the partitions, their threads and their guests as tracks, and prints whose the time was, why guests stopped,
what was called and what interrupted (docs/tracing.md).

The description must allow it: one partition has `trace = true` and `inspect = true`. Where the description has a variant named `trace`, this is the one that is
traced.

examples:
  ./bulkhead trace cockpit                            build/riscv-release/systems/cockpit/trace.json
  ./bulkhead trace linux --after 20000                the guest when it has booted
  ./bulkhead trace my.toml --arch x86_64 --milliseconds 500 -o my.json"""

STATUS = "exit status:\n" + "\n".join(f"  {status:<4} {meaning}" for status, meaning in errors.MEANINGS.items())

MAIN = f"""\
Bulkhead is an L4-style capability separation kernel. `./bulkhead run` is all it takes to see it: it installs what is missing,
builds, fetches a Debian kernel, and leaves you at the shell of a Linux guest that runs beside a native real-time task.

{STATUS}"""

RUN = f"""\
Boots the system of a description (docs/descriptions.md), and leaves you at its console. The system `linux`, which is meant where no
other is named, has one guest beside a critical task. A guest whose description names no kernel is Debian 13's stock kernel for the
architecture (on x86_64 the cloud flavour) with a BusyBox shell, fetched through apt with Debian's signatures checked. --kernel,
--initrd, --append, --memory and --disk take the place of what the description says of its one guest. A guest finds its disk as /dev/vda;
what it writes there lasts while the machine runs, through the guest's reboots, and never reaches the file.

In a terminal, Ctrl-C and all other keys belong to the guest, but for these:
  Ctrl-]   the console server's key: Ctrl-] ? lists what it can do, Ctrl-] 0, 1, ... attach the terminal to another partition
  Ctrl-A x leaves, whatever state the system is in (Ctrl-A Ctrl-A types one Ctrl-A)
Without a terminal nothing is asked: root, CI=true and --yes have missing packages installed at once, anybody else is told what is missing (status
3). When all is there, standard output is the system's own.

examples:
  ./bulkhead run                                      the default guest
  ./bulkhead run hello                                the smallest system
  ./bulkhead run --arch x86_64                        the same on an x86_64 machine
  ./bulkhead run --append 'console=ttyS0 quiet'       with another command line
  ./bulkhead run --append 'console=ttyS0 bulkhead.run="ls /proc; uptime"' </dev/null
                                                      runs commands in the guest, then ends
  ./bulkhead run --kernel Image.gz --initrd my.cpio   your own Linux
  ./bulkhead run --disk data.img                      with a disk: a raw image, such as of a file system
  ./bulkhead run --kernel u-boot --memory 64M         any supervisor-mode ELF file or flat binary
  ./bulkhead run --arch x86_64 --kernel bzImage       a bzImage with the 64-bit entry; vmlinux or another ELF file

{STATUS}"""

TEST = """\
Builds everything, in both modes, and runs all tests: host tests of the portable kernel, the on-target suite, guests, and the launcher's own
errors, as many side by side as there are processors (eight at most). Arguments after the options go to pytest. Logs of every boot are kept in
build/test-logs/. What fails in the whole suite is run once more at the end, if it is little, and named if it passes then.

examples:
  ./bulkhead test                       everything, on both architectures
  ./bulkhead test --arch riscv          without what is only about x86_64
  ./bulkhead test -k endpoint           tests whose name has `endpoint` in it
  ./bulkhead test tests/launcher -x     one folder, stopping at the first failure"""

BUILD = """\
Installs what building needs and builds all of one variant into build/ARCH-MODE/: the kernels, the servers, the programs and
the tests. It is the same as `scons arch=ARCH mode=MODE`, which can also build single files (see `scons -h`); the variant's
compile_commands.json is there for editors.

With the name of a system it checks the description and builds that: build/ARCH-MODE/systems/NAME/bundle.cpio, which boots beside
build/ARCH-MODE/bulkhead.elf as its initrd, and in include/ beside it the headers that name what each program has. The same files give
the same bytes."""

REPORT = """\
Builds a system and writes one HTML page about it, which needs nothing but itself: the memory map to scale, the authority graph, who
can affect whose data with the forbid rules ticked, time (with --trace measured, too), programs and files with their sizes, and the description's text. The same
files give the same bytes.

examples:
  ./bulkhead report linux                             build/riscv-release/systems/linux/report.html
  ./bulkhead report my.toml --arch x86_64 -o my.html
  ./bulkhead report cockpit --trace trace.json        with what was measured (./bulkhead trace cockpit -o trace.json)"""

IMAGE = """\
Makes one file that boots a system (see `./bulkhead run --help`) on a machine without QEMU's help. The same files give the same bytes.

riscv: a Linux Image, which is the kernel with the system's bundle in it. U-Boot starts it by `booti ADDRESS - $fdtcontroladdr`, QEMU by -kernel.
x86_64: an ISO image that GRUB boots on BIOS and on UEFI, from a CD or, written as it is, from a USB stick. It uses the machine's first
serial line as its console, 115200 baud.

examples:
  ./bulkhead image hello                              build/riscv-release/systems/hello/hello.image
  ./bulkhead image --arch x86_64                      build/x86_64-release/systems/linux/linux.iso
  ./bulkhead image --iso -o my.iso --kernel bzImage --initrd my.cpio"""

EXPLAIN = """\
Says whether partition A of a system can affect partition B: B's data, and by which chain of channels, memory and servers; and B's time, by
whom and for how long. Nothing is built or booted: the answer is that of the description, which says all that can be
reached. The first sentence is about data, the second about time; a third says how A can end the machine, where it can.

examples:
  ./bulkhead explain linux guest control
  ./bulkhead explain linux demo guest"""

VERIFY = """\
Boots a system beside a program that reads all capabilities and page tables of the running machine, and compares them with the
description: which capabilities each program, guest and server holds, with which rights and badges, and which memory each maps where.
They are equal, or each difference is told in the description's names.

The description must allow it: one partition has `inspect = true` (docs/descriptions.md, "Verifying"). Where the description has a
variant named `verify`, this is the one that is verified.

examples:
  ./bulkhead verify cockpit
  ./bulkhead verify my.toml --arch x86_64 --mode debug"""

BREAK = """\
Boots a system whose last guest attacks the others: it keeps the processor in a loop with interrupts off, floods its VMM with hypercalls, raises
page faults without end, and writes to its console as fast as it can, five seconds each, over and over. Each second of the machine's time a line
tells by how many instructions the critical task (program `control`) woke late at most, beside the bound that holds whatever anybody does: with a
schedule table the pad of its window and 2,000 instructions, without one 6,000. It ends with 0 if the task was never later and missed no period,
else with 20.

Time is counted in executed instructions of 8 ns each, so the figures do not depend on this computer.

examples:
  ./bulkhead break cockpit
  ./bulkhead break linux --seconds 10 --arch x86_64"""

NO_ISO = """\
an ISO image is offered for x86_64 only: GRUB and UEFI from a CD are not how RISC-V machines boot. Without --iso the image is one that their
boot loader U-Boot takes"""

DEFAULT_SYSTEM = "linux"
NUMBER_MOST = 10**9  # of seconds, say, whose nanoseconds a wait counts in 64 bits


def size(text):
    try:
        return images.parse_memory(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def positive(text):
    if not text.isdecimal() or not 1 <= int(text) <= NUMBER_MOST:
        raise argparse.ArgumentTypeError(f"'{text}' is no positive number of at most {NUMBER_MOST}")
    return int(text)


def add_common(parser, mode, arch, which=None):
    """The options of every command. ARCH is the default; with None a command is about both architectures, or about what WHICH says. Without a MODE a
    command is about both modes, or none."""
    parser.add_argument("--arch", choices=tuple(arches.BY_NAME), default=arch,
                        help=which or ("architecture (default: %(default)s)" if arch else "one architecture (default: both)"))
    if mode:
        parser.add_argument("--mode", choices=("debug", "release"), default=mode,
                            help="debug checks the kernel's invariants at every exit (default: %(default)s)")
    parser.add_argument("--yes", action="store_true", help="install what is missing without asking")


def add_mirror(parser):
    parser.add_argument("--mirror", metavar="URL", help="Debian mirror to fetch guests from (default: this machine's own)")


def add_guest(parser):
    """The options that take the place of what the description says of its guest."""
    formats = "; ".join(f"{arch.name}: {arch.kernel_formats}" for arch in arches.ALL)
    parser.add_argument("--kernel", type=Path, metavar="F", help=f"guest kernel, perhaps gzip'd ({formats})")
    parser.add_argument("--initrd", type=Path, metavar="F", help="guest initrd (with --kernel: none unless given)")
    lines = "; ".join(f"{arch.name}: {arch.command_line}" for arch in arches.ALL)
    parser.add_argument("--append", metavar="S", help=f"guest's command line (default for {lines})")
    parser.add_argument("--disk", type=Path, metavar="F", help="guest's disk: a raw image, whose file is only read (see docs/descriptions.md)")
    least = ", ".join(f"{arch.linux_least // images.MIB}M on {arch.name}" for arch in arches.ALL)
    parser.add_argument("--memory", type=size, metavar="SIZE", help=f"guest's memory, a multiple of 2M (Debian's kernel needs {least})")
    add_mirror(parser)


def add_system(parser, default):
    """Which system a command is about."""
    known = ", ".join(sorted(path.stem for path in system.DESCRIPTIONS.glob("*.toml")))
    parser.add_argument("system", nargs="?", default=default, metavar="NAME",
                        help=f"system: {known}, or the path of a description (*.toml)" + (f" (default: {default})" if default else ""))
    parser.add_argument("--variant", metavar="V", help="with those partitions that the description keeps for this variant")


def add_run(parser):
    """The options of `run` alone."""
    parser.add_argument("--machine-memory", type=size, metavar="SIZE", help="the machine's memory (default: what is needed)")
    parser.add_argument("--smp", type=positive, default=1, metavar="N", help="the machine's processors, of which Bulkhead uses one (default: 1)")
    parser.add_argument("--icount", action="store_true", help="deterministic: time is counted in executed instructions")
    parser.add_argument("--timeout", type=positive, metavar="S", help="end the machine after so many seconds")


def add_trace(parser):
    """The options of `trace` alone."""
    parser.add_argument("--milliseconds", type=positive, default=tracing.MILLISECONDS, metavar="N", help="how long (default: %(default)s)")
    parser.add_argument("--after", type=positive, default=tracing.AFTER, metavar="N", help="milliseconds to wait before, from when the tracer runs (default: %(default)s)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: build/ARCH-MODE/systems/NAME/trace.json)")
    parser.add_argument("--icount", action="store_true", help="deterministic: time is counted in executed instructions")
    parser.add_argument("--timeout", type=positive, default=tracing.TIMEOUT, metavar="S", help="seconds until there must be a result (default: %(default)s)")


def add_explain(parser):
    parser.add_argument("system", metavar="NAME", help="system, or the path of a description (*.toml)")
    parser.add_argument("source", metavar="A", help="the partition or server that may affect ...")
    parser.add_argument("target", metavar="B", help="... this one")
    parser.add_argument("--variant", metavar="V", help="with those partitions that the description keeps for this variant")
    parser.add_argument("--arch", choices=tuple(arches.BY_NAME), default="riscv", help="architecture (default: %(default)s)")


def make_parser():
    parser = argparse.ArgumentParser(prog="bulkhead", description=MAIN, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def bare(name, summary, text, action):
        sub = commands.add_parser(name, help=summary, description=text, allow_abbrev=False,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        sub.set_defaults(action=action)
        return sub

    def command(name, summary, text, action, mode, arch, **more):
        sub = bare(name, summary, text, action)
        add_common(sub, mode, arch, **more)
        return sub

    run_parser = command("run", "boot a system: without a name, Linux beside a critical task", RUN, run, "release", "riscv")
    add_system(run_parser, DEFAULT_SYSTEM)
    add_guest(run_parser)
    add_run(run_parser)
    image_parser = command("image", "make an image that boots without QEMU's help", IMAGE, image, "release", None,
                           which="architecture (default: riscv; with --iso x86_64)")
    add_system(image_parser, DEFAULT_SYSTEM)
    image_parser.add_argument("--iso", action="store_true", help="an ISO image for BIOS and UEFI, which is what x86_64 gets anyway")
    image_parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: build/ARCH-MODE/systems/NAME/NAME.image or .iso)")
    add_guest(image_parser)
    build_parser = command("build", "build one variant of everything, or one system", BUILD, build_all, "debug", "riscv")
    add_system(build_parser, None)
    add_guest(build_parser)
    report_parser = command("report", "write a page about a system: memory, authority, flow, time, sizes", REPORT, report, "release", "riscv")
    add_system(report_parser, DEFAULT_SYSTEM)
    report_parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: build/ARCH-MODE/systems/NAME/report.html)")
    report_parser.add_argument("--trace", type=Path, metavar="FILE", help="with what a file of `./bulkhead trace` has measured of it")
    add_mirror(report_parser)
    add_explain(bare("explain", "tell whether one partition can affect another", EXPLAIN, explain))
    verify_parser = command("verify", "compare what a running system holds with its description", VERIFY, verify, "release", "riscv")
    add_system(verify_parser, DEFAULT_SYSTEM)
    verify_parser.add_argument("--timeout", type=positive, default=verifying.TIMEOUT, metavar="S", help="seconds until there must be a result (default: %(default)s)")
    add_mirror(verify_parser)
    trace_parser = command("trace", "record what happens on a running system, for Perfetto and in figures", TRACE, trace, "release", "riscv")
    add_system(trace_parser, DEFAULT_SYSTEM)
    add_trace(trace_parser)
    add_mirror(trace_parser)
    break_parser = command("break", "attack a system and show that its critical task does not notice", BREAK, break_system, "release", "riscv")
    add_system(break_parser, "cockpit")
    break_parser.add_argument("--seconds", type=positive, default=30, metavar="N", help="how long, of the machine's time (default: %(default)s)")
    add_mirror(break_parser)
    add_mirror(command("test", "build and run the tests", TEST, test, None, None))
    add_mirror(command("bench", "measure, in executed instructions", "Runs tests/bench, which prints the figures of "
                       "docs/benchmarks.md.", bench, "release", "riscv"))
    add_mirror(command("setup", "install what is missing and fetch the guests, no more",
                       "Installs what building, running and testing need, and fetches the guests' kernels.", setup, None, None))
    return parser


def parse(arguments):
    parser = make_parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "test":
        parser.error("unrecognized arguments: " + " ".join(rest))
    options.rest = [argument for argument in rest if argument != "--"]
    options.arches = [arches.BY_NAME[options.arch]] if options.arch else list(arches.ALL)
    return options


def described(arch, options):
    """The System that the options ask for. Its guests' files are checked as far as they are the user's."""
    made = system.describe(arch, options.system, options.variant, memory=options.memory, kernel=options.kernel, initrd=options.initrd,
                           command_line=options.append, disk=options.disk)
    system.check_files(arch, made)
    return made


def banner(made):
    print(f"Bulkhead: booting the system '{made.name}'.\n"
          "  leave:           Ctrl-A x" + (", or `poweroff` in the guest" if system.guests(made) else "") + "\n"
          "  other consoles:  Ctrl-] and a number; Ctrl-] ? lists them", flush=True)
    if made.name == DEFAULT_SYSTEM:
        print("  try:             crash the guest (echo c > /proc/sysrq-trigger) and watch the control task not notice\n", flush=True)


def run(options):
    arch, = options.arches
    made = described(arch, options)
    requirements.ensure(arch.needs.build + arch.needs.machine, options.yes)
    guests = system.load_guests(arch, made, options.yes, options.mirror)
    build.build(arch, options.mode, [system.TARGET])
    if machine.is_interactive():
        banner(made)
    booted = system.make_machine(arch, options.mode, made, guests, options.machine_memory, smp=options.smp, icount=options.icount)
    status = machine.run(booted, options.timeout, system.fault_lines(arch, options.mode, made).feed)
    if status != errors.OK:
        print(f"bulkhead: {errors.MEANINGS[status]}", file=sys.stderr)
    return status


def image(options):
    arch = arches.BY_NAME[options.arch or ("x86_64" if options.iso else "riscv")]
    if options.iso and arch is not arches.X86_64:
        raise errors.LauncherError(errors.USAGE, NO_ISO)
    made = described(arch, options)
    requirements.ensure(arch.needs.build + arch.needs.image, options.yes)
    guests = system.load_guests(arch, made, options.yes, options.mirror)
    build.build(arch, options.mode, [system.TARGET])
    print(f"made {system.write_image(arch, options.mode, made, guests, options.output)}")
    return errors.OK


def build_all(options):
    arch, = options.arches
    if options.system:
        return build_system(arch, options)
    requirements.ensure(arch.needs.build + requirements.NATIVE, options.yes)
    build.build(arch, options.mode, quiet=False)
    print(f"built {arch.variant(options.mode).relative_to(paths.TOP)}/")
    return errors.OK


def build_system(arch, options):
    made = described(arch, options)
    requirements.ensure(arch.needs.build, options.yes)
    guests = system.load_guests(arch, made, options.yes, options.mirror)
    build.build(arch, options.mode, [system.TARGET])
    print(f"built {system.write_bundle(arch, options.mode, made, guests, person=True).relative_to(paths.TOP)}")
    return errors.OK


def report(options):
    arch, = options.arches
    made = system.describe(arch, options.system, options.variant)
    system.check_files(arch, made)
    measured = tracing.read_file(options.trace, made) if options.trace else None
    requirements.ensure(arch.needs.build, options.yes)
    guests = system.load_guests(arch, made, options.yes, options.mirror)
    build.build(arch, options.mode, [system.TARGET])
    output = options.output or arch.variant(options.mode) / "systems" / made.name / "report.html"
    page = system.make_report(arch, options.mode, made, description.read_text(system.find(options.system)), guests, measured)
    write(output, page)
    print(f"wrote {output}")
    return errors.OK


def write(path, page):
    """Writes a file where the user wants it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise errors.LauncherError(errors.USAGE, f"cannot write {path}: {error.strerror}") from error


def explain(options):
    arch, = options.arches
    print(explaining.explain(system.describe(arch, options.system, options.variant), options.source, options.target))
    return errors.OK


def verify(options):
    arch, = options.arches
    made = verifying.described(arch, options.system, options.variant)
    system.check_files(arch, made)
    requirements.ensure(arch.needs.build + arch.needs.machine, options.yes)
    guests = system.load_guests(arch, made, options.yes, options.mirror)
    build.build(arch, options.mode, [system.TARGET])
    differences = verifying.verify(arch, options.mode, made, guests, options.timeout)
    for difference in differences:
        print(difference)
    if differences:
        print(f"the running system '{made.name}' differs from its description ({len(differences)} difference{'s' * (len(differences) > 1)})")
        return errors.DIFFERENT
    print(f"the running system '{made.name}' is as described: all capabilities and mappings are equal")
    return errors.OK


def trace(options):
    arch, = options.arches
    made = tracing.described(arch, options.system, options.variant, options.milliseconds, options.after)
    system.check_files(arch, made)
    requirements.ensure(arch.needs.build + arch.needs.machine, options.yes)
    guests = system.load_guests(arch, made, options.yes, options.mirror)
    build.build(arch, options.mode, [system.TARGET])
    traced = tracing.trace(arch, options.mode, made, guests, options.timeout, options.icount)
    output = options.output or arch.variant(options.mode) / "systems" / made.name / "trace.json"
    write(output, traced.file())
    print(traced.summary.text())
    print(f"\nwrote {output}; open it at https://ui.perfetto.dev")
    return errors.OK


def break_system(options):
    arch, = options.arches
    made = system.describe(arch, options.system, options.variant)
    attack.choose(made)
    requirements.ensure(arch.needs.build + arch.needs.machine, options.yes)
    build.build(arch, options.mode, [system.TARGET, attack.TARGET])
    made = attack.turned(made, arch.variant(options.mode) / attack.KERNEL)
    guests = system.load_guests(arch, made, options.yes, options.mirror)
    if not attack.attack(arch, options.mode, made, guests, options.seconds):
        print("the critical task was later than its bound, or missed a period")
        return errors.SYSTEM_FAILED
    print("the critical task was never later than its bound and missed nothing")
    return errors.OK


def prepare(options):
    """Has everything installed that building, running and testing need. Returns the default guests."""
    needed = dict.fromkeys(need for arch in options.arches for need in requirements.everything(arch.needs))
    requirements.ensure(list(needed), options.yes)
    return [payload.ensure_all(arch, options.yes, options.mirror) for arch in options.arches]


def setup(options):
    kernels = [guest.kernel.relative_to(paths.TOP) for guest in prepare(options)]
    print("all is there; default guests: " + ", ".join(map(str, kernels)))
    return errors.OK


def test(options):
    prepare(options)
    for arch in options.arches:
        build.build(arch, "debug")
        build.build(arch, "release")
    return testing.run_tests(options.arch, options.rest)


def bench(options):
    arch, = options.arches
    prepare(options)
    build.build(arch, options.mode)
    return testing.run_benchmarks(arch, options.mode)


def act(arguments):
    """Does what ARGUMENTS ask for, and has all output written while a failure of that can be told."""
    try:
        options = parse(arguments)
        return options.action(options)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def drop(*streams):
    """Has nothing come of what STREAMS still hold: Python would try to write it at the end, and fail again."""
    with open(os.devnull, "wb") as nowhere:
        for stream in streams:
            os.dup2(nowhere.fileno(), stream.fileno())


def fail(status, message):
    """STATUS, whose MESSAGE is told where anybody listens."""
    try:
        print(f"bulkhead: {message}", file=sys.stderr, flush=True)
    except OSError:
        drop(sys.stderr)
    return status


def main(arguments):
    """The launcher's exit status for ARGUMENTS."""
    try:
        return act(arguments)
    except errors.LauncherError as error:
        return fail(error.status, error)
    except KeyboardInterrupt:
        return fail(errors.INTERRUPTED, "interrupted")
    except BrokenPipeError:
        drop(sys.stdout, sys.stderr)
        return errors.BROKEN_PIPE
    except MemoryError:
        return fail(errors.SETUP, "this computer's memory does not suffice; right would be smaller files, or more memory")
    except OSError as error:
        drop(sys.stdout)
        return fail(errors.SETUP, f"cannot go on: {error.filename}: {error.strerror}" if error.filename else f"cannot go on: {error.strerror or error}")
