# SPDX-License-Identifier: BSD-2-Clause
"""The composer's limits are those of the target's sources."""

import re

import pytest

from composer import check_channels, check_memory, check_partitions, distribution, files, limits, manifest, members, port_memory, values
from composer.model import LARGE_PAGE
from composer.values import MIB, PAGE, US
from launcher import arches, paths, system


def constant(path, name):
    """The number that a C file defines NAME to be."""
    text = (paths.TOP / path).read_text(encoding="utf-8")
    return int(re.search(rf"^#define {name} (\d+)", text, re.MULTILINE)[1])


@pytest.mark.parametrize("path, name, value", [
    ("servers/include/servers/system.h", "SYSTEM_PARTITIONS_MAX", limits.PARTITIONS),
    ("servers/include/servers/system.h", "SYSTEM_CHANNELS_MAX", limits.CHANNELS),
    ("servers/include/servers/system.h", "SYSTEM_DEVICES_MAX", limits.DEVICES),
    ("servers/include/servers/system.h", "SYSTEM_PROGRAM_SIZE", limits.MEMBER_NAME + 1),
    ("servers/include/servers/system.h", "SYSTEM_ARGUMENTS_SIZE", limits.ARGUMENT_BYTES + 1),
    ("servers/include/servers/system.h", "SYSTEM_NAME_SIZE", 16),
    ("servers/include/servers/system.h", "SYSTEM_DISKS_MIB", limits.DISKS // MIB),
    ("libl4/include/l4/startup.h", "L4_STARTUP_ENTRIES", check_channels.ENTRIES_MOST),
    ("libl4/include/l4/port_memory.h", "L4_PORT_SIZE_MAX", port_memory.SIZE_MOST),
    ("libl4/include/l4/port_memory.h", "L4_PORT_DEPTH_MAX", port_memory.DEPTH_MOST),
    ("libl4/include/l4/port_memory.h", "L4_PORT_SAMPLING_DEPTH", port_memory.SAMPLING_DEPTH),
    ("kernel/include/kernel/sched.h", "SCHED_MIN_BUDGETS_PER_SECOND", 1_000_000 * US // limits.BUDGET_LEAST),
    ("servers/monitor/image.h", "IMAGE_REGIONS", files.IMAGE_REGIONS),
    ("servers/monitor/monitor.h", "LASTING_PIECES", check_memory.LASTING_PAGES // 64),  # L4_RETYPE_COUNT_MAX
    ("servers/vmm/input.c", "BUDGET_US", limits.INPUT_BUDGET // US),
    ("servers/vmm/input.c", "PERIOD_US", limits.INPUT_PERIOD // US),
    ("servers/vmm/channel_port.h", "CHANNEL_PORTS_MAX", limits.GUEST_PORTS),
    ("servers/vmm/channel_port.h", "CHANNEL_PORT_SIZE", limits.GUEST_MESSAGE),
    ("servers/vmm/objects.c", "SLOTS_MAX", limits.guest_slots(limits.GUEST_MEMORY)),
])
def test_it_is_the_same(path, name, value):
    assert constant(path, name) == value


@pytest.mark.parametrize("path, name, value", [
    ("libl4/include/l4/startup.h", "L4_STARTUP_ARGUMENTS", limits.ARGUMENTS + 2 * limits.PARTITIONS),
    ("servers/pager/memory.c", "SLOTS_MAX", limits.DEMAND_MOST // PAGE + 256),
    ("servers/monitor/handover.h", "HANDOVER_PARTITION_SLOTS", check_memory.PARTITION_PAGES + 100),
    ("servers/monitor/monitor.h", "MONITOR_OWN_SLOTS", check_memory.LASTING_PAGES + limits.DISKS // LARGE_PAGE + 200),
])
def test_there_is_room_for_it(path, name, value):
    assert constant(path, name) >= value


@pytest.mark.parametrize("path, name, value", [
    ("servers/include/servers/layout.h", "LAYOUT_STARTUP", distribution.STARTUP),
    ("servers/include/servers/layout.h", "LAYOUT_BUFFER", distribution.BUFFER),
    ("servers/include/servers/layout.h", "LAYOUT_STACK_TOP", distribution.STACK_TOP),
    ("servers/include/servers/layout.h", "LAYOUT_SHARED", distribution.SHARED),
    ("servers/include/servers/layout.h", "LAYOUT_HEAP", distribution.HEAP),
    ("servers/include/servers/layout.h", "LAYOUT_DISK", distribution.DISK),
    ("servers/include/servers/layout.h", "LAYOUT_FREE", distribution.FREE),
    ("servers/include/servers/layout.h", "LAYOUT_BUNDLE", distribution.BUNDLE),
    ("servers/vmm/arch/riscv/machine.h", "MACHINE_MEMORY_BASE", distribution.GUEST_BASE["riscv"]),
    ("servers/vmm/arch/x86_64/layout.h", "LAYOUT_PCI_MEMORY", distribution.MSIX),
])
def test_it_lies_there(path, name, value):
    text = (paths.TOP / path).read_text(encoding="utf-8")
    assert int(re.search(rf"^#define {name} (0x[0-9a-f]+)UL", text, re.MULTILINE)[1], 16) == value


def test_what_is_given_begins_there():
    text = (paths.TOP / "libl4/include/l4/startup.h").read_text(encoding="utf-8")
    assert int(re.search(r"L4_SLOT_FIRST = (\d+)", text)[1]) == check_channels.FIRST_SLOT


def test_a_template_is_made_in_one_go():
    text = (paths.TOP / "libl4/abi/abi.toml").read_text(encoding="utf-8")
    assert int(re.search(r'^name = "RETYPE_COUNT_MAX"\nvalue = (\d+)$', text, re.MULTILINE)[1]) == files.TEMPLATE_PAGES


def shifted(path, name):
    """The number that a C file defines NAME to be, by a shift."""
    text = (paths.TOP / path).read_text(encoding="utf-8")
    number, bits = re.search(rf"^#define {name} \((\d+)UL << (\d+)\)", text, re.MULTILINE).groups()
    return int(number) << int(bits)


def is_taken(arch, first, last):
    return any(taken.first <= first and last <= taken.last for taken in limits.MACHINES[arch].taken)


def test_a_device_has_no_more_registers_than_init_gives():
    assert values.REGISTERS_MOST == shifted("servers/init/manifest.c", "DEVICE_MAX")


def test_init_has_slots_for_all_devices():
    """Each page comes of halving what it lies in, by which both halves take a slot, and takes one itself; each device lies somewhere else in 4 GiB."""
    text = (paths.TOP / "servers/init/init.h").read_text(encoding="utf-8")
    slots = int(re.search(r"INIT_SLOTS_MACHINE_COUNT = (\d+)", text)[1])
    assert 3 * limits.DEVICE_PAGES + 2 * 20 * limits.DEVICES + 512 <= slots


@pytest.mark.parametrize("arch", limits.MACHINES)
def test_a_device_lies_where_the_kernel_looks_for_it(arch):
    assert is_taken(arch, shifted(f"arch/{arch}/platform.c", "DEVICES_END"), (1 << 56) - 1)


def test_a_device_is_not_the_first_page_on_riscv():
    text = (paths.TOP / "arch/riscv/platform.c").read_text(encoding="utf-8")
    assert "paddr_t address = PAGE_SIZE;\n\twhile (address < DEVICES_END)" in text and is_taken("riscv", 0, PAGE - 1)


def test_a_device_is_nothing_that_the_kernel_keeps_on_x86_64():
    text = (paths.TOP / "arch/x86_64/platform.c").read_text(encoding="utf-8")
    start, end = (int(re.search(rf"^#define MESSAGES_{name} (0x[0-9a-f]+)UL", text, re.MULTILINE)[1], 16) for name in ("START", "END"))
    assert is_taken("x86_64", start, end - 1) and is_taken("x86_64", 0, shifted("arch/x86_64/platform.c", "LOW_END") - 1)


def test_a_stack_lies_above_all_that_is_below_it():
    text = (paths.TOP / "servers/include/servers/layout.h").read_text(encoding="utf-8")
    window, top = (int(re.search(rf"^#define LAYOUT_{name} (0x[0-9a-f]+)UL", text, re.MULTILINE)[1], 16) for name in ("WINDOW", "STACK_TOP"))
    guard = constant("servers/include/servers/layout.h", "LAYOUT_GUARD_PAGES")
    assert top - limits.STACK_MOST - guard * PAGE >= window + PAGE


@pytest.mark.parametrize("name, value", [("struct l4_port_slot", port_memory.SLOT_HEADER), ("struct l4_port_source", port_memory.SOURCE_HEADER)])
def test_a_port_takes_as_much(name, value):
    text = (paths.TOP / "libl4" / "include" / "l4" / "port_memory.h").read_text(encoding="utf-8")
    assert int(re.search(rf"^_Static_assert\(sizeof\({name}\) == (\d+),", text, re.MULTILINE)[1]) == value


@pytest.mark.parametrize("name, value", [("CONSOLE_BIT_IRQ", distribution.CONSOLE_IRQ), ("CONSOLE_BIT_TIMER", distribution.CONSOLE_TIMER)])
def test_console_bit_is_the_same(name, value):
    assert constant("servers/include/servers/console.h", name) == value


def test_the_launchers_arguments_fit_beside_the_most_of_the_servers(load, monkeypatch):
    most = {name: limits.ARGUMENT_BYTES - len(added) for name, added in check_partitions.ADDED.items()}
    described = load("[partition.a]\npriority = 1\n" + "".join(f"[server.{name}]\narguments = ['{'x' * length}']\n" for name, length in most.items()))
    written = []
    monkeypatch.setattr(files, "check", lambda *_, **__: None)
    monkeypatch.setattr(members, "collect", lambda *_: {})
    monkeypatch.setattr(manifest, "write", lambda made, _: written.append(made) or b"")
    system.make_bundle(arches.BY_NAME["riscv"], "debug", described, {}, person=True)
    assert [len(" ".join(written[0].partition(name).arguments)) for name in most] == [limits.ARGUMENT_BYTES] * 2


def test_the_monitors_commands_are_the_same():
    text = (paths.TOP / "servers/include/servers/monitor_commands.h").read_text(encoding="utf-8")
    names = re.search(r"^#define MONITOR_COMMAND_NAMES \{(.*)\}$", text, re.MULTILINE)[1]
    assert re.findall(r'"(\w+)"', names) == list(values.COMMANDS)
    assert [name.lower() for name in re.findall(r"^\tMONITOR_COMMAND_(\w+),", text, re.MULTILINE)] == list(values.COMMANDS)
