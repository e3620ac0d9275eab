# SPDX-License-Identifier: BSD-2-Clause
"""The report's memory map: bars to scale of who has how much. Addresses are not in it: init chooses them when it boots."""

from dataclasses import dataclass

from .check_memory import OBJECT_LEAST, OBJECT_MOST, OBJECT_OWN, OBJECT_SHARE, RESERVED
from .model import GUEST, MONITOR
from .report_html import drawing, element, line_link, number, plain, section, swatch, table
from .values import GIB, KIB, MIB, format_size

OBJECT_STEP = 2 * MIB    # OBJECT_ALIGN_BITS of kernel/boot_memory.c
BAR = 44                 # height
UNITS = (("G", GIB), ("M", MIB), ("K", KIB))
LOWER = 150              # top of the lower bars
GAP = 24                 # between them
LETTER = 7.3             # width of a letter in a bar: of all, since they are monospaced


@dataclass(frozen=True)
class Part:
    """SIZE bytes that are a WHOSE's; COLOUR is a class of the style sheet."""
    whose: str
    size: int
    colour: str

    def __str__(self):
        return f"{self.whose} {short(self.size)}"


def short(size):
    """A size as people read it: exact where it is of whole K, else to a tenth."""
    unit, factor = next(((unit, factor) for unit, factor in UNITS if size >= factor), ("B", 1))
    if 100 * size % factor == 0:
        return f"{size / factor:.2f}".rstrip("0").rstrip(".") + unit
    return format_size(size) if size % KIB == 0 else f"{size / factor:.1f}{unit}"


def colours(system):
    """Each partition's colour by its name."""
    return {partition.name: f"c{index}" for index, partition in enumerate(system.partitions)}


