# SPDX-License-Identifier: BSD-2-Clause
"""
The report's picture of the authority graph. Each partition is a column below the monitor's bar and above the console's; each channel is a row with an
arrow between two columns, each device a row with a box on its owner's line. So nothing ever covers anything, whatever the system.
"""

from . import commands, graph
from .model import CONSOLE, GUEST, MONITOR, QUEUING, SAMPLING, SERVERS
from .report_html import cell, drawing, element, line_link, number, plain, section, table
from .report_memory import colours, short
from .values import format_time

GUTTER, RIGHT = 190, 960     # columns lie between them; channels' names stand left of them
SERVER_LINE = 982            # of the edge between the two servers
BAR_TOP, BAR, BOX_TOP, BOX = 8, 34, 80, 42
FIRST_ROW, ROW = 152, 42
BOX_MOST = 180


def columns(system):
    """The middle of each partition's column, and the width of boxes in it."""
    names = [partition.name for partition in system.partitions if partition.name not in SERVERS]
    width = (RIGHT - GUTTER) / max(1, len(names))
    return {name: GUTTER + width * (index + 0.5) for index, name in enumerate(names)}, min(BOX_MOST, width - 10)


def line(x1, y1, x2, y2, start=None, end=None, class_="edge"):
    """A line with arrow heads of these kinds at its ends."""
    ends = {f"marker_{where}": f"url(#{kind})" for where, kind in (("start", start), ("end", end)) if kind}
    return element("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=class_, **ends)


def box(x, y, width, height, colour, *texts, kind="box"):
    """A named box around the middle X."""
    middle = y + height / 2 + 4.5 - 8 * (len(texts) - 1)
    names = [plain("text", text, x=f"{x:.1f}", y=f"{middle + 16 * index:.1f}", text_anchor="middle", class_="name" if index == 0 else "small")
             for index, text in enumerate(texts)]
    rect = element("rect", x=f"{x - width / 2:.1f}", y=f"{y:.1f}", width=f"{width:.1f}", height=height, rx=5, class_=f"{kind} {colour}",
                   data_name=texts[0])
    return element("g", rect, *names)


def heads():
    """Arrow heads: full ones for what a channel is for, open ones for what comes back."""
    tip = "M1,1 L9,5 L1,9 Z"
    markers = [element("marker", element("path", d=tip, class_=f"head {name}"), id=name, viewBox="0 0 10 10", refX=9, refY=5, markerWidth=9,
                       markerHeight=9, orient="auto-start-reverse") for name in ("full", "open")]
    return element("defs", *markers)


def what(channel):
    """A channel in few words."""
    if channel.kind == "memory":
        return f"memory {short(channel.size)}" + (", both write" if channel.two_way else "")
    if channel.kind == SAMPLING:
        return f"sampling, {short(channel.size)}, {format_time(channel.refresh)}"
    if channel.kind == QUEUING:
        return f"queuing, {channel.depth} of {short(channel.size)}, {channel.overflow}"
    return f"{channel.kind}, guest's slot {channel.slot}" if channel.slot is not None else channel.kind


def label(y, name, small):
    return join_texts((name, y - 3, "name"), (small, y + 12, "small"))


def join_texts(*texts):
    return element("g", *(plain("text", text, x=0, y=y, class_=kind) for text, y, kind in texts))


def channel_row(channel, at, y):
    back = "full" if channel.two_way else "open" if channel.kind == "call" or channel.answers else None
    arrow = line(at[channel.source], y, at[channel.target], y, back, "full", "edge channel")
    return element("g", plain("title", "; ".join(map(str, graph.channel_edges(channel)))), label(y, channel.name, what(channel)), arrow)


def device_row(device, at, width, y):
    small = f"driven by {device.owner}" + (", reaches all memory" if device.dma else "")
    return element("g", label(y, "device", small), box(at[device.owner], y - 14, width, 28, "device", device.name))


def command_rows(system):
    """(client, target, commands) of what partitions have the monitor do to others."""
    for client, about in commands.clients(system):
        for target in system.partitions:
            done = [command for command in commands.DEEDS if target.name in about.get(command, ())]
            if done and target.name not in (client.name, *SERVERS):
                yield client.name, target.name, done


def command_row(client, target, done, at, y):
    title = plain("title", f"{client} {commands.listing([f'{command}s' for command in done])} {target} by the monitor")
    return element("g", title, label(y, ", ".join(done), "by the monitor"), line(at[client], y, at[target], y, None, "full", "edge channel"))


def column(partition, at, width, colour, bottom):
    """A partition's box, its edge to the monitor, and its line down to the console."""
    x = at[partition.name]
    kind = "guest and its VMM" if partition.kind == GUEST else "native, its pager" if partition.demand else "native"
    kind += ", inspects" if partition.inspect else ""
    kind += ", traces" if partition.trace else ""
    shapes = [line(x, BAR_TOP + BAR, x, BOX_TOP, "full", "full")]
    if partition.console:
        shapes.append(line(x, BOX_TOP + BOX, x, bottom, "full", "full"))
    else:
        shapes.append(line(x, BOX_TOP + BOX, x, bottom - ROW / 2, class_="edge own"))
    return [*shapes, box(x, BOX_TOP, width, BOX, colour, partition.name, kind)]


def draw(system):
    at, width = columns(system)
    colour = colours(system)
    deeds = list(command_rows(system))
    rows = [FIRST_ROW + ROW * (index + 0.5) for index in range(len(system.channels) + len(deeds) + len(system.devices))]
    bottom = FIRST_ROW + ROW * len(rows) + 20
    wide, middle = 1000 - GUTTER, (1000 + GUTTER) / 2
    shapes = [heads(), line(SERVER_LINE, BAR_TOP + BAR, SERVER_LINE, bottom, "full", "full")]
    for partition in system.partitions:
        if partition.name not in SERVERS:
            shapes += column(partition, at, width, colour[partition.name], bottom)
    free = iter(rows)
    shapes += [channel_row(channel, at, next(free)) for channel in system.channels]
    shapes += [command_row(*deed, at, next(free)) for deed in deeds]
    shapes += [device_row(device, at, width, next(free)) for device in system.devices]
    shapes += [box(middle, BAR_TOP, wide, BAR, colour[MONITOR], MONITOR), box(middle, bottom, wide, BAR, colour[CONSOLE], CONSOLE),
               join_texts(("builds, answers calls", BAR_TOP + 21, "small")), join_texts(("owns the serial line", bottom + 21, "small"))]
    said = ". ".join(map(str, graph.edges(system)))
    return drawing("authority-graph", "Authority graph", f"{said}.", bottom + BAR + 8, *shapes)


def channel_table(system):
    rows = [[channel.name, channel.kind, channel.source, channel.target, number(short(channel.size) if channel.size else ""),
             number("" if channel.slot is None else str(channel.slot)), number(str(channel.badge)), line_link(system, channel)]
            for channel in system.channels]
    return table("Channels", ["channel", "kind", "from", "to", "size", "guest's slot", "badge", "line"], rows)


def device_table(system):
    rows = []
    for device in system.devices:
        registers = f"{device.registers[0]:#x}, {short(device.registers[1])}" if device.registers else ""
        ports = f"{device.ports[0]:#x}, {device.ports[1]}" if device.ports else ""
        rows.append([device.name, device.owner, number(registers), number(ports), number("" if device.interrupt is None else str(device.interrupt)),
                     "all memory" if device.dma else "none", line_link(system, device)])
    return table("Devices", ["device", "owner", "registers", "ports", "interrupt", "DMA", "line"], rows)


def command_table(system):
    rows = [[partition.name, command, ", ".join(names), line_link(system, partition)]
            for partition, about in commands.clients(system) for command, names in about.items()]
    return table("Commands to the monitor", ["partition", "command", "about", "line"], rows)


def edge_table(system):
    rows = [[edge.source, cell(edge.target), cell(str(edge))] for edge in graph.edges(system)]
    return element("details", element("summary", f"All {len(rows)} edges in words"), table("Edges", ["from", "to", "in words"], rows))


def make(system):
    """The section."""
    note = ("A full head is what an edge is for, an open one what comes back: a reply, a signal that memory was read, or how much a port's reader has received. A line that crosses another "
            "without a head there has nothing to do with it. The monitor builds every partition and holds its memory; where a partition's line ends "
            "above the console, it has none.")
    tables = [made for made, there in ((channel_table(system), system.channels), (command_table(system), list(commands.clients(system))),
                                         (device_table(system), system.devices)) if there]
    return section("authority", "Authority", draw(system), element("p", note), *tables, edge_table(system))
