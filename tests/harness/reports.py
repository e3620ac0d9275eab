# SPDX-License-Identifier: BSD-2-Clause
"""Systems to make reports of: those in the tree, one full of markup, and the largest that a description can have. Files' sizes are made up."""

from composer import check_memory, description, limits, members, report
from launcher import paths

MIB = 1 << 20

# Each text is one that a description may have.
HOSTILE = """\
# <script>alert(1)</script> </code></td></table></style> \N{RIGHT-TO-LEFT OVERRIDE}evil\N{ZERO WIDTH SPACE} &amp; &#60; \t <!--
[partition.a]
priority = 100
arguments = ["<b>bold</b>", "--x=\\"'&<!--", "]]>", "</script>"]
[partition.g]
kind = "guest"
priority = 50
memory = "64M"
kernel = "<i>kernel</i>\\u202e"
initrd = "&lt;initrd&gt;"
command_line = "console=hvc0 <img src=x onerror=alert(2)> </td> &quot;"
"""


def widest():
    """As many of everything as there may be, with the longest and widest names."""
    def name(index):
        return "m" * 14 + "abcdefghijklmnop"[index]

    count = limits.PARTITIONS - 2
    lines = []
    for index in range(count):
        lines += [f"[partition.{name(index)}]", f"priority = {100 + index}", f'memory = "{1 << index}M"']
    kinds = ['kind = "memory"\nsize = "64K"\ntwo_way = true', 'kind = "memory"\nsize = "4K"', 'kind = "call"', 'kind = "signal"']
    for index in range(limits.CHANNELS):
        low = index % (count - 1)
        lines += ["[[channel]]", f'name = "{name(index)}"', kinds[index % 4], f'from = "{name(low)}"', f'to = "{name(low + 1 + index % (count - 1 - low))}"']
    for index in range(limits.DEVICES):
        lines += [f"[device.w{name(index)[1:]}]", f'owner = "{name(index % count)}"', f'registers = ["{0x101000 + 0x1000 * index:#x}", "4K"]', "dma = false",
                  f"interrupt = {11 + index}"]
    for index in range(1, count):
        others = [name(other) for other in range(count) if other not in (0, index)]
        lines += ["[[forbid]]", f'from = "{name(0)}"', f'to = "{name(index)}"', f'trust = {["monitor", "console", *others]}'] if index > 3 else []
    return "\n".join(lines) + "\n"


def crowded():
    """Schedule tables with many windows, long and short."""
    names = ["monitor", "console", *("m" * 14 + letter for letter in "abcdef")]
    lines = [f"[partition.{name}]\npriority = {10 + index}" for index, name in enumerate(names[2:])]
    for table, unit in (("milli", 1000), ("micro", 10), ("heading", 100)):
        lines += [f"[schedule.{table}]", f'frame = "{137 * unit}us"', f'slack = "{names[3]}"', f'pad = "{unit // 100}us"', "windows = ["]
        at = 0
        for index in range(40):
            length = unit * (2 + index % 4)
            if at + length <= 137 * unit - 2 * unit:
                lines.append(f'    {{ partition = "{names[index * 3 % 8]}", at = "{at}us", length = "{length}us" }},')
            at += length + unit * (2 if index % 5 == 4 else 0)
        lines.append("]")
    return "\n".join(lines) + "\n"


def page(path, arch="riscv", variant=None, memory=None):
    """The report of a description."""
    return page_of(description.load(path, arch, variant), description.read_text(path), memory)


def page_of(system, text, memory=None):
    """The report of a system, be it checked or not."""
    sizes = {name: 10000 + 12345 * index for index, name in enumerate(members.programs(system))}
    for partition in system.partitions:
        if partition.guest:
            sizes |= {partition.member("kernel"): 28 * MIB, partition.member("initrd"): 1234567, partition.member("cmdline"): 44}
    bundle_size = sum(sizes.values()) + 3000
    needed = check_memory.needed(system, bundle_size)
    return report.make(system, text, sizes, bundle_size, memory or system.memory or max(512 * MIB, -(-needed // (128 * MIB)) * 128 * MIB))


def of_tree():
    return sorted((paths.TOP / "systems").glob("*.toml"))
