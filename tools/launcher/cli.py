# SPDX-License-Identifier: BSD-2-Clause
"""The command line."""

import argparse
import sys
from pathlib import Path

from . import build, errors, images, machine, paths, payload, requirements, system, testing

STATUS = "exit status:\n" + "\n".join(f"  {status:<4} {meaning}" for status, meaning in errors.MEANINGS.items())

MAIN = f"""\
Bulkhead is an L4-style capability separation kernel. `./bulkhead run` is all it takes to see it: it installs what is missing,
builds, fetches a Debian kernel, and leaves you at the shell of a Linux guest that runs beside a native real-time task.

{STATUS}"""

RUN = f"""\
Boots the system with one guest and leaves you at its console. Without --kernel the guest is Debian 13's stock riscv64 kernel
with a BusyBox shell, fetched through apt with Debian's signatures checked.

In a terminal, Ctrl-C and all other keys belong to the guest, but for these:
  Ctrl-]   the console server's key: Ctrl-] ? lists what it can do, Ctrl-] 0, 1, ... attach the terminal to another partition
  Ctrl-A x leaves, whatever state the system is in (Ctrl-A Ctrl-A types one Ctrl-A)
Without a terminal nothing is asked and nothing but the system's own output is printed.

examples:
  ./bulkhead run                                      the default guest
  ./bulkhead run --append 'console=ttyS0 quiet'       with another command line
  ./bulkhead run --append 'console=ttyS0 bulkhead.run="ls /proc; uptime"' </dev/null
                                                      runs commands in the guest, then ends
  ./bulkhead run --kernel Image.gz --initrd my.cpio   your own Linux
  ./bulkhead run --kernel u-boot --memory 64M         any supervisor-mode ELF file or flat binary

{STATUS}"""

TEST = """\
Builds everything and runs all tests: host tests of the portable kernel, the on-target suite, guests, and the launcher's own
errors. Arguments after the options go to pytest. Logs of every boot are kept in build/test-logs/.

examples:
  ./bulkhead test                       everything
  ./bulkhead test -k endpoint           tests whose name has `endpoint` in it
  ./bulkhead test tests/launcher -x     one folder, stopping at the first failure"""

BUILD = """\
Installs what building needs and builds all of one variant into build/riscv-MODE/: the kernels, the servers, the programs and
the tests. It is the same as `scons arch=riscv mode=MODE`, which can also build single files (see `scons -h`); the variant's
compile_commands.json is there for editors."""

DEFAULT_MEMORY = "256M"


