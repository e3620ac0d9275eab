# SPDX-License-Identifier: BSD-2-Clause
"""Checks of memory: whether each partition's suffices for what it is to hold, and the machine's for all."""

from launcher import arches

from . import limits
from .model import GUEST, LARGE_PAGE, MONITOR, SERVERS
from .values import KIB, MIB, PAGE, format_size

MEMORY_KEYS = ("memory", "vmm_memory", "kernel_memory", "capabilities", "stack", "heap", "demand", "size", "depth", "kind", "keep")
GUEST_KERNEL_LEAST = MIB     # half of it is the VMM's: VMM_OBJECT_BYTES
OBJECTS = 64 * KIB           # of a program beside its cnode: page tables, thread and what it is given
PAGER_OBJECTS = 200 * KIB    # the same of a pager, with its cnode
TABLE = 2 * MIB              # what a page table maps
PROGRAM_LEAST = 64 * KIB     # of a program beside its stack and heap: its image, tables, buffers
PARTITION_PAGES = 1400       # that the monitor can map for one partition: HANDOVER_PARTITION_SLOTS
LASTING_PAGES = 768          # that it can make: MONITOR_OWN_SLOTS
MONITOR_OWN = 2 * MIB        # of its memory, not for channels and what partitions keep

# Of the machine's memory, at boot: see kernel/boot_memory.c.
RESERVED = 48 * MIB          # firmware, kernel and init, and what goes to waste between powers of two
OBJECT_SHARE, OBJECT_LEAST, OBJECT_MOST = 16, 16 * MIB, 512 * MIB
OBJECT_OWN = MIB             # init's, and what goes to waste


def check(system, problems):
    if problems.touch(*MEMORY_KEYS):
        return
    for partition in system.partitions:
        check_kernel_memory(system, partition, problems)
        if partition.demand:
            check_demand(partition, problems)
        else:
            check_fixed(partition, problems)
        if partition.kind == GUEST:
            check_guest(system, partition, problems)
        check_pages(system, partition, problems)
    check_lasting(system, problems)
    check_disks(system, problems)
    check_machine(system, problems)


def power_of_two(size):
    """The least one that is not below SIZE."""
    return 1 << (size - 1).bit_length()


def at_least(size):
    return f'at least "{format_size(size)}"'


