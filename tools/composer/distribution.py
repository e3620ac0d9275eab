# SPDX-License-Identifier: BSD-2-Clause
"""
Which capabilities and mappings each program of a system must have, from its description: what init, monitor, pagers and VMMs are to make of it.
It is written down here once more, and not taken from them, so that a comparison with a running machine finds their mistakes.

What exists has a *name*: a tuple of its kind and of whose it is, as ("notification", "sensor").
"""

import struct
from dataclasses import dataclass

from launcher import images

from . import health, limits
from .inspection import EXECUTE, GRANT, READ, WRITE
from .model import CONSOLE, GUEST, MONITOR
from .values import GIB, PAGE

# Where things lie in the space of a program: servers/include/servers/layout.h.
STARTUP, BUFFER, STACK_TOP, SHARED, HEAP = 0x10000000, 0x10002000, 0x20000000, 0x30000000, 0x40000000
DISK, FREE, BUNDLE = 0x1800000000, 0x2000000000, 0x800000000

# Badges of the monitor's endpoint: 1 + partition * ROLES + role (servers/monitor/monitor.h). Of a pager's: servers/include/servers/pager.h.
ROLES = 4
PROGRAM_FAULT, PAGER_FAULT, PROGRAM, PAGER = range(ROLES)
PAGER_BADGE_FAULT, PAGER_BADGE_CALL = 1, 2

# Bits of the console's notification: servers/include/servers/console.h.
CONSOLE_IRQ, CONSOLE_TIMER = 32, 33
CONSOLE_WAIT_SERVER, CONSOLE_WAIT_CLIENT = 1, 2  # badges of a client's notification

PAGER_STACK, PAGER_SLOTS = 4 * PAGE, 2048  # servers/monitor/build_pager.c
OBJECT_MEMORY, USER_MEMORY = 0, 1
ALL = READ | WRITE | GRANT
MSIX = 0xC0000000  # of an x86_64 guest: its memory from 0 on once more (servers/vmm/arch/x86_64/layout.h)
GUEST_BASE = {"riscv": 0x80000000, "x86_64": 0}


@dataclass(frozen=True)
class Wanted:
    """A capability that a program must have, by the name of its object, and WHAT it is for if not for that. OWNS: this one tells which object has that
    name."""
    type: str
    rights: int
    value: int
    name: tuple
    owns: bool = False
    what: str = ""


@dataclass(frozen=True)
class Region:
    """Addresses from START to END at which MEMORY, the name of some, must be mapped; OPTIONAL: may be, page by page, with at most RIGHTS."""
    start: int
    end: int
    rights: int
    memory: tuple
    what: str
    optional: bool = False


