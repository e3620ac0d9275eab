# SPDX-License-Identifier: BSD-2-Clause
"""The tables of a description and their keys: the parser reads by them, and docs/description.schema.json is made of them."""

from dataclasses import dataclass

from . import health, limits, port_memory
from .model import CONSOLE, GUEST, MONITOR, NATIVE, OLDEST, PORTS, REFUSE
from .values import (GIB, KIB, MIB, MS, PAGE, S, Bytes, Choice, Command, FileName, Listing, Name, Number, Ports, Registers, Size, Tables, Text, Time, Truth,
                     Word)


@dataclass(frozen=True)
class Key:
    """KINDS are the kinds of partitions that can have it; FIXED: the same on all architectures."""
    name: str
    type: object
    meaning: str
    required: bool = False
    kinds: tuple = (NATIVE, GUEST)
    fixed: bool = False


NATIVE_ONLY, GUEST_ONLY = (NATIVE,), (GUEST,)
CHUNK = Size(64 * KIB, 128 * GIB, power_of_two=True)
KERNEL_CHUNK = Size(64 * KIB, GIB, power_of_two=True)
STACK = Size(PAGE, limits.STACK_MOST, multiple=PAGE)
CHANNEL_MEMORY = Size(PAGE, 16 * MIB, multiple=PAGE)
GUEST_MEMORY = Size(2 * MIB, 128 * GIB, multiple=2 * MIB)
PRIORITY = Number(1, 255)
PERIOD = Time(limits.BUDGET_LEAST, limits.PERIOD_MOST)
CONSOLE_WORDS = (True, False, "attached")

TIME = (
    Key("priority", PRIORITY, "1 to 255; 255 runs before all others"),
    Key("budget", PERIOD, "at most so much processor time in each period; the period's length: limited by priority alone"),
    Key("period", PERIOD, "how often the budget comes back"),
)

SYSTEM = (Key("memory", Size(16 * MIB, 1024 * GIB, multiple=MIB), "of the machine: all must fit into it"),
          Key("watchdog", Time(5 * S, 600 * S), "the machine's own watchdog, where it has one, resets it when the monitor has been silent for so long"))

PARTITION = (
    Key("kind", Choice((NATIVE, GUEST)), "a native program, or an operating system with a VMM of its own", fixed=True),
    Key("program", FileName(), "one of the build's by its name, or the path of an ELF file from the description's folder on"),
    Key("arguments", Listing(Word()), "of the program"),
    Key("memory", CHUNK, "of a native program, for itself, its stack and heap: a power of two; of a guest: a multiple of 2M"),
    Key("vmm_memory", CHUNK, "of a guest's VMM", kinds=GUEST_ONLY),
    Key("kernel_memory", KERNEL_CHUNK, "for kernel objects"),
    Key("capabilities", Number(32, 65536, power_of_two=True), "slots of the program's cnode"),
    Key("stack", STACK, "size of the stack"),
    Key("heap", Size(0, 64 * GIB, multiple=PAGE), "size of the heap"),
    Key("demand", Size(PAGE, limits.DEMAND_MOST, multiple=PAGE), "memory comes on demand, from a pager of the partition's own, up to this size",
        kinds=NATIVE_ONLY),
    Key("priority", PRIORITY, "1 to 255; 255 runs before all others", required=True),
    *TIME[1:],
    Key("processor", Number(0, 0), "0, until there are more"),
    Key("timer", Truth(), "has a timer and the notification that it signals", kinds=NATIVE_ONLY),
    Key("untyped", Truth(), "three quarters of its kernel memory are the program's own, to make objects of", kinds=NATIVE_ONLY),
    Key("console", Choice(CONSOLE_WORDS), "whether it has a console; attached: it has the terminal at start"),
    Key("on_fault", Choice(("stop", "restart", "halt")), "it stays down, it is restarted, or the machine ends"),
    Key("restart_limit", Number(1, 1000000), "restarts after failures, at most"),
    Key("restart_window", Time(MS, limits.PERIOD_MOST), "the time in which there may be so many restarts; without it all count, for ever"),
    Key("keep", Size(PAGE, 16 * MIB, multiple=PAGE), "memory that stays as it is when the partition is restarted after a failure", kinds=NATIVE_ONLY),
    Key("escalate", Choice((health.STOP, health.HALT)), "what follows instead of a restart that is one too many"),
    Key("watchdog", Time(10 * MS, limits.PERIOD_MOST), "so long the partition may be silent"),
    Key("watchdog_start", Time(10 * MS, limits.PERIOD_MOST), "so long it may be silent before its first sign of life since it was started"),
    Key("monitor", Listing(Command()), "what it may have the monitor tell or do: commands, each about all partitions or, as COMMAND:NAME, about one",
        kinds=NATIVE_ONLY),
    Key("schedules", Listing(Name()), "schedule tables that its program may have the processor follow", kinds=NATIVE_ONLY),
    Key("test_control", Truth(), "may end the machine with a status and suspend another partition: for tests", kinds=NATIVE_ONLY),
    Key("inspect", Truth(), "may look at all capabilities and mappings of the machine (not at what memory holds)", kinds=NATIVE_ONLY),
    Key("trace", Truth(), "may have a kernel that traces record what happens on the processor, and read it (not what messages or memory hold)", kinds=NATIVE_ONLY),
    Key("kernel", FileName(), "the guest's kernel: a path from the description's folder on", kinds=GUEST_ONLY),
    Key("initrd", FileName(), "the guest's initrd: a path from the description's folder on", kinds=GUEST_ONLY),
    Key("disk", FileName(), "the guest's disk: a path of a raw image from the description's folder on", kinds=GUEST_ONLY),
    Key("disk_read_only", Truth(), "the guest cannot write its disk", kinds=GUEST_ONLY),
    Key("command_line", Text(limits.COMMAND_LINE), "of the guest's kernel", kinds=GUEST_ONLY),
    Key("variant", Name(), "part of the system only where this variant is asked for", fixed=True),
)