def size(text):
    try:
        return images.parse_memory(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no positive number")
    return int(text)


def add_common(parser, mode):
    parser.add_argument("--mode", choices=("debug", "release"), default=mode,
                        help="debug checks the kernel's invariants at every exit (default: %(default)s)")
    parser.add_argument("--yes", action="store_true", help="install what is missing without asking")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bulkhead", description=MAIN, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, summary, text, action, mode):
        sub = commands.add_parser(name, help=summary, description=text, allow_abbrev=False,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        sub.set_defaults(action=action)
        add_common(sub, mode)
        return sub

    run_parser = command("run", "boot the system with a Linux guest", RUN, run, "release")
    run_parser.add_argument("--kernel", type=Path, metavar="F", help="guest kernel: Linux Image, ELF or flat binary, perhaps gzip'd")
    run_parser.add_argument("--initrd", type=Path, metavar="F", help="guest initrd (with --kernel: none unless given)")
    run_parser.add_argument("--append", metavar="S", default=payload.COMMAND_LINE, help="guest's command line (default: %(default)s)")
    run_parser.add_argument("--memory", type=size, metavar="SIZE", default=size(DEFAULT_MEMORY),
                            help=f"guest's memory, a multiple of 2M (default: {DEFAULT_MEMORY}; Debian's kernel needs 80M)")
    run_parser.add_argument("--machine-memory", type=size, metavar="SIZE", help="the machine's memory (default: what is needed)")
    run_parser.add_argument("--smp", type=positive, default=1, metavar="N", help="the machine's processors (default: 1)")
    run_parser.add_argument("--icount", action="store_true", help="deterministic: time is counted in executed instructions")
    run_parser.add_argument("--timeout", type=positive, metavar="S", help="end the machine after so many seconds")
    run_parser.add_argument("--mirror", metavar="URL", help="Debian mirror to fetch the guest from (default: this machine's own)")

    command("build", "build one variant", BUILD, build_all, "debug")
    test_parser = command("test", "build and run the tests", TEST, test, "debug")
    test_parser.add_argument("--mirror", metavar="URL", help="Debian mirror to fetch the guest from (default: this machine's own)")
    bench_parser = command("bench", "measure, in executed instructions", "Runs tests/bench, which prints the figures of "
                           "docs/benchmarks.md. Arguments after the options go to it.", bench, "release")
    setup_parser = command("setup", "install what is missing and fetch the guest, no more",
                           "Installs what building, running and testing need, and fetches the default guest.", setup, "release")
    for sub in (bench_parser, setup_parser):
        sub.add_argument("--mirror", metavar="URL", help="Debian mirror to fetch the guest from (default: this machine's own)")

    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in ("test", "bench"):
        parser.error("unrecognized arguments: " + " ".join(rest))
    options.rest = [argument for argument in rest if argument != "--"]
    return options


def choose_guest(options):
    """The guest's files: the user's, or the default ones (whose kernel takes the user's initrd, too)."""
    kernel, initrd = options.kernel, options.initrd
    if not kernel:
        default = payload.ensure(options.yes, options.mirror)
        kernel, initrd = default.kernel, initrd or default.initrd
        if options.memory < images.LINUX_LEAST:
            print(f"warning: --memory {options.memory // images.MIB}M: Debian's kernel does not start with less than "
                  f"{images.LINUX_LEAST // images.MIB}M", file=sys.stderr, flush=True)
    return system.load_guest(kernel, initrd, options.append, options.memory)


def banner():
    print("Bulkhead: booting a Linux guest beside the native control task.\n"
          "  leave:           Ctrl-A x, or `poweroff` in the guest\n"
          "  other consoles:  Ctrl-] and a number; Ctrl-] ? lists them\n"
          "  try:             crash the guest (echo c > /proc/sysrq-trigger) and watch the control task not notice\n", flush=True)


def run(options):
    # The user's own files are checked first: an error in them should not wait for an installation and a build.
    if options.kernel:
        system.load_guest(options.kernel, options.initrd, options.append, options.memory)
    elif options.initrd:
        images.check_initrd(images.read(options.initrd), options.initrd)
    requirements.ensure(requirements.BUILD + requirements.MACHINE, options.yes)
    guest = choose_guest(options)
    build.build(options.mode, [system.TARGET])
    if machine.is_interactive():
        banner()
    made = system.linux_machine(options.mode, guest, options.machine_memory, smp=options.smp, icount=options.icount)
    status = machine.run(made, options.timeout)
    if status != errors.OK:
        print(f"bulkhead: {errors.MEANINGS[status]}", file=sys.stderr)
    return status


def build_all(options):
    requirements.ensure(requirements.BUILD + requirements.NATIVE, options.yes)
    build.build(options.mode, quiet=False)
    print(f"built {paths.variant(options.mode).relative_to(paths.TOP)}/")
    return errors.OK


def prepare(options):
    """Has everything installed that building, running and testing need. Returns the default guest."""
    requirements.ensure(requirements.ALL, options.yes)
    return payload.ensure(options.yes, options.mirror)


def setup(options):
    print(f"all is there; the default guest is {prepare(options).kernel.relative_to(paths.TOP)}")
    return errors.OK


def test(options):
    prepare(options)
    build.build("debug")
    build.build("release")
    return testing.run_pytest(options.rest)


def bench(options):
    prepare(options)
    build.build(options.mode)
    return testing.run_benchmarks(options.mode, options.rest)


def main(arguments):
    """The launcher's exit status for ARGUMENTS."""
    try:
        options = parse(arguments)
        return options.action(options)
    except errors.LauncherError as error:
        print(f"bulkhead: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        print("bulkhead: interrupted", file=sys.stderr)
        return errors.INTERRUPTED