def object_memory(memory):
    """What a machine of MEMORY bytes keeps for kernel objects."""
    return max(OBJECT_LEAST, min(memory // OBJECT_SHARE // OBJECT_STEP * OBJECT_STEP, OBJECT_MOST))


def of_objects(system, memory):
    """The parts of object memory."""
    own = colours(system)
    parts = [Part(partition.name, partition.kernel_memory, own[partition.name]) for partition in system.partitions]
    left = object_memory(memory) - OBJECT_OWN - sum(part.size for part in parts)
    return [Part("init", OBJECT_OWN, "aside"), *parts, Part("free", left, "free")]


def of_programs(system):
    """The parts of what programs have. Memory channels, ports and what partitions keep are made of the monitor's memory."""
    own = colours(system)
    lasting = system.lasting
    parts = []
    for partition in system.partitions:
        if partition.name == MONITOR and lasting:
            parts += [Part(partition.name, partition.memory - lasting, own[partition.name]), Part("lasting", lasting, "lasting")]
        else:
            whose = f"{partition.name}'s VMM" if partition.kind == GUEST else partition.name
            parts.append(Part(whose, partition.memory, own[partition.name]))
    return parts


def of_machine(system, memory, bundle_size):
    """The parts of the whole machine; what nobody has is the last."""
    own = colours(system)
    parts = [Part("set aside", RESERVED, "aside"), Part("objects", object_memory(memory), "objects"),
             Part("programs", sum(partition.memory for partition in system.partitions), "programs"), Part("bundle", bundle_size, "bundle")]
    parts += [Part(partition.name, partition.guest.all_memory, own[partition.name]) for partition in system.partitions if partition.guest]
    return [*parts, Part("free", memory - sum(part.size for part in parts), "free")]


def edges_of(parts, left, width):
    """The parts' left edges and widths, in units of the picture."""
    total = sum(part.size for part in parts)
    at, found = left, []
    for part in parts:
        found.append((at, width * part.size / total))
        at += found[-1][1]
    return found


def bar(name, parts, left, top, width):
    """The parts beside each other, named where there is room."""
    shapes = []
    for part, (at, size) in zip(parts, edges_of(parts, left, width)):
        rect = element("rect", plain("title", str(part)), x=f"{at:.2f}", y=top, width=f"{size:.2f}", height=BAR, class_=f"part {part.colour}",
                       data_bar=name, data_size=part.size)
        shapes.append(rect)
        for text, down in ((part.whose, 19), (short(part.size), 35)):
            if LETTER * max(len(part.whose), len(short(part.size))) + 4 < size:
                shapes.append(plain("text", text, x=f"{at + size / 2:.2f}", y=top + down, text_anchor="middle"))
    return shapes


def zoom(above, left, width, top):
    """Leads from a part of the bar above to the bar that shows it larger."""
    at, size = above
    points = [(at, top), (at + size, top), (left + width, LOWER), (left, LOWER)]
    return element("polygon", points=" ".join(f"{x:.2f},{y}" for x, y in points), class_="zoom")


def draw(system, memory, bundle_size):
    """The map: the machine, and below it, larger, kernel objects and programs."""
    machine, objects, programs = of_machine(system, memory, bundle_size), of_objects(system, memory), of_programs(system)
    top, half = 26, (1000 - GAP) / 2
    places = edges_of(machine, 0, 1000)
    said = "; ".join(f"{name}: {', '.join(map(str, parts))}" for name, parts in (
        ("The machine", machine), ("of that, kernel objects", objects), ("and programs", programs)))
    shapes = [
        plain("text", f"the machine: {short(memory)}", x=0, y=16),
        zoom(places[1], 0, half, top + BAR), zoom(places[2], half + GAP, half, top + BAR),
        *bar("machine", machine, 0, top, 1000),
        *bar("objects", objects, 0, LOWER, half), *bar("programs", programs, half + GAP, LOWER, half),
        plain("text", f"kernel objects: {short(object_memory(memory))}", x=0, y=LOWER + BAR + 18),
        plain("text", f"programs: {short(machine[2].size)}", x=half + GAP, y=LOWER + BAR + 18),
    ]
    return drawing("memory-map", "Memory map", said + ".", LOWER + BAR + 28, *shapes)


def legend(system):
    """The colours' names."""
    names = list(colours(system).items()) + [("set aside, init", "aside"), ("kernel objects", "objects"), ("programs", "programs"), ("bundle", "bundle")]
    names += [(system.lasting_words, "lasting")] if system.lasting else []
    return element("ul", *(element("li", swatch(colour), name) for name, colour in [*names, ("free", "free")]), class_="legend",
                   aria_label="Colours of the memory map")


def row(system, partition, colour):
    guest = partition.guest.all_memory if partition.guest else 0
    total = partition.memory + guest + partition.kernel_memory
    sizes = [short(partition.memory), short(guest) if guest else "", short(partition.kernel_memory), short(total), str(partition.slots),
             short(partition.stack), short(partition.heap), short(partition.demand) if partition.demand else ""]
    return [element("span", swatch(colour), partition.name), *map(number, sizes), line_link(system, partition)]


def other_row(system, name, size, colour, line=False):
    where = number("")
    if line and ("system", "memory") in system.places.lines:
        at = system.places.of("system", "memory").line
        where = number(element("a", str(at), href=f"#line-{at}"))
    return [element("span", swatch(colour) if colour else "", name), *map(number, ["", "", "", short(size), "", "", "", ""]), where]


def make(system, memory, bundle_size):
    """The section."""
    own = colours(system)
    machine = of_machine(system, memory, bundle_size)
    objects = of_objects(system, memory)
    rows = [row(system, partition, own[partition.name]) for partition in system.partitions]
    rows += [other_row(system, name, size, colour) for name, size, colour in (
        ("set aside for firmware, kernel and init's start", machine[0].size, "aside"), ("init's kernel objects, until it ends", OBJECT_OWN, "aside"),
        ("kernel objects of nobody", objects[-1].size, "free"), ("bundle", bundle_size, "bundle"), ("memory of nobody", machine[-1].size, "free"))]
    heads = ["whose", "memory", "guest memory", "kernel memory", "together", "capability slots", "stack", "heap", "on demand", "line"]
    note = ("Each bar is to its own scale; the lower two show parts of the upper one larger. A guest's memory is that of its VMM, beside the guest's "
            "own, in which is the copy of a disk that it writes. Stack and heap are part of a partition's memory; where it comes on demand they are addresses, of which so much gets memory.")
    if system.lasting:
        note += f" The monitor's memory holds {system.lasting_words}, too: {short(system.lasting)} together."
    return section("memory", "Memory", draw(system, memory, bundle_size), legend(system), element("p", note),
                   table("Who has how much memory", heads, rows, other_row(system, "the machine", memory, "", line=True)))