def kernel_memory_needed(system, partition):
    """For its cnode, page tables and thread. Half goes to a pager or VMM, three quarters to a program that makes objects itself."""
    heap = 0 if partition.demand else partition.heap
    mapped = heap + system.mapped(partition.name)
    own = limits.SLOT_BYTES * partition.slots + OBJECTS + -(-mapped // TABLE) * PAGE
    if partition.demand:
        return 2 * (own + PAGER_OBJECTS)
    return own * (4 if partition.untyped else 2 if partition.kind == GUEST else 1)


def check_kernel_memory(system, partition, problems):
    least = power_of_two(kernel_memory_needed(system, partition))
    if partition.kernel_memory < least:
        use = " of its own" if partition.untyped else " and a pager" if partition.demand else ""
        wrong = f"{format_size(partition.kernel_memory)} do not hold {partition.slots} capabilities and the other kernel objects{use}"
        problems.add(partition.path("kernel_memory"), wrong, at_least(least))


def check_demand(partition, problems):
    if 2 * partition.demand > partition.memory:
        wrong = f'{format_size(partition.memory)} are too little for demand = "{format_size(partition.demand)}", for which half of it is kept'
        problems.add(partition.path("memory"), wrong, at_least(power_of_two(2 * partition.demand)))


def check_fixed(partition, problems):
    key = "vmm_memory" if partition.kind == GUEST else "memory"
    need = partition.stack + partition.heap + PROGRAM_LEAST
    if need > partition.memory:
        wrong = (f"{format_size(partition.memory)} do not hold a stack of {format_size(partition.stack)}, a heap of {format_size(partition.heap)} and a "
                 "program")
        problems.add(partition.path(key), wrong, at_least(power_of_two(need)))


def check_guest(system, partition, problems):
    need = limits.guest_slots(partition.guest.memory)
    most = min(limits.GUEST_MEMORY, arches.BY_NAME[system.arch].memory_most)
    if partition.guest.memory > most:
        wrong = f"{format_size(partition.guest.memory)} are more than a guest can have on {system.arch}"
        problems.add(partition.path("memory"), wrong, f'at most "{format_size(most)}"')
    elif need > partition.slots:
        wrong = f"{partition.slots} are too few for a guest of {format_size(partition.guest.memory)}"
        problems.add(partition.path("capabilities"), wrong, f"at least {power_of_two(need)}")
    if partition.kernel_memory < GUEST_KERNEL_LEAST:
        wrong = f"{format_size(partition.kernel_memory)} are too little for a guest"
        problems.add(partition.path("kernel_memory"), wrong, at_least(GUEST_KERNEL_LEAST))


def mapped_pages(system, partition):
    """What the monitor maps for it page by page, but its program; of a disk's copy large pages."""
    own = 0 if partition.demand else partition.stack + partition.heap
    disk = partition.guest.disk_memory if partition.guest else 0
    return (own + system.mapped(partition.name) + system.registers(partition.name)) // PAGE + disk // LARGE_PAGE


def check_pages(system, partition, problems):
    pages = mapped_pages(system, partition)
    if partition.name != MONITOR and pages > PARTITION_PAGES:
        others = (("what it keeps", partition.keep), ("its devices", system.registers(partition.name)),
                  ("its disk's copy", partition.guest and partition.guest.disk_memory))
        also = "".join(f" and {what}" for what, there in others if there)
        problems.add(partition.path("heap"),
                     f"stack, heap and memory channels of '{partition.name}'{also} have {pages} pages together, and {PARTITION_PAGES} are the most")


def check_lasting(system, problems):
    """What is made of the monitor's memory."""
    what = system.lasting_words
    monitor = system.partition(MONITOR)
    if system.lasting // PAGE > LASTING_PAGES:
        last = system.keeping[-1].path("keep") if system.keeping else system.channels[-1].path("size")
        problems.add(last, f"{what}: {format_size(system.lasting)} together, and {format_size(LASTING_PAGES * PAGE)} are the most")
    elif system.lasting and system.lasting + MONITOR_OWN > monitor.memory:
        wrong = f"{format_size(monitor.memory)} do not hold {what}, {format_size(system.lasting)} together, beside the monitor's own"
        problems.add(monitor.path("memory"), wrong, at_least(power_of_two(system.lasting + MONITOR_OWN)))


def check_disks(system, problems):
    guests = [partition for partition in system.partitions if partition.guest and partition.guest.disk]
    total = sum(max(partition.guest.disk_size, partition.guest.disk_memory) for partition in guests)
    if total > limits.DISKS:
        problems.add(guests[-1].path("disk"), f"all disks together have {-(-total // MIB)}M, and {format_size(limits.DISKS)} are the most")


def user_memory(partition):
    """Bytes for programs, guests, and what guests write of their disks."""
    return partition.memory + (partition.guest.all_memory if partition.guest else 0)


def needed(system, bundle_size=0):
    """Bytes of memory that a machine must have for the system, and its bundle if its size is known."""
    objects = sum(partition.kernel_memory for partition in system.partitions) + OBJECT_OWN
    user = sum(map(user_memory, system.partitions)) + bundle_size
    for_objects = OBJECT_SHARE * objects if objects > OBJECT_LEAST else 0
    for_user = max(user + OBJECT_LEAST, min(-(-user * OBJECT_SHARE // (OBJECT_SHARE - 1)), user + OBJECT_MOST))
    return RESERVED + -(-max(for_objects, for_user) // MIB) * MIB


def check_machine(system, problems):
    objects = sum(partition.kernel_memory for partition in system.partitions)
    described = [partition for partition in system.partitions if partition.name not in SERVERS]
    if objects + OBJECT_OWN > OBJECT_MOST:
        largest = max(described, key=lambda partition: partition.kernel_memory, default=system.partition(MONITOR))
        problems.add(largest.path("kernel_memory"), f"all partitions together have {format_size(objects)} of kernel memory, and a machine at most "
                     f"{format_size(OBJECT_MOST - OBJECT_OWN)}")
    elif system.memory is not None and needed(system) > system.memory:
        parts = ", ".join(f"{partition.name} {format_size(user_memory(partition) + partition.kernel_memory)}" for partition in system.partitions)
        wrong = f"a machine of {format_size(system.memory)} does not hold this system ({parts}, and {format_size(RESERVED)} for the kernel)"
        problems.add(("system", "memory"), wrong, f"{at_least(needed(system))}, and the size of its files")
