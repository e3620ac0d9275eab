# SPDX-License-Identifier: BSD-2-Clause
"""A system as its description says it is, for one architecture and one variant: plain immutable data. Sizes are bytes, times nanoseconds."""

from dataclasses import dataclass, field
from pathlib import Path

from . import port_memory
from .places import Places
from .values import PAGE

MONITOR, CONSOLE, NATIVE, GUEST = "monitor", "console", "native", "guest"
SERVERS = (MONITOR, CONSOLE)
SAMPLING, QUEUING = "sampling", "queuing"
PORTS = (SAMPLING, QUEUING)
REFUSE, OLDEST = "refuse", "oldest"
LARGE_PAGE = 2 << 20  # that guests' memory is made of


@dataclass(frozen=True)
class Item:
    """What a table of the description has become. `paths` tells for each key that was given the path under which places.Places knows it."""
    paths: dict = field(compare=False, repr=False)

    def path(self, key):
        return self.paths.get(key, self.paths[""] + (key,))


@dataclass(frozen=True)
class Guest:
    """An operating system. None stands for the default kernel, its initrd and its command line; with a kernel of one's own for none."""
    memory: int
    kernel: Path | None
    initrd: Path | None
    command_line: str | None
    disk: Path | None = None
    disk_read_only: bool = False
    disk_size: int = 0             # bytes of the image; 0 where there is none that can be read, which files.check tells

    @property
    def disk_memory(self):
        """Bytes of memory for the guest's own copy of its disk, in large pages: what it only reads needs none."""
        return 0 if self.disk_read_only else -(-self.disk_size // LARGE_PAGE) * LARGE_PAGE

    @property
    def all_memory(self):
        """The guest's memory with that of its disk's copy."""
        return self.memory + self.disk_memory


@dataclass(frozen=True)
class Partition(Item):
    """PROGRAM is the name of the bundle's member; FILE where it comes from, if that is not the build."""
    name: str
    kind: str
    program: str
    file: Path | None
    arguments: tuple
    memory: int
    kernel_memory: int
    slots: int
    stack: int
    heap: int
    demand: int | None
    priority: int
    budget: int
    period: int
    processor: int
    timer: bool
    untyped: bool
    console: object
    on_fault: str
    restart_limit: int
    restart_window: int | None     # the time in which there may be so many; None: all count
    escalate: str                  # what follows instead of one too many
    watchdog: int | None           # so long it may be silent
    watchdog_start: int | None     # the same, before its first sign of life; None: as without a watchdog
    health: tuple                  # (event, action) of each row of its table
    keep: int                      # bytes that restarts after failures leave as they are; made of the monitor's memory, as channels are
    test_control: bool
    inspect: bool
    trace: bool
    permits: tuple  # of values.Permit
    guest: Guest | None
    variant: str | None
    schedules: tuple = ()              # names of the tables that its program may have the processor follow
    interrupt_any_time: bool = False   # of the console: the serial line's interrupt comes outside its windows, too

    @property
    def is_limited(self):
        """Whether its budget limits it, and not its priority alone."""
        return self.budget < self.period

    @property
    def highest_priority(self):
        """That of its helpers: a pager, a VMM's threads (servers/include/servers/vmm.h)."""
        return self.priority + (2 if self.kind == GUEST else 1 if self.demand else 0)

    def member(self, what):
        """The bundle's member for a guest's `kernel`, `initrd`, `disk` or `cmdline`."""
        return f"{self.name}.{what}"


@dataclass(frozen=True)
class Channel(Item):
    """BADGE is what `to` sees of calls, or a bit of its notification; BACK_BADGE the bit that `from` sees, where `to` signals it. SIZE is that of the
    memory, or of a port's messages."""
    name: str
    kind: str
    source: str
    target: str
    size: int
    two_way: bool
    slot: int | None
    refresh: int | None = None   # of sampling ports
    depth: int | None = None     # of queuing ports
    overflow: str | None = None
    badge: int = 0
    back_badge: int = 0

    @property
    def is_port(self):
        """Whether it is a sampling or queuing port."""
        return self.kind in PORTS

    @property
    def answers(self):
        """Whether `to` signals `from`: of a port, that there is room again. Who gives up the oldest message waits for nobody, and learns nothing."""
        return self.kind == "memory" or self.kind == QUEUING and self.overflow == REFUSE

    @property
    def source_memory(self):
        """Bytes of the pages that `from` writes, and `to` too if they are two-way."""
        if self.is_port:
            return port_memory.source_memory(self.size, self.depth if self.kind == QUEUING else port_memory.SAMPLING_DEPTH)
        return self.size

    @property
    def destination_memory(self):
        """Bytes of the pages that only `to` writes: how far it has received."""
        return PAGE if self.kind == QUEUING else 0

    @property
    def memory(self):
        """Bytes of all its pages."""
        return self.source_memory + self.destination_memory


@dataclass(frozen=True)
class Device(Item):
    """REGISTERS is (address, size) and PORTS (first, number), or None. DMA: it may read and write all memory by itself. BADGE is the interrupt's bit
    of its owner's notification."""
    name: str
    owner: str
    registers: tuple | None
    ports: tuple | None
    interrupt: int | None
    dma: bool
    badge: int = 0
    interrupt_any_time: bool = False   # it comes outside its owner's windows, too


@dataclass(frozen=True)
class Window(Item):
    """From AT on, counted from the frame's start, for LENGTH the processor is PARTITION's."""
    partition: str
    at: int
    length: int

    @property
    def end(self):
        return self.at + self.length


@dataclass(frozen=True)
class Schedule(Item):
    """A schedule table. WINDOWS are in order of time; PAD of each passes before its partition is let in; what they leave is SLACK's, or nobody's (None)."""
    name: str
    frame: int
    pad: int
    slack: str | None
    windows: tuple

    def windows_of(self, name):
        return [window for window in self.windows if window.partition == name]

    def time_of(self, name):
        """How long the partition can run in each frame, by its own windows."""
        return sum(window.length - self.pad for window in self.windows_of(name))


@dataclass(frozen=True)
class Forbid(Item):
    """SOURCE must not influence TARGET but through those in TRUST."""
    source: str
    target: str
    trust: tuple


@dataclass(frozen=True)
class System:
    """PARTITIONS are in the description's order, the two servers first."""
    name: str
    arch: str
    variant: str | None
    memory: int | None
    watchdog: int | None           # ns after which the machine's own resets it; None: it is off, or the machine has none
    partitions: tuple
    channels: tuple
    devices: tuple
    schedules: tuple               # the first is followed from the start; none: all share one endless window
    forbids: tuple
    names: tuple                   # of all described partitions, whatever their variant
    variants: tuple                # all that the description knows
    folder: Path                   # the description's, from which its paths go on
    places: Places = field(compare=False, repr=False)

    def partition(self, name):
        """The partition of that name, or None."""
        return next((partition for partition in self.partitions if partition.name == name), None)

    def serves(self, name):
        """Whether calls reach the partition."""
        return any(channel.kind == "call" and channel.target == name for channel in self.channels)

    def mapped(self, name):
        """Bytes of the monitor's memory that the partition has mapped: those of its channels, and what it keeps."""
        return self.partition(name).keep + sum(channel.memory for channel in self.channels if name in (channel.source, channel.target))

    def registers(self, name):
        """Bytes of the registers of the partition's devices."""
        return sum(device.registers[1] for device in self.devices if device.owner == name and device.registers)

    @property
    def keeping(self):
        """Partitions that keep something, but for the servers, which the composer has no say in."""
        return [partition for partition in self.partitions if partition.keep and partition.kind not in SERVERS]

    @property
    def lasting(self):
        """Bytes of the monitor's memory that the description shares out."""
        return sum(channel.memory for channel in self.channels) + sum(partition.keep for partition in self.keeping)

    @property
    def lasting_words(self):
        """What that is for."""
        channels = "memory channels and ports" if any(channel.memory for channel in self.channels) else ""
        return " and ".join(filter(None, (channels, "what partitions keep" if self.keeping else "")))

    def place(self, item, key=""):
        """The Place of an item of the system, or of one of its keys."""
        return self.places.of(*(item.path(key) if key else item.paths[""]))