def up(address):
    return -(-address // PAGE) * PAGE


def console_clients(system):
    return [partition.name for partition in system.partitions if partition.console]


def badge(system, name, role):
    """Of the monitor's endpoint."""
    return 1 + [partition.name for partition in system.partitions].index(name) * ROLES + role


def waits(system, partition):
    """Whether it has a notification of its own, that a timer, channels or interrupts signal."""
    signalled = any(partition.name == channel.target and channel.kind != "call" or partition.name == channel.source and channel.answers
                    for channel in system.channels)
    signalled = signalled and signals(partition)[0] == "notification"
    own_timer = partition.timer and partition.name != CONSOLE
    return own_timer or signalled or any(device.owner == partition.name and device.interrupt is not None for device in system.devices)


def signals(partition):
    """The name of the notification that ports signal: a guest's VMM waits for them where it waits for its console."""
    return ("console" if partition.kind == GUEST and partition.console else "notification", partition.name)


def segments(program):
    """(start, end of the pages with anything of the file, end, rights) of each segment of an ELF file."""
    offset, = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    for number in range(count):
        segment = images.Segment(*struct.unpack_from("<IIQQQQQQ", program, offset + size * number))
        if segment.type == images.LOAD and segment.memsz:
            rights = (READ if segment.flags & 4 else 0) | (WRITE if segment.flags & 2 else 0) | (EXECUTE if segment.flags & 1 else 0)
            start = segment.vaddr & -PAGE
            file_end = up(segment.vaddr + segment.filesz) if segment.filesz else start
            yield start, file_end, up(segment.vaddr + segment.memsz), rights


# --- Capabilities ---

def channel_capabilities(system, partition):
    """Those by which it reaches others, in the order of the channels."""
    for channel in system.channels:
        if channel.answers and channel.target == partition.name:
            yield Wanted("notification", WRITE, channel.back_badge, signals(system.partition(channel.source)), what=f"channel '{channel.name}'")
        elif channel.source == partition.name:
            yield sender(system, channel)


def sender(system, channel):
    kind, name = ("endpoint", ("endpoint", channel.target)) if channel.kind == "call" else ("notification", signals(system.partition(channel.target)))
    return Wanted(kind, WRITE, channel.badge, name, what=f"channel '{channel.name}'")


def device_capabilities(system, partition):
    for device in system.devices:
        if device.owner == partition.name:
            if device.ports:
                yield Wanted("io_ports", READ | WRITE, device.ports[1], ("ports", device.name))
            if device.interrupt is not None:
                yield Wanted("irq_handler", WRITE, 0, ("interrupt", device.name))


def console_capabilities(system):
    """Of the console server, beside what all have."""
    if limits.MACHINES[system.arch].console_ports:
        yield Wanted("io_ports", READ | WRITE, limits.MACHINES[system.arch].console_ports[1], ("ports", "serial line"))
    yield Wanted("irq_handler", WRITE, 0, ("interrupt", "serial line"))
    for name in console_clients(system):
        yield Wanted("notification", WRITE, CONSOLE_WAIT_SERVER, ("console", name))
    yield Wanted("notification", READ, 0, ("notification", CONSOLE), owns=True)
    for bit in (CONSOLE_IRQ, CONSOLE_TIMER):
        yield Wanted("notification", WRITE, 1 << bit, ("notification", CONSOLE))


def own(partition, *kinds):
    for kind in kinds:
        yield Wanted(kind, ALL, partition.slots - 1 if kind == "cnode" else 0, (kind, partition.name))


def untyped(partition, size, kind):
    """Memory that a partition makes its own objects of."""
    return Wanted("untyped", ALL, kind, ("untyped", partition.name, size, kind))


def sign_of_life(partition):
    return Wanted("notification", WRITE, 1, ("watchdog", partition.name), owns=True)


def domain(system, partition):
    """The name of the domain that a partition runs in: with schedule tables each has one of its own, the monitor that of the boot."""
    return ("domain", partition.name) if system.schedules and partition.name != MONITOR else ("domain",)


def windows(schedule):
    """Whose the windows are that the kernel's table has, slack first: names of partitions, None for nobody. Behind the last is nobody."""
    owners, at = [schedule.slack], 0
    for window in schedule.windows:
        owners += ([None] if window.at > at else []) + [window.partition]
        at = window.end
    return owners


def schedule_capabilities(system, partition):
    """Those by which its program has the processor follow a table."""
    tables = [schedule.name for schedule in system.schedules if schedule.name in partition.schedules]
    if tables:
        yield Wanted("schedule_control", READ | WRITE, 0, ("schedule_control",))
    yield from (Wanted("schedule", READ, 0, ("schedule", name)) for name in tables)


def guest_capabilities(system, partition):
    """Of a VMM. The pieces of its guest's memory are not in it: how many there are is the machine's to say."""
    yield from own(partition, "cnode", "thread", "vspace")
    yield untyped(partition, partition.kernel_memory // 2, OBJECT_MEMORY)
    yield Wanted("domain", WRITE, partition.priority + 2, domain(system, partition))


def program(system, partition):
    """Of a partition's program (but the monitor's)."""
    yield Wanted("endpoint", WRITE, badge(system, partition.name, PROGRAM), ("endpoint", MONITOR))
    if partition.demand:
        yield Wanted("endpoint", WRITE, PAGER_BADGE_CALL, ("pager", partition.name))
    if partition.console:
        number = console_clients(system).index(partition.name)
        yield Wanted("notification", WRITE, 1 << number, ("notification", CONSOLE))
        yield Wanted("notification", READ | WRITE, CONSOLE_WAIT_CLIENT, ("console", partition.name), owns=True)
    if waits(system, partition):
        yield Wanted("notification", READ, 0, ("notification", partition.name), owns=True)
    if partition.timer:
        yield Wanted("timer", WRITE, 0, ("timer", partition.name), owns=True)
        if partition.name != CONSOLE:
            yield Wanted("notification", WRITE, 1, ("notification", partition.name))
    if system.serves(partition.name):
        yield Wanted("endpoint", READ, 0, ("endpoint", partition.name), owns=True)
    if partition.name == CONSOLE:
        yield from console_capabilities(system)
    if partition.untyped:
        yield from own(partition, "cnode")
        yield from (untyped(partition, partition.kernel_memory // share, OBJECT_MEMORY) for share in (2, 4))
    if partition.kind == GUEST:
        yield from guest_capabilities(system, partition)
    if partition.watchdog:
        yield sign_of_life(partition)
    if partition.inspect:
        yield Wanted("inspector", READ, 0, ("inspector",))
    yield from schedule_capabilities(system, partition)
    yield from channel_capabilities(system, partition)
    yield from device_capabilities(system, partition)


def pager(system, partition, elf):
    """Of a partition's pager. The program's pages in ELF are shared by all that are made of the same program."""
    yield Wanted("cnode", ALL, PAGER_SLOTS - 1, ("pager's cnode", partition.name))
    yield Wanted("vspace", ALL, 0, ("pager's vspace", partition.name))
    yield untyped(partition, partition.kernel_memory // 2, OBJECT_MEMORY)
    yield untyped(partition, partition.memory // 2, USER_MEMORY)
    yield Wanted("endpoint", READ, 0, ("pager", partition.name), owns=True)
    yield Wanted("endpoint", WRITE, badge(system, partition.name, PAGER), ("endpoint", MONITOR))
    yield Wanted("vspace", WRITE, 0, ("vspace", partition.name))
    for start, file_end, _, _ in segments(elf):
        for page in range(start, file_end, PAGE):
            yield Wanted("frame", READ | EXECUTE, 0, ("page", partition.program, page), owns=True)



def guest_table(system, partition):
    """A guest's own table: by its slots."""
    table = {0: Wanted("endpoint", WRITE, 0, ("VMM", partition.name))}
    table |= {channel.slot: sender(system, channel) for channel in system.channels if channel.source == partition.name and not channel.is_port}
    if partition.watchdog:
        table[health.GUEST_SLOT] = sign_of_life(partition)
    return table


# --- Mappings ---

def shared(system, partition):
    """What a program shares with others, one after another from SHARED on."""
    at = SHARED

    def region(size, rights, memory, what):
        nonlocal at
        at += size
        return Region(at - size, at, rights, memory, what)

    if partition.name == CONSOLE:
        registers = limits.MACHINES[system.arch].console_registers
        if registers:
            yield region(PAGE, READ | WRITE, ("registers", "serial line"), "the serial line's registers")
    for name in console_clients(system) if partition.name == CONSOLE else [partition.name] if partition.console else []:
        for way in ("output", "input"):
            yield region(PAGE, READ | WRITE, (f"console {way}", name), f"the console's {way} of '{name}'")
    for channel in system.channels:
        if channel.kind == "memory" and partition.name in (channel.source, channel.target):
            writes = channel.two_way or partition.name == channel.source
            yield region(channel.size, READ | WRITE if writes else READ, ("channel", channel.name), f"channel '{channel.name}'")
    ports = [channel for channel in system.channels if channel.is_port and partition.name in (channel.source, channel.target)]
    for channel in ports:
        is_source = partition.name == channel.source
        yield region(channel.source_memory, READ | WRITE if is_source else READ, ("channel", channel.name), f"port '{channel.name}'")
        if channel.destination_memory and (channel.answers or not is_source):
            yield region(channel.destination_memory, READ if is_source else READ | WRITE, ("receipts", channel.name), f"receipts of port '{channel.name}'")
    if ports:
        yield region(PAGE, READ, ("memory", partition.name), "the table of its ports")
    for device in system.devices:
        if device.owner == partition.name and device.registers:
            yield region(device.registers[1], READ | WRITE, ("registers", device.name), f"registers of device '{device.name}'")
    if partition.keep:
        yield region(partition.keep, READ | WRITE, ("keep", partition.name), "what it keeps")


def fixed(name, thread):
    """What every program has but its image: startup block, IPC buffer of THREAD."""
    yield Region(STARTUP, STARTUP + PAGE, READ, ("memory", name), "the startup block")
    yield Region(BUFFER, BUFFER + PAGE, READ | WRITE, ("buffer", thread), "the IPC buffer")


def image(name, elf):
    for start, _, end, rights in segments(elf):
        yield Region(start, end, rights, ("memory", name), "the program's image")


def stack(name, size):
    return Region(STACK_TOP - size, STACK_TOP, READ | WRITE, ("memory", name), "the stack")


def heap(partition):
    return Region(HEAP, HEAP + partition.heap, READ | WRITE, ("memory", partition.name), "the heap")


def on_demand(partition, elf):
    """What a pager may have mapped: of the file's pages the template's, which all that use the program share, until they are written to."""
    for start, file_end, end, rights in segments(elf):
        yield Region(start, file_end, rights, ("image", partition.name), "the program's image", optional=True)
        yield Region(file_end, end, rights, ("paged", partition.name), "the program's image", optional=True)
    yield Region(STACK_TOP - partition.stack, STACK_TOP, READ | WRITE, ("paged", partition.name), "the stack", optional=True)
    yield Region(HEAP, HEAP + partition.heap, READ | WRITE, ("paged", partition.name), "the heap", optional=True)


def program_space(system, partition, elf):
    """Regions of a partition's program, but a VMM's of the bundle."""
    yield from fixed(partition.name, ("thread", partition.name))
    if partition.demand:
        yield from on_demand(partition, elf)
    else:
        yield from image(partition.name, elf)
        yield stack(partition.name, partition.stack)
        yield heap(partition)
    yield from shared(system, partition)
    if partition.kind == GUEST:
        start = up_to(FREE, GIB) + GUEST_BASE[system.arch] % GIB
        yield Region(start, start + partition.guest.memory, READ | WRITE, ("guest memory", partition.name), "the guest's memory")
        yield Region(DISK, DISK + partition.guest.disk_memory, READ | WRITE, ("disk", partition.name), "the copy of the guest's disk")


def up_to(address, multiple):
    return -(-address // multiple) * multiple


def pager_space(partition, elf):
    """Of a pager. Its two windows are open only while it copies or clears a page."""
    yield from fixed(partition.name, ("pager's thread", partition.name))
    yield from image(partition.name, elf)
    yield stack(partition.name, PAGER_STACK)
    yield Region(SHARED, SHARED + PAGE, READ, ("memory", partition.name), "the pager's table of regions")


def guest_space(system, partition, frame):
    """A guest's second stage. FRAME is the size of its memory's first page."""
    base, rights = GUEST_BASE[system.arch], READ | WRITE | EXECUTE
    yield Region(base, base + partition.guest.memory, rights, ("guest memory", partition.name), "the guest's memory")
    if system.arch == "x86_64":
        yield Region(MSIX, MSIX + frame, READ | WRITE, ("guest memory", partition.name), "the page for MSI-X among the guest's memory")


def monitor_space(partition, elf, handover):
    """The monitor's, but of the bundle. HANDOVER is the size of what init tells it."""
    yield from fixed(MONITOR, ("thread", MONITOR))
    yield from image(MONITOR, elf)
    yield stack(MONITOR, partition.stack)
    yield heap(partition)
    yield Region(SHARED, SHARED + up(handover), READ, ("memory", MONITOR), "what init hands over")
    if partition.console:
        yield Region(FREE, FREE + PAGE, READ | WRITE, ("console output", MONITOR), "its console's output")
