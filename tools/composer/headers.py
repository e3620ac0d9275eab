# SPDX-License-Identifier: BSD-2-Clause
"""Headers for programs: the names under which a partition's startup block has its channels and devices, their bits and badges. Nobody counts."""

from .model import GUEST, QUEUING, SERVERS

SUFFIXES = ("badge", "bit", "depth", "irq", "signal", "size", "slot")


def macro(kind, name, suffix=""):
    """SYSTEM_CHANNEL_X_SIZE."""
    return "_".join(filter(None, ("SYSTEM", kind, name.upper().replace("-", "_"), suffix)))


def text(value):
    return f'"{value}"'


def bit(badge):
    return f"(1UL << {badge.bit_length() - 1})"


def ends(channel, partition):
    """(suffix, value) of each macro of a channel, for one of its ends."""
    is_source = channel.source == partition.name
    if channel.is_port:
        return port_end(channel, partition, is_source)
    if is_source and partition.kind == GUEST:
        return [("SLOT", str(channel.slot))]
    if channel.kind == "memory":
        return [("", text(channel.name)), ("SIZE", f"{channel.size:#x}UL"), ("SIGNAL", text(f"{channel.name}.signal")),
                ("BIT", bit(channel.back_badge if is_source else channel.badge))]
    if is_source:
        return [("", text(channel.name))]
    return [("BADGE", f"{channel.badge}UL")] if channel.kind == "call" else [("BIT", bit(channel.badge))]


def port_end(channel, partition, is_source):
    """The same of a port. The rest is in the table of ports: l4/port.h. A guest has the file /dev/virtio-ports/NAME."""
    found = [("", text(channel.name)), ("SIZE", f"{channel.size:#x}UL")]
    if channel.kind == QUEUING:
        found.append(("DEPTH", f"{channel.depth}UL"))
    if partition.kind != GUEST and (channel.answers or not is_source):
        found.append(("BIT", bit(channel.back_badge if is_source else channel.badge)))
    return found


def parts(device):
    """(suffix, value) of each macro of a device, for its owner."""
    found = [("", text(device.name))]
    if device.registers:
        found.append(("SIZE", f"{device.registers[1]:#x}UL"))
    if device.interrupt is not None:
        found += [("IRQ", text(f"{device.name}.irq")), ("BIT", bit(device.badge))]
    return found


def header(system, partition):
    """The text of one partition's header."""
    lines = ["/* SPDX-License-Identifier: BSD-2-Clause */",
             f"/* What partition '{partition.name}' of system '{system.name}' finds in its startup block: made from the description. */", "#pragma once", "",
             f"#define SYSTEM_NAME {text(system.name)}", f"#define SYSTEM_PARTITION {text(partition.name)}"]
    if partition.timer:
        lines.append(f"#define SYSTEM_TIMER_BIT {bit(1)}")
    if partition.keep:
        lines.append(f"#define SYSTEM_KEEP_SIZE {partition.keep:#x}UL")
    found = [("SCHEDULE", schedule, [("", text(schedule.name))]) for schedule in system.schedules if schedule.name in partition.schedules]
    found += [("CHANNEL", channel, ends(channel, partition)) for channel in system.channels if partition.name in (channel.source, channel.target)]
    found += [("DEVICE", device, parts(device)) for device in system.devices if device.owner == partition.name]
    for kind, item, macros in found:
        lines.append("")
        lines += [f"#define {macro(kind, item.name, suffix)} {value}" for suffix, value in macros]
    return "\n".join(lines) + "\n"


def headers(system):
    """The headers' texts by the names of their files, one for each described partition."""
    return {f"{partition.name}.h": header(system, partition) for partition in system.partitions if partition.name not in SERVERS}


def write(system, folder):
    """Writes them to FOLDER/system/."""
    (folder / "system").mkdir(parents=True, exist_ok=True)
    for name, content in headers(system).items():
        (folder / "system" / name).write_text(content, encoding="ascii")
