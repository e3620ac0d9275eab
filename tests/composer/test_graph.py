# SPDX-License-Identifier: BSD-2-Clause
"""Rules that hold, schedules that hold, and variants: descriptions without a mistake."""

import pytest

from composer import check_memory, commands, description, graph, schedule
from composer.values import GIB, MIB, MS, S, US

CHAIN = """
[partition.a]
priority = 100
[partition.b]
priority = 101
[partition.c]
priority = 102
[[channel]]
name = "x"
kind = "call"
from = "a"
to = "b"
[[channel]]
name = "y"
kind = "signal"
from = "b"
to = "c"
"""


def names(found):
    return found and [edge.target for edge in found]


def test_chains(load):
    edges = graph.edges(load(CHAIN))
    servers = ("monitor", "console")
    assert names(graph.chain(edges, "a", "c", servers)) == ["b", "c"]
    assert names(graph.chain(edges, "b", "a", servers)) == ["a"]
    assert graph.chain(edges, "c", "a", servers) is None and graph.chain(edges, "c", "b", servers) is None
    assert graph.chain(edges, "a", "c", (*servers, "b")) is None
    assert names(graph.chain(edges, "c", "a")) == ["monitor", "a"]


@pytest.mark.parametrize("rule", [
    'from = "c"\nto = "a"\ntrust = ["monitor", "console"]',
    'from = "a"\nto = "c"\ntrust = ["monitor", "console", "b"]',
])
def test_rules_that_hold(load, rule):
    load(CHAIN + "[[forbid]]\n" + rule)


def test_a_silent_partition_does_not_reach_the_console(load):
    load("[partition.a]\npriority = 1\nconsole = false\n[partition.b]\npriority = 1\n[[forbid]]\nfrom = 'a'\nto = 'b'\ntrust = ['monitor']\n")


def test_a_budget_that_just_fits(load):
    text = "[partition.a]\npriority = 100\nbudget = '2ms'\n[partition.b]\npriority = 50\nbudget = '{}'\n"
    system = load(text.format("2ms"))
    last = system.partition("b")
    assert schedule.response_time(last, schedule.shares_before(system, last)) == 10 * MS


def test_response_time_is_that_of_the_textbook():
    """The example of Joseph and Pandya's analysis in Burns and Wellings: computation times 3, 3, 5 in periods 7, 12, 20 give 3, 6 and 20."""

    def task(budget, period):
        return schedule.Share("task", budget * US, period * US)

    tasks = [task(3, 7), task(3, 12), task(5, 20)]
    assert [schedule.response_time(one, tasks[:number]) for number, one in enumerate(tasks)] == [3 * US, 6 * US, 20 * US]
    assert schedule.response_time(task(6, 20), tasks[:2]) is None


def test_shares_that_nearly_fill_the_processor_end_the_analysis():
    hour = 3600 * S
    others = [schedule.Share("most", hour - 10 * US, hour)]
    assert schedule.response_time(schedule.Share("own", 10 * US + 1, hour), others) is None
    assert schedule.response_time(schedule.Share("own", 10 * US, hour), others) == hour


VARIANTS = """
[partition.a]
priority = 100
[partition.b]
priority = 101
variant = "both"
[[channel]]
name = "x"
kind = "call"
from = "a"
to = "b"
[device.clock]
owner = "b"
registers = ["0x101000", "4K"]
[[forbid]]
from = "b"
to = "a"
trust = []
"""


def test_what_is_of_another_variant_is_left_out(load):
    system = load(VARIANTS)
    assert [partition.name for partition in system.partitions] == ["monitor", "console", "a"]
    assert not system.channels and not system.devices and not system.forbids and system.variants == ("both",)
    with pytest.raises(Exception, match="'b' can influence 'a'"):
        load(VARIANTS, "both")


def test_badges_are_those_of_all_variants(load, tmp_path):
    text = """
[partition.a]
priority = 100
[partition.b]
priority = 100
variant = "one"
[[channel]]
name = "x"
kind = "signal"
from = "b"
to = "a"
[[channel]]
name = "y"
kind = "signal"
from = "c"
to = "a"
[partition.c]
priority = 100
"""
    assert [(channel.name, channel.badge) for channel in load(text).channels] == [("y", 4)]
    assert [(channel.name, channel.badge) for channel in load(text, "one").channels] == [("x", 2), ("y", 4)]
    every, problems = description.read(tmp_path / "s.toml", "riscv", every=True)
    problems.finish()
    assert [channel.badge for channel in every.channels] == [2, 4] and len(every.partitions) == 5


def test_an_architecture_overrides(load):
    text = "[partition.a]\npriority = 100\nstack = '16K'\n[partition.a.x86_64]\nstack = '32K'\n" \
           "[device.d]\nowner = 'a'\n[device.d.riscv]\nregisters = ['0x101000', '4K']\n"
    assert load(text).partition("a").stack == 16 << 10 and len(load(text).devices) == 1
    assert load(text, arch="x86_64").partition("a").stack == 32 << 10 and not load(text, arch="x86_64").devices


