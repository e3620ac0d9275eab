# SPDX-License-Identifier: BSD-2-Clause
"""What the target can take, and what the two machines are: as in servers/include/servers/system.h, libl4/include/l4/startup.h, the kernel."""

from dataclasses import dataclass

from .values import MIB, MS, US

PARTITIONS = 8           # SYSTEM_PARTITIONS_MAX, monitor and console included
CHANNELS = 16            # SYSTEM_CHANNELS_MAX
DEVICES = 16
DEVICE_PAGES = 512       # of all devices' registers together: init takes three of its slots for each (INIT_SLOTS_MACHINE_COUNT)
SCHEDULES = 8            # SYSTEM_SCHEDULES_MAX
WINDOWS = 256            # SYSTEM_WINDOWS_MAX: of all tables together
ARGUMENT_BYTES = 319     # SYSTEM_ARGUMENTS_SIZE: all of a partition, with a space between them
ARGUMENTS = 40           # of L4_STARTUP_ARGUMENTS: the console has one for each client, too
MEMBER_NAME = 23         # SYSTEM_PROGRAM_SIZE
COMMAND_LINE = 2047      # what every guest's kernel can take
INPUT_BUDGET, INPUT_PERIOD = 2 * MS, 10 * MS  # of a VMM's thread that takes console input to the guest (servers/vmm/input.c)
BUDGET_LEAST = 10 * US   # SCHED_MIN_BUDGETS_PER_SECOND
PERIOD_MOST = 3600_000 * MS
DISKS = 256 * MIB        # of all guests' disks together (SYSTEM_DISKS_MIB): they travel in the bundle
GUEST_MEMORY = 16128 * MIB  # what a VMM has slots for (SLOTS_MAX in servers/vmm/objects.c)
GUEST_PORTS = 8          # of one guest: CHANNEL_PORTS_MAX of servers/vmm/channel_port.h
GUEST_MESSAGE = 4096     # bytes of a message that a guest sends or reads: CHANNEL_PORT_SIZE
DEMAND_MOST = 6 << 20    # what a pager has slots for (servers/pager/memory.c)
STACK_MOST = 128 * MIB   # between LAYOUT_WINDOW and LAYOUT_STACK_TOP of servers/include/servers/layout.h, with the guard below it
SLOT_BYTES = 64          # of a capability slot in a cnode

# Names of a program's startup entries that a channel or device must not hide.
STARTUP_NAMES = ("cnode", "endpoint", "inspector", "keep", "monitor", "notification", "pager", "ports", "schedule", "thread", "timer", "trace", "vspace", "watchdog")



def guest_slots(memory):
    """Capability slots that the VMM of a guest needs: VMM_CNODE_SLOTS of servers/vmm.h, and what else it is given and makes."""
    return 2 * (memory >> 21) + 256


@dataclass(frozen=True)
class Range:
    """What a device must not touch, and why. LAST is included."""
    first: int
    last: int
    what: str


@dataclass(frozen=True)
class Machine:
    """One architecture's machine, as a description can name its parts."""
    elf: int
    interrupts: int      # the lines of wires, from 1 on
    console_interrupt: int
    console_registers: int | None  # the address of the page that they lie in
    console_ports: tuple | None    # first and number
    taken: tuple         # of physical addresses
    taken_ports: tuple
    has_ports: bool
    without_dma: tuple   # of physical addresses: devices that are known to read and write no memory by themselves
    without_dma_ports: tuple = ()
    watchdog_ports: tuple | None = None  # first and number: TCO_PORTS of servers/tco.h. None: it has no watchdog that is known

    def may_reach_memory(self, registers, ports):
        """Whether a device there, (first, size) each or None, may read and write memory by itself (DMA): it may unless it is known that it does not."""
        parts = ((registers, self.without_dma), (ports, self.without_dma_ports))
        return any(part and not any(known.first <= part[0] and part[0] + part[1] - 1 <= known.last for known in ranges) for part, ranges in parts)


MACHINES = {
    "riscv": Machine(
        elf=243, interrupts=95, console_interrupt=10, console_registers=0x10000000, console_ports=None,
        taken=(Range(0, 0xFFF, "the first page, which is no device"),
               Range(0x100000, 0x100FFF, "the machine's exit, which is the kernel's"),
               Range(0x2000000, 0x200FFFF, "the timer's and interprocessor interrupts' registers, which are the firmware's"),
               Range(0xC000000, 0xFFFFFFF, "the interrupt controller, which is the kernel's"),
               Range(0x10000000, 0x100000FF, "the serial line, which is the console's"),
               Range(0x80000000, (1 << 56) - 1, "the machine's memory")),
        taken_ports=(), has_ports=False,
        without_dma=(Range(0x101000, 0x101FFF, "the real-time clock"),
                     Range(0x20000000, 0x23FFFFFF, "the flash memory"))),
    "x86_64": Machine(
        elf=62, interrupts=23, console_interrupt=4, console_registers=None, console_ports=(0x3F8, 8),
        taken=(Range(0, 0xFFFFF, "the first MiB, which the kernel gives to nobody"),
               Range(0x100000, 0xAFFFFFFF, "the machine's memory"),
               Range(0xFEC00000, 0xFEC00FFF, "the interrupt controller, which is the kernel's"),
               Range(0xFEE00000, 0xFEEFFFFF, "the processors' interrupt controllers, which are the kernel's"),
               Range(1 << 32, (1 << 56) - 1, "where the kernel looks for no devices")),
        taken_ports=(Range(0x20, 0x21, "the first old interrupt controller, which is the kernel's"),
                     Range(0xA0, 0xA1, "the second old interrupt controller, which is the kernel's"),
                     Range(0xF4, 0xF7, "the machine's exit, which is the kernel's"),
                     Range(0x3F8, 0x3FF, "the serial line, which is the console's"),
                     Range(0x660, 0x67F, "the machine's watchdog, which is the monitor's")),
        has_ports=True,
        without_dma=(),
        without_dma_ports=(Range(0x40, 0x43, "the interval timer"),
                           Range(0x60, 0x64, "the keyboard's controller"),
                           Range(0x70, 0x71, "the real-time clock"),
                           Range(0x2E8, 0x2EF, "the fourth serial line"),
                           Range(0x2F8, 0x2FF, "the second serial line"),
                           Range(0x3E8, 0x3EF, "the third serial line")),
        watchdog_ports=(0x660, 32)),
}
