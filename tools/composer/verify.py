# SPDX-License-Identifier: BSD-2-Clause
"""
Compares what a machine holds (inspection.py) with what its description says (distribution.py).

Who is who is told by the badges that the description gives: a program's faults go to the monitor's endpoint with a badge of its partition's. What a
program derives from its own capabilities, or makes of untyped memory that it has been given, is its own business; everything else must be just what
the description says, everywhere.
"""

from dataclasses import dataclass, field

from . import distribution, health, limits
from .distribution import BUNDLE, PAGE, Region, Wanted
from .inspection import BINDINGS, MEMORY_KINDS, READ, SINGLE, VCPU_SLOTS, rights_text
from .model import CONSOLE, GUEST, MONITOR, SERVERS
from .values import GIB, format_size

HELD_ALONE = ("thread", "timer", "vcpu", "doorbell", "virq")
CPIO_HEADER = 110
LARGE = 2 << 20
SERIAL = "serial line"
WATCHDOG = "watchdog"  # the machine's
MACHINES_OWN = {SERIAL: "the serial line", WATCHDOG: "the machine's watchdog"}
BUNDLE_OWNER = "the boot bundle"


def cpio_places(archive):
    """(start, end) of each member's content in a cpio archive, by name."""
    found, at = {}, 0
    while archive[at:at + 4] == b"0707":
        size, name_size = (int(archive[at + field:at + field + 8], 16) for field in (54, 94))
        name = archive[at + CPIO_HEADER:at + CPIO_HEADER + name_size - 1].decode()
        start = -(-(at + CPIO_HEADER + name_size) // 4) * 4
        found[name] = start, start + size
        at = -(-(start + size) // 4) * 4
    return found


@dataclass
class Ranges:
    """Whose memory is where."""
    ranges: list = field(default_factory=list)

    def add(self, cap, owner):
        self.ranges.append((cap.start, cap.start + cap.size, owner))

    def owner(self, address):
        """Of the innermost range; None where there is none."""
        found = [(end - start, owner) for start, end, owner in self.ranges if start <= address < end]
        return min(found, key=lambda one: one[0])[1] if found else None

    def holds(self, owner, start, size):
        return any(owner == other and low <= start and start + size <= high for low, high, other in self.ranges)


@dataclass(eq=False)
class Process:
    """A program of the system that the monitor, or init, has built: TEXT is how sentences begin that are about it."""
    partition: object
    text: str
    thread: object
    role: str
    table: object = None
    space: object = None


class Comparison:
    """`differences` are sentences, none where all is as described. `missing` tells who is not there (yet), about whom nothing else can be said."""

    def __init__(self, system, inspection, files, bundle, handover_size):
        self.system, self.inspection, self.files, self.bundle, self.handover_size = system, inspection, files, bundle, handover_size
        self.differences, self.missing = [], []
        self.names, self.objects = {}, {}       # of objects, both ways
        self.pages, self.page_names = {}, {}    # of shared memory: physical addresses by (name, offset, PAGE or LARGE), and back
        self.split = set()                      # which large pages of it, by (name, number), are known by their small ones
        self.memory = Ranges()
        self.processes = []
        self.tables = {partition.name: set() for partition in system.partitions}  # cnodes that are a partition's own
        self.guests = {}                        # of each guest by name: (table, space)
        if not inspection.is_finished:
            self.missing.append("something is just being destroyed")
        elif self.find_processes():
            self.name_objects()
            self.compare()

    def say(self, text):
        if text not in self.differences:
            self.differences.append(text)

    # --- Who is who ---

    def bound(self, thread, binding):
        return self.inspection.held(thread).get(BINDINGS.index(binding))

    def find_processes(self):
        threads = [(thread, self.bound(thread, "handler")) for thread in self.inspection.objects("thread")]
        monitors = [thread for thread, handler in threads if handler and handler.type == "system" and handler.value == name_badge(MONITOR)]
        if not monitors:
            self.missing.append("the monitor is not there")
            return False
        self.add_process(self.system.partition(MONITOR), monitors[0], "program")
        endpoint = self.find_endpoint(monitors[0], [handler for _, handler in threads if handler and handler.type == "endpoint"])
        if endpoint is None:
            self.missing.append("the monitor has built nobody")
            return False
        self.bind(endpoint, ("endpoint", MONITOR))
        by_badge = {handler.value: thread for thread, handler in threads if handler and handler.key == endpoint}
        for partition in self.system.partitions[1:]:
            self.find_partition(partition, by_badge)
        return True

    def find_endpoint(self, monitor, handlers):
        """The monitor's, which is made of its memory: it is the one that most handlers lead to."""
        size = self.system.partition(MONITOR).kernel_memory
        home = next((cap for cap in monitor.ancestors() if cap.size == size), None)
        keys = [handler.key for handler in handlers if home in handler.ancestors()]
        return max(keys, key=keys.count, default=None)

    def find_partition(self, partition, by_badge):
        badges = [distribution.badge(self.system, partition.name, role) for role in (distribution.PROGRAM_FAULT, distribution.PAGER_FAULT)]
        first = by_badge.get(badges[1 if partition.demand else 0])
        program = first
        if partition.demand and first:
            self.add_process(partition, first, "pager")
            program = next((thread for thread in self.inspection.objects("thread")
                            if thread is not first and self.memory.owner(thread.object) == partition.name), None)
        if not program:
            self.missing.append(f"{who(partition)} is not there: not built yet, or down")
            return
        self.add_process(partition, program, "program")
        if partition.kind == GUEST:
            self.find_guest(partition)

    def add_process(self, partition, thread, role):
        text = {"pager": f"the pager of {who(partition)}"}.get(role, f"the VMM of {who(partition)}" if partition.kind == GUEST else who(partition))
        process = Process(partition, text, thread, role)
        cnode, vspace = self.bound(thread, "cnode"), self.bound(thread, "vspace")
        if role == "program" and self.bound(thread, "domain"):
            self.bind(self.bound(thread, "domain").key, distribution.domain(self.system, partition))
        prefix = "pager's " if role == "pager" else ""
        self.bind(thread.key, (f"{prefix}thread", partition.name))
        if cnode:
            process.table = cnode.object
            self.tables[partition.name].add(cnode.object)
            self.bind(cnode.key, (f"{prefix}cnode", partition.name))
        if vspace:
            process.space = vspace.object
            self.bind(vspace.key, (f"{prefix}vspace", partition.name))
        self.processes.append(process)
        self.find_memory(process)

    def find_memory(self, process):
        """A partition's two pieces of memory: those of their size that its thread and its startup block are made of."""
        partition = process.partition
        run = next((run for run in self.inspection.spaces.get(process.space, ()) if run.start <= distribution.STARTUP < run.end), None)
        frame = run and self.inspection.originals.get(("frame", run.paddr + distribution.STARTUP - run.start))
        for made, size, what in ((process.thread, partition.kernel_memory, "kernel memory"), (frame, partition.memory, "memory")):
            piece = next((cap for cap in made.ancestors() if cap.type == "untyped" and cap.size == size), None) if made else None
            if piece:
                self.memory.add(piece, partition.name)
                self.check_piece(partition, piece, what)
            else:
                self.say(f"{process.text} is not made of {format_size(size)} of {what} of its own")

    def check_piece(self, partition, piece, what):
        if piece.rights != distribution.ALL or self.inspection.contents.get(self.processes[0].table, ()).count(piece) == 0:
            self.say(f"the monitor does not hold the {what} of {who(partition)} with all rights")

    def find_guest(self, partition):
        vcpus = [cap for cap in self.inspection.objects("vcpu") if self.memory.owner(cap.object) == partition.name]
        held = self.inspection.held(vcpus[0]) if vcpus else {}
        table, space = held.get(VCPU_SLOTS.index("cnode")), held.get(VCPU_SLOTS.index("space"))
        runs = any(vcpu.parent in vcpus for vcpu in self.inspection.capabilities if vcpu.type == "vcpu" and vcpu.holder == "thread")
        if not (table and space and runs):
            self.missing.append(f"{who(partition)} does not run yet")
            return
        self.tables[partition.name].add(table.object)
        self.guests[partition.name] = table.object, space.object
        self.bind(table.key, ("guest's cnode", partition.name))
        self.bind(space.key, ("guest's vspace", partition.name))

    # --- Names of objects ---

    def bind(self, key, name):
        self.names.setdefault(key, name)
        self.objects.setdefault(name, key)

    def watchdog(self):
        """The machine's, as a device."""
        return [(WATCHDOG, limits.MACHINES[self.system.arch].watchdog_ports, None)] if self.system.watchdog else []

    def name_objects(self):
        for kind in SINGLE:
            self.bind((kind, 0), (kind,))
        machine = limits.MACHINES[self.system.arch]
        devices = [(device.name, device.ports, device.interrupt) for device in self.system.devices]
        for name, ports, interrupt in [(SERIAL, machine.console_ports, machine.console_interrupt), *self.watchdog(), *devices]:
            if ports:
                self.bind(("io_ports", ports[0]), ("ports", name))
            if interrupt is not None:
                self.bind(("irq_handler", interrupt), ("interrupt", name))
        for process in self.processes[1:]:
            for cap in self.guest_pieces(process) if process.partition.kind == GUEST else ():
                self.memory.add(cap, ("guest memory", process.partition.name))
            for wanted in self.wanted(process):
                cap = next((cap for cap in self.given(process) if wanted.owns and cap.key not in self.names and is_like(cap, wanted)), None)
                if cap:
                    self.bind(cap.key, wanted.name)

        self.name_schedules()

    def wanted(self, process):
        if process.role == "pager":
            return list(distribution.pager(self.system, process.partition, self.files[process.partition.program]))
        return list(distribution.program(self.system, process.partition))

    def is_own(self, cap, partition):
        """Whether the partition's programs have derived it themselves, or made its object."""
        return cap.parent is not None and cap.parent.cnode in self.tables[partition.name]

    def given(self, process):
        """What lies in a program's table and is not its own business."""
        return [cap for cap in self.inspection.contents.get(process.table, ()) if not self.is_own(cap, process.partition)]

    def describe(self, cap):
        """A capability in words."""
        name = self.names.get(cap.key)
        text = name_text(name) if name else f"{'an' if cap.type[0] in 'aeiou' else 'a'} {cap.type.replace('_', ' ')}{self.made_of(cap)}"
        badge = f", badge {cap.value:#x}" if cap.value and cap.type in ("endpoint", "notification", "domain", "system") else ""
        return f"{text} (rights {rights_text(cap.rights)}{badge})"

    def made_of(self, cap):
        if cap.type == "frame":
            return f" of {self.memory_text(cap.object)}"
        owner = None if cap.type in ("irq_handler", "io_ports") else self.memory.owner(cap.object)
        return f" made of {self.owner_text(owner)}" if owner else f" number {cap.object:#x}"

    def owner_text(self, owner):
        if isinstance(owner, tuple):
            return memory_name(owner)
        partition = self.system.partition(owner)
        return f"the memory of {who(partition)}" if partition else owner

    def memory_text(self, paddr):
        """Whose the memory at a physical address is."""
        name = self.page_names.get((paddr & -PAGE, PAGE)) or self.page_names.get((paddr & -LARGE, LARGE))
        if name:
            return memory_name(name[0])
        owner = self.memory.owner(paddr)
        return self.owner_text(owner) if owner else f"physical memory at {paddr:#x}, which is nobody's"

    # --- All comparisons ---

    def compare(self):
        self.find_bundle()
        for process in self.processes:
            self.compare_space(process.text, process.space, self.regions(process))
        for name, (table, space) in self.guests.items():
            self.compare_guest(self.system.partition(name), table, space)
        self.compare_monitor()
        self.compare_schedules()
        for process in self.processes[1:]:
            self.compare_table(process)
            self.compare_thread(process)
        self.compare_held()
        self.compare_interrupts()
        self.compare_rest()

    # --- Tables ---

    def matches(self, cap, wanted):
        if not is_like(cap, wanted):
            return False
        if wanted.type == "untyped":
            return cap.size == wanted.name[2] and self.memory.holds(wanted.name[1], cap.start, cap.size)
        return self.is_named(cap, wanted.name)

    def is_named(self, cap, name):
        """Whether its object has the name, or may get it."""
        if name not in self.objects:
            return cap.key not in self.names
        return self.objects[name] == cap.key

    def compare_table(self, process):
        caps, lacking = self.given(process), []
        for wanted in self.wanted(process):
            cap = next((cap for cap in caps if self.matches(cap, wanted)), None)
            if cap:
                caps.remove(cap)
                if wanted.type != "untyped":
                    self.bind(cap.key, wanted.name)
            else:
                lacking.append(wanted)
        if process.partition.kind == GUEST:
            caps = self.take_guest_memory(process, caps)
        self.tell(process.text, lacking, caps)

    def tell(self, text, lacking, caps):
        """What is wanted and not there, and what is there and not wanted; what may be the same is told as one difference."""
        for wanted in lacking:
            cap = next((cap for cap in caps if cap.type == wanted.type and self.is_named(cap, wanted.name)), None)
            what = wanted.what or name_text(wanted.name)
            if cap is None:
                self.say(f"{text} lacks a capability: {what} (rights {rights_text(wanted.rights)})")
                continue
            caps.remove(cap)
            if wanted.rights & ~cap.rights:
                self.say(f"{text} lacks right {rights_text(wanted.rights & ~cap.rights)} on {what}")
            if cap.rights & ~wanted.rights:
                self.say(f"{text} has a right too many on {what}: {rights_text(cap.rights & ~wanted.rights)}")
            if cap.value != wanted.value:
                self.say(f"{text} has {what} with badge {cap.value:#x}, not {wanted.value:#x}")
        for cap in caps:
            self.say(f"{text} has a capability that it should not have: {self.describe(cap)}")

    def guest_pieces(self, process):
        """The untyped memory that a VMM has for its guest."""
        return [cap for cap in self.given(process) if cap.type == "untyped" and cap.value == distribution.USER_MEMORY and cap.rights == distribution.ALL]

    def take_guest_memory(self, process, caps):
        """The pieces of the guest's memory, which together must be as large as that."""
        guest, pieces = process.partition.guest, self.guest_pieces(process)
        total = sum(cap.size for cap in pieces)
        if total != guest.memory:
            self.say(f"{process.text} has {format_size(total)} of memory for its guest, not {format_size(guest.memory)}")
        return [cap for cap in caps if cap not in pieces]

    def compare_guest(self, partition, table, space):
        """The guest's own table, slot by slot, and its second stage."""
        caps = {cap.slot: cap for cap in self.inspection.contents.get(table, ())}
        if 0 in caps and caps[0].type == "endpoint" and self.memory.owner(caps[0].object) == partition.name:
            self.bind(caps[0].key, ("VMM", partition.name))
        for slot, wanted in distribution.guest_table(self.system, partition).items():
            cap = caps.get(slot)
            if cap and self.matches(cap, wanted):
                del caps[slot]
            else:
                self.tell(f"{who(partition)} in slot {slot}", [wanted], [caps.pop(slot)] if cap else [])
        for slot, cap in caps.items():
            self.say(f"{who(partition)} has a capability that it should not have: in slot {slot} {self.describe(cap)}")
        first = self.page_of(("guest memory", partition.name), 0)
        frame = self.inspection.originals.get(("frame", first))
        self.compare_space(who(partition), space, distribution.guest_space(self.system, partition, frame.size if frame else PAGE))

    def compare_monitor(self):
        """It holds all memory and what it has made of it; of the machine beside memory just what the description speaks of."""
        caps = self.inspection.contents.get(self.processes[0].table, [])
        lacking = [wanted for wanted in self.monitor_wanted() if not any(self.matches(cap, wanted) for cap in caps)]
        extra = [cap for cap in caps if not self.may_monitor_hold(cap)]
        candidates = extra + [cap for cap in caps if cap.is_original and cap not in extra]
        for wanted in lacking:
            found = [cap for cap in candidates if cap.key == self.objects.get(wanted.name)]
            self.tell("the monitor", [wanted], found[:1])
            extra = [cap for cap in extra if cap not in found[:1]]
        self.tell("the monitor", [], extra)

    def monitor_wanted(self):
        """What it has as the first holder."""
        machine = limits.MACHINES[self.system.arch]
        kinds = ["domain", "irq_control", "system"] + (["inspector"] if any(partition.inspect for partition in self.system.partitions) else [])
        for kind in kinds + (["schedule_control"] if self.system.schedules else []):
            yield Wanted(kind, distribution.ALL, 0, (kind,))
        for partition in self.system.partitions[1:] if self.system.schedules else ():
            yield Wanted("domain", distribution.ALL, 0, ("domain", partition.name))
        for schedule in self.system.schedules:
            yield Wanted("schedule", distribution.ALL, 0, ("schedule", schedule.name))
        yield Wanted("system", distribution.WRITE, name_badge(MONITOR), ("system",), what="the system capability that its faults go to")
        yield Wanted("endpoint", distribution.ALL, 0, ("endpoint", MONITOR))
        for name, ports, interrupt in [(SERIAL, machine.console_ports, machine.console_interrupt), *self.watchdog(),
                                       *((device.name, device.ports, device.interrupt) for device in self.system.devices)]:
            if ports:
                yield Wanted("io_ports", distribution.ALL, ports[1], ("ports", name))
            if interrupt is not None:
                yield Wanted("irq_handler", distribution.ALL, 0, ("interrupt", name))

    def may_monitor_hold(self, cap):
        if cap.type == "inspector":
            return any(partition.inspect for partition in self.system.partitions)
        if cap.type == "schedule_control":
            return bool(self.system.schedules)
        if cap.type in ("domain", "schedule"):
            return cap.key in self.names
        if cap.type in SINGLE:
            return True
        if cap.type in ("irq_handler", "io_ports"):
            return cap.key in self.names
        if cap.type == "frame" and self.is_device(cap):
            return cap.object in self.device_pages() or self.memory.owner(cap.object) == BUNDLE_OWNER
        return True

    @staticmethod
    def is_device(cap):
        return next((MEMORY_KINDS[other.value] == "device" for other in cap.ancestors() if other.type == "untyped"), False)

    def device_pages(self):
        machine = limits.MACHINES[self.system.arch]
        pages = {machine.console_registers}
        for device in self.system.devices:
            if device.registers:
                pages |= set(range(device.registers[0], sum(device.registers), PAGE))
        return pages

    # --- What objects hold ---

    def compare_thread(self, process):
        """The bindings that the monitor makes."""
        partition, held = process.partition, {BINDINGS[slot]: cap for slot, cap in self.inspection.held(process.thread).items()}
        if process.role == "pager" or not partition.demand:
            role = distribution.PAGER_FAULT if process.role == "pager" else distribution.PROGRAM_FAULT
            handler = ("endpoint", MONITOR), distribution.badge(self.system, partition.name, role)
        else:
            handler = ("pager", partition.name), distribution.PAGER_BADGE_FAULT
        cap = held.get("handler")
        if not cap or self.names.get(cap.key) != handler[0] or cap.value != handler[1]:
            found = self.describe(cap) if cap else "nobody"
            self.say(f"the faults of {process.text} go to {found}, not to {name_text(handler[0])} (badge {handler[1]:#x})")
        self.compare_timeout_handler(process, held.get("timeout_handler"))
        for binding, cap in held.items():
            is_own = self.is_own(cap, partition) or self.memory.owner(cap.object) == partition.name and binding != "handler"
            if binding == "domain":
                is_own = self.names.get(cap.key) == distribution.domain(self.system, partition)
            if binding not in ("handler", "timeout_handler", "cnode", "vspace") and not is_own:
                self.say(f"the thread of {process.text} is bound to what it should not be, as its {binding.replace('_', ' ')}: {self.describe(cap)}")

    def compare_timeout_handler(self, process, cap):
        """Whom the kernel tells of used-up budgets. A pager runs on its program's."""
        partition = process.partition
        heard = ("endpoint", MONITOR), distribution.badge(self.system, partition.name, distribution.PROGRAM_FAULT)
        is_heard = cap is not None and (self.names.get(cap.key), cap.value) == heard
        if health.hears_overruns(partition) and not is_heard:
            self.say(f"used-up budgets of {process.text} go to {self.describe(cap) if cap else 'nobody'}, not to the monitor")
        elif cap and not health.hears_overruns(partition):
            self.say(f"used-up budgets of {process.text} go to {self.describe(cap)}, and the description has no row for them")

    def compare_held(self):
        """All other objects' own slots: what their makers had themselves."""
        known = {process.thread.start for process in self.processes}
        for kind in HELD_ALONE:
            for original in self.inspection.objects(kind):
                owner = self.system.partition(self.memory.owner(original.object) or "")
                if kind == "thread" and original.start in known:
                    continue
                if owner is None:
                    self.say(f"there is a {kind} that is made of nobody's memory")
                elif kind == "thread" and not self.is_own(original, owner):
                    self.say(f"there is a thread in the memory of {who(owner)} that the description knows nothing of")
                for cap in self.inspection.held(original).values():
                    if owner and not self.is_own(cap, owner):
                        self.say(f"a {kind} of {who(owner)} is bound to what it should not be: {self.describe(cap)}")

    def compare_interrupts(self):
        lines = {device.interrupt: (device.owner, device.badge, f"device '{device.name}'") for device in self.system.devices if device.interrupt is not None}
        lines[limits.MACHINES[self.system.arch].console_interrupt] = CONSOLE, 1 << distribution.CONSOLE_IRQ, "the serial line"
        held = [cap for cap in self.inspection.capabilities if cap.holder == "irq"]
        bound = {cap.place: cap for cap in held if cap.type == "notification"}
        self.compare_confined({cap.place: cap for cap in held if cap.type == "domain"})
        for line, cap in bound.items():
            owner, badge, _ = lines.get(line, (None, None, None))
            if self.names.get(cap.key) != ("notification", owner) or cap.value != badge:
                self.say(f"interrupt {line} signals what it should not: {self.describe(cap)}")
        for line, (owner, _, what) in lines.items():
            if line not in bound and owner != CONSOLE and any(process.partition.name == owner for process in self.processes):
                self.say(f"the interrupt of {what} does not signal {who(self.system.partition(owner))}")

    def compare_confined(self, held):
        """The domains to which interrupts are confined, by their lines."""
        items = [(limits.MACHINES[self.system.arch].console_interrupt, self.system.partition(CONSOLE), self.system.partition(CONSOLE))]
        items += [(device.interrupt, device, self.system.partition(device.owner)) for device in self.system.devices if device.interrupt is not None]
        confined = {line: owner for line, item, owner in items if self.system.schedules and not item.interrupt_any_time}
        for line, owner in confined.items():
            if line not in held or self.names.get(held[line].key) != distribution.domain(self.system, owner):
                self.say(f"interrupt {line} is not confined to the windows of {who(owner)}")
        for line in sorted(held.keys() - confined.keys()):
            self.say(f"interrupt {line} is confined to windows, and should come at any time")

    # --- Time ---

    def name_schedules(self):
        """The kernel's tables are told apart by whose windows they have: those of which the description has one like that."""
        for original in self.inspection.objects("schedule"):
            found = self.owners_of(original)
            for schedule in self.system.schedules:
                if ("schedule", schedule.name) not in self.objects and found == distribution.windows(schedule):
                    self.bind(original.key, ("schedule", schedule.name))
                    break

    def owners_of(self, original):
        """Whose windows a table has, slack first. The domain of the boot is the monitor's."""
        held = {cap.slot: self.names.get(cap.key, ("domain", "?")) for cap in self.inspection.held(original).values()}
        return [(held[slot] + (MONITOR,))[1] if slot in held else None for slot in range(max(held, default=0) + 1)]

    def compare_schedules(self):
        for schedule in self.system.schedules:
            if ("schedule", schedule.name) not in self.objects:
                self.say(f"there is no schedule table whose windows are those of '{schedule.name}'")
        for original in self.inspection.objects("schedule"):
            if original.key not in self.names:
                owners = ", ".join(owner or "nobody" for owner in self.owners_of(original)[1:])
                self.say(f"there is a schedule table that the description does not have: with windows of {owners}")

    def compare_rest(self):
        """Tables and spaces that belong to no program, and first capabilities that are not in the monitor's hands."""
        own = [self.system.partition(name) for name in self.tables]
        known = set().union(*self.tables.values())
        spaces = {process.space for process in self.processes} | {space for _, space in self.guests.values()}
        for kind, named in (("cnode", known), ("vspace", spaces)):
            for cap in self.inspection.objects(kind):
                if cap.object not in named and not any(self.is_own(cap, partition) for partition in own if partition.name != MONITOR):
                    self.say(f"there is {self.describe(cap)} that no program of the description runs on")
        for cap in self.inspection.capabilities:
            if cap.parent is None and cap.cnode != self.processes[0].table:
                self.say(f"not the monitor, but somebody else holds {self.describe(cap)}")

    # --- Spaces ---

    def find_bundle(self):
        """Where the monitor has the boot bundle, which is one piece in physical memory, too."""
        runs = [run for run in self.inspection.spaces.get(self.processes[0].space, ()) if BUNDLE <= run.start < BUNDLE + 2 * GIB]
        self.bundle_start = runs[0].start if runs else BUNDLE
        self.bundle_paddr = runs[0].paddr if runs else 0
        for run in runs:
            self.memory.ranges.append((run.paddr, run.paddr + run.size, BUNDLE_OWNER))

    def regions(self, process):
        partition = process.partition
        if partition.name == MONITOR:
            yield from distribution.monitor_space(partition, self.files[partition.program], self.handover_size)
            yield Region(self.bundle_start, self.bundle_start + distribution.up(len(self.bundle)), READ, ("bundle",), "the boot bundle")
        elif process.role == "pager":
            yield from distribution.pager_space(partition, self.files["pager"])
        else:
            yield from distribution.program_space(self.system, partition, self.files[partition.program])
            if partition.kind == GUEST:
                yield from self.payload_regions(partition)

    def payload_regions(self, partition):
        """The frames of the bundle that hold anything of the guest's files."""
        places = cpio_places(self.bundle)
        wanted = [places[partition.member(what)] for what in ("kernel", "initrd", "cmdline", "disk") if partition.member(what) in places]
        start = end = None
        frames = [cap for cap in self.inspection.objects("frame") if self.memory.owner(cap.object) == BUNDLE_OWNER]
        for frame in sorted(frames, key=lambda cap: cap.object):
            at = frame.object - self.bundle_paddr
            if not any(first < at + frame.size and at < last for first, last in wanted):
                continue
            if at != end and end is not None:
                yield self.payload_region(start, end)
                start = None
            start, end = at if start is None else start, at + frame.size
        if end is not None:
            yield self.payload_region(start, end)

    def payload_region(self, start, end):
        return Region(self.bundle_start + start, self.bundle_start + end, READ, ("bundle",), "the guest's files")

    def compare_space(self, text, space, regions):
        regions = sorted((region for region in regions if region.start < region.end), key=lambda region: region.start)
        covered = dict.fromkeys(regions, 0)
        for run in self.inspection.spaces.get(space, ()):
            at = run.start
            while at < run.end:
                region = next((region for region in regions if region.start <= at < region.end), None)
                end = min(run.end, region.end if region else min((other.start for other in regions if other.start > at), default=run.end))
                if region:
                    covered[region] += end - at
                    self.compare_pages(text, region, at, run.paddr + at - run.start, end - at, run.rights)
                else:
                    self.say(f"{text} maps {pages_text(end - at)} too many at {at:#x}: {self.memory_text(run.paddr + at - run.start)} "
                             f"(rights {rights_text(run.rights)})")
                at = end
        for region, size in covered.items():
            if size < region.end - region.start and not region.optional:
                self.say(f"{text} lacks {pages_text(region.end - region.start - size)} of {region.what} at {region.start:#x}")

    def compare_pages(self, text, region, at, paddr, size, rights):
        """A piece of one region."""
        where = f"{region.what} at {at:#x}"
        lacks, has = region.rights & ~rights, rights & ~region.rights
        if lacks and not region.optional:
            self.say(f"{text} lacks right {rights_text(lacks)} on {where} ({pages_text(size)})")
        if has:
            self.say(f"{text} has a right too many on {where} ({pages_text(size)}): {rights_text(has)}")
        wrong = self.wrong_memory(region, at, paddr, size, rights)
        if wrong is not None:
            self.say(f"{text} has at {where} other memory than it should: {self.memory_text(wrong)}")

    def wrong_memory(self, region, at, paddr, size, rights):
        """The first physical address of a piece of a region that is not of that region's memory; None if all is."""
        kind, *of = region.memory
        offset = at - region.start
        if kind in ("memory", "paged", "image"):
            return next((page for page in range(paddr, paddr + size, PAGE)
                         if not self.is_own_page(kind, self.system.partition(of[0]), page, at + page - paddr, rights)), None)
        if kind == "buffer":
            thread = self.inspection.originals.get(self.objects.get(of[0]))
            return None if thread and paddr == thread.object + PAGE else paddr
        if kind == "registers":
            start = next((device.registers[0] for device in self.system.devices if device.name == of[0] and device.registers),
                         limits.MACHINES[self.system.arch].console_registers)
            return None if paddr == start + offset else paddr
        if kind == "bundle":
            return None if paddr - self.bundle_paddr == at - self.bundle_start else paddr
        return self.wrong_shared(region.memory, offset, paddr, size)

    def is_own_page(self, kind, partition, paddr, vaddr, rights):
        if self.memory.owner(paddr) == partition.name:
            return True
        return kind == "image" and not rights & distribution.WRITE and self.objects.get(("page", partition.program, vaddr)) == ("frame", paddr)

    def wrong_shared(self, name, offset, paddr, size):
        """Memory of a name is the same wherever it is mapped, and is nothing else. Guests' goes by large pages where it can, for there is much of it."""
        done = 0
        while done < size:
            at, page = offset + done, paddr + done
            large = not (at | page) % LARGE and size - done >= LARGE and (name, at // LARGE) not in self.split
            step = LARGE if large else PAGE
            if not large:
                self.split.add((name, at // LARGE))
            known = self.page_of(name, at)
            if known is None:
                known = self.pages.setdefault((name, at, step), page)
            if known != page or self.page_names.setdefault((page, step), (name, at)) != (name, at) or not self.is_home(name, page):
                return page
            done += step
        return None

    def page_of(self, name, offset):
        """The physical address of a page of shared memory; None where it is not known yet."""
        large = self.pages.get((name, offset & -LARGE, LARGE))
        return self.pages.get((name, offset, PAGE)) if large is None else large + offset % LARGE

    def is_home(self, name, page):
        """Whether memory of the name is made of what it should be: a guest's of what its VMM has for it, its disk of what the monitor has beside all
        partitions' own, all else of the monitor's."""
        if name[0] == "disk":
            frame = self.inspection.originals.get(("frame", page))
            return self.memory.owner(page) is None and frame is not None and frame.cnode == self.processes[0].table and not self.is_device(frame)
        return self.memory.owner(page) == (name if name[0] == "guest memory" else MONITOR)


# --- Words ---

def name_badge(name):
    """A badge that is a name of up to eight characters."""
    return int.from_bytes(name.encode()[:8], "little")


def is_like(cap, wanted):
    return (cap.type, cap.rights, cap.value) == (wanted.type, wanted.rights, wanted.value)


def who(partition):
    if partition.name in SERVERS:
        return f"the {partition.name}"
    return f"guest '{partition.name}'" if partition.kind == GUEST else f"partition '{partition.name}'"


def pages_text(size):
    return "1 page" if size == PAGE else f"{size // PAGE} pages"


KIND_TEXT = {"cnode": "capability table", "vspace": "address space", "console": "console notification", "pager": "endpoint of the pager",
             "VMM": "endpoint of the VMM", "watchdog": "notification for signs of life", "ports": "ports", "interrupt": "interrupt", "untyped": "untyped memory"}
SINGLE_TEXT = {"domain": "the authority over processor time", "schedule_control": "the authority over the schedule",
               "irq_control": "the authority over interrupts", "system": "the authority over the machine",
               "io_port_control": "the authority over ports", "inspector": "the inspector", "trace": "the authority to trace"}


def name_text(name):
    """An object's name in words."""
    kind, *of = name
    if not of:
        return SINGLE_TEXT[kind]
    if kind == "schedule":
        return f"schedule table '{of[0]}'"
    if kind == "page":
        return f"page {of[1]:#x} of the program '{of[0]}'"
    text = KIND_TEXT.get(kind, kind)
    if kind in ("ports", "interrupt"):
        return f"the {text} of {MACHINES_OWN.get(of[0], repr(of[0]))}"
    size = f" of {format_size(of[1])}" if kind == "untyped" else ""
    return f"the {text}{size} of '{of[0]}'"


def memory_name(name):
    """The same of memory."""
    kind, of = name
    names = {"channel": f"memory of channel '{of}'", "guest memory": f"the memory of guest '{of}'", "keep": f"what '{of}' keeps"}
    return names.get(kind, f"memory of the {kind} of '{of}'")