# The rows of a partition's table `health`.
HEALTH = tuple(Key(event, health.Action(event), meaning, fixed=True, kinds=(NATIVE, GUEST) if kind is None else (kind,))
               for event, (kind, meaning) in health.EVENTS.items())

SERVER = (
    *TIME,
    Key("memory", CHUNK, "for the program, its stack and heap"),
    Key("kernel_memory", KERNEL_CHUNK, "for kernel objects"),
    Key("arguments", Listing(Word()), "of the program"),
    Key("restart_limit", Number(1, 1000000), "of the console: restarts after failures, at most"),
)

ANY_TIME = Key("interrupt_any_time", Truth(), "its interrupt comes outside its owner's windows of the schedule table, too")

SERVERS = {MONITOR: SERVER, CONSOLE: (*SERVER, ANY_TIME)}

CHANNEL = (
    Key("name", Name(), "by which both ends find it", required=True),
    Key("kind", Choice(("call", "signal", "memory", *PORTS)), "what passes", required=True),
    Key("from", Name(), "the partition that calls, signals, writes or sends", required=True),
    Key("to", Name(), "the partition that serves, waits, reads or receives; native, but of ports", required=True),
    Key("size", Bytes(1, port_memory.SIZE_MOST), "of memory, in whole pages; of a port's messages, at most"),
    Key("two_way", Truth(), "both ends write the memory"),
    Key("slot", Number(1, 15), "by which a guest reaches it"),
    Key("refresh", PERIOD, "of a sampling port: how long a value is valid"),
    Key("depth", Number(1, port_memory.DEPTH_MOST), "of a queuing port: messages that it holds"),
    Key("overflow", Choice((REFUSE, OLDEST)), "of a queuing port that is full: it takes no more, or gives up the oldest message"),
)

DEVICE = (
    Key("owner", Name(), "the native partition that drives it", required=True, fixed=True),
    Key("registers", Registers(), "physical address and size, in whole pages"),
    Key("ports", Ports(), "first port and number of ports (x86_64)"),
    Key("interrupt", Number(0, 1023), "the line"),
    ANY_TIME,
    Key("dma", Truth(), "whether it can read and write memory by itself; of devices that the composer does not know: true"),
)

WINDOW = (
    Key("partition", Name(), "the partition or server that has the processor", required=True),
    Key("at", Time(0, limits.PERIOD_MOST), "its start, counted from that of the frame", required=True),
    Key("length", Time(limits.BUDGET_LEAST, limits.PERIOD_MOST), "of the window, with the pad", required=True),
)

SCHEDULE = (
    Key("frame", Time(limits.BUDGET_LEAST, limits.PERIOD_MOST), "the major frame: after it the windows begin anew", required=True),
    Key("windows", Tables(WINDOW), "who has the processor when; between windows nobody has it", required=True),
    Key("pad", Time(0, limits.PERIOD_MOST), "of each window, before its partition is let in: what the switch before costs cannot be told from it"),
    Key("slack", Name(), "the partition that has what windows leave; none: it is idle"),
)

FORBID = (
    Key("from", Name(), "must not influence", required=True),
    Key("to", Name(), "the partition that must not be influenced", required=True),
    Key("trust", Listing(Name()), "partitions and servers that keep apart what passes through them"),
)

# Of a partition, by kind.
GUEST_DEFAULTS = {"memory": 256 * MIB, "vmm_memory": 2 * MIB, "stack": 32 * KIB, "heap": 256 * KIB}
GUEST_SLOTS = 2048
NATIVE_DEFAULTS = {"memory": 512 * KIB, "kernel_memory": 256 * KIB, "capabilities": 128, "stack": 16 * KIB, "heap": 32 * KIB}
DEMAND_DEFAULTS = {**NATIVE_DEFAULTS, "memory": 2 * MIB, "kernel_memory": MIB, "stack": 64 * KIB, "heap": 16 * MIB}
GUEST_WATCHDOG_START = 60 * S  # at least, so that its system has time to start
WHOLE = 10 * MS  # budget and period of what its priority alone limits
RESTART_LIMIT = 8
UNTYPED_KERNEL_MEMORY = 512 * KIB  # three quarters of it are the program's own

MONITOR_DEFAULTS = {"priority": 200, "budget": 3 * MS, "period": 10 * MS, "memory": 4 * MIB, "kernel_memory": 4 * MIB, "capabilities": 16384,
                    "stack": 32 * KIB, "heap": 256 * KIB, "on_fault": "halt", "timer": False, "console": True}
CONSOLE_DEFAULTS = {"priority": 150, "budget": 3 * MS, "period": 10 * MS, "memory": 512 * KIB, "kernel_memory": 256 * KIB, "capabilities": 128,
                    "stack": 16 * KIB, "heap": 32 * KIB, "on_fault": "restart", "keep": PAGE, "timer": True, "console": False}


def guest_capabilities(memory):
    """Of a guest's VMM: more than usual where the guest's memory needs more."""
    return max(GUEST_SLOTS, 1 << (limits.guest_slots(memory) - 1).bit_length())


def guest_kernel_memory(slots):
    """So that the table of the VMM's capabilities takes an eighth."""
    return 8 * limits.SLOT_BYTES * slots