def test_badges(load):
    text = CHAIN + "[[channel]]\nname = 'z'\nkind = 'memory'\nsize = '8K'\nfrom = 'c'\nto = 'b'\n" \
                   "[[channel]]\nname = 'w'\nkind = 'call'\nfrom = 'a'\nto = 'b'\n" \
                   "[device.d]\nowner = 'b'\nregisters = ['0x101000', '4K']\ninterrupt = 11\n"
    system = load(text)
    assert [(channel.name, channel.badge, channel.back_badge) for channel in system.channels] == [("x", 1, 0), ("y", 2, 0), ("z", 2, 4), ("w", 2, 0)]
    assert system.devices[0].badge == 4


def test_memory_that_a_machine_needs(load):
    def system(text):
        return load("[partition.a]\nkind = 'guest'\npriority = 1\n" + text)

    small = check_memory.needed(system("memory = '64M'"))
    assert 64 * MIB < small < 192 * MIB
    assert check_memory.needed(system("memory = '64M'"), 100 * MIB) == small + 100 * MIB
    assert check_memory.needed(system("memory = '8G'")) > 8 * GIB + 500 * MIB
    assert check_memory.needed(load("[partition.a]\npriority = 1\nkernel_memory = '64M'")) > 16 * 64 * MIB
    assert load(f"[system]\nmemory = '{small // MIB}M'\n[partition.a]\nkind = 'guest'\npriority = 1\nmemory = '64M'").memory == small


SHELL = """
[partition.control]
priority = 140
[partition.payload]
priority = 50
[partition.worker]
priority = 55
[partition.shell]
priority = 60
monitor = ["ps:worker", "restart:payload", "stop:payload", "restart:console"]
"""


def test_a_shell_has_the_monitor_reach_others(load):
    edges = graph.edges(load(SHELL))
    servers = ("monitor", "console")
    assert graph.say(graph.chain(edges, "worker", "payload", servers)) \
        == "worker has its state told to shell by the monitor, shell restarts and stops payload by the monitor"
    assert "shell restarts console by the monitor" in map(str, edges)
    assert graph.chain(edges, "payload", "shell", servers) is None and graph.chain(edges, "shell", "control", servers) is None
    everything = graph.edges(load(SHELL + "[[forbid]]\nfrom = 'worker'\nto = 'control'\ntrust = ['monitor', 'console']\n"))
    assert everything == edges


def test_commands_about_all(load):
    system = load(SHELL.replace('"ps:worker", "restart:payload"', '"log", "mem", "start", "restart:payload"'))
    described = ["control", "payload", "worker", "shell"]
    (partition, about), = commands.clients(system)
    assert partition.name == "shell" and about == {"log": ["monitor", "console", *described], "mem": ["monitor", "console", *described],
                                                   "start": described, "restart": ["console", "payload"], "stop": ["payload"]}


def test_commands_about_another_variant_are_left_out(load):
    text = SHELL.replace("[partition.payload]\n", "[partition.payload]\nvariant = 'both'\n")
    (_, about), = commands.clients(load(text))
    assert about == {"ps": ["worker"], "restart": ["console"]}
    (_, about), = commands.clients(load(text, "both"))
    assert about == {"ps": ["worker"], "restart": ["console", "payload"], "stop": ["payload"]}


DMA = """
[partition.a]
priority = 100
[partition.b]
priority = 101
[device.d]
owner = "a"
{}
"""


@pytest.mark.parametrize("arch, device, dma", [
    ("riscv", 'registers = ["0x101000", "4K"]', False),                      # the clock
    ("riscv", 'registers = ["0x10001000", "4K"]', True),                     # virtio
    ("riscv", 'registers = ["0x10001000", "4K"]\ndma = false', False),
    ("riscv", 'registers = ["0x101000", "4K"]\ndma = true', True),
    ("riscv", 'registers = ["0x101000", "8K"]', True),                       # the clock, and more
    ("riscv", 'registers = ["0x30000000", "64K"]', True),                    # PCI's configuration: the DMA of whatever is there
    ("x86_64", 'ports = ["0x70", 2]', False),
    ("x86_64", 'ports = ["0xcf8", 8]', True),
    ("x86_64", 'registers = ["0xb0000000", "4K"]', True),
    ("x86_64", 'ports = ["0x70", 2]\n[device.d.x86_64]\ndma = true', True),
])
def test_a_device_that_may_reach_memory_makes_its_owner_everybodys_neighbour(load, arch, device, dma):
    system = load(DMA.format(device), arch=arch)
    edges = [edge for edge in graph.edges(system) if edge.device]
    assert system.devices[0].dma is dma
    assert {(edge.source, edge.target) for edge in edges} == ({(one, two) for other in ("b", "monitor", "console") for one, two in (("a", other), (other, "a"))}
                                                              if dma else set())
