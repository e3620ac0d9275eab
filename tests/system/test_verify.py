# SPDX-License-Identifier: BSD-2-Clause
"""`./bulkhead verify`: systems that are as described, builders that are not right, and that whatever is wrong is found."""

import random
import re

import pytest
from harness import logs

from composer import distribution
from composer.inspection import Capability, Inspection, Run, rights_text
from composer.verify import who
from launcher import build, cli, errors, paths, system, verify


@pytest.fixture
def compare(request, arch):
    """compare(name, programs=None, kernel="bulkhead.elf", after=b"", mode="debug"): the verify.Comparison of a running system, once it has written AFTER;
    PROGRAMS are others than the build's, by name."""
    folder = logs.of_test(request.node.nodeid)

    def run(name, programs=None, kernel="bulkhead.elf", after=b"", mode="debug"):
        built = arch.variant(mode)
        made = verify.described(arch, name)
        guests = system.load_guests(arch, made)
        subject = verify.Subject(made, {**system.programs(arch, mode), **(programs or {})}, guests, built / "servers" / "init" / "init.elf", built / kernel)
        machine = verify.make_machine(arch, subject, folder / "boot-1.cpio")
        try:
            with open(folder / "boot-1.log", "wb") as log:
                return verify.watch(subject, machine.command(interactive=False), 300, log, after)
        except errors.LauncherError as error:
            pytest.fail(f"{error}\nlog: {folder / 'boot-1.log'}")

    yield run
    for path in folder.glob("boot-*.cpio"):
        path.unlink()


@pytest.mark.parametrize("name, after", [("cockpit", b"partition 'sensor' is restarted (2 of"), ("linux", b"")], ids=["cockpit", "linux"])
def test_system_that_ships_is_as_described(compare, name, after):
    """As users verify them, so in release mode: a debug kernel has little time left in the cockpit's windows. The cockpit after restarts of its sensor:
    they leave nothing behind."""
    comparison = compare(name, after=after, mode="release")
    assert comparison.differences == []
    check_guests(Bench(comparison))


def test_what_those_that_ship_do_not_have_is_as_described(compare, tmp_path):
    """The guest's disk is a file of 5 MiB and some sectors."""
    path = tmp_path / "verify-test.toml"
    path.write_bytes((paths.TOP / "tests" / "systems" / path.name).read_bytes())
    (tmp_path / "disk.img").write_bytes(bytes(5 << 20 | 3 << 9))
    comparison = compare(str(path))
    assert comparison.differences == []
    check_guests(Bench(comparison))


def test_ports_are_as_described(compare, arch, tmp_path):
    """With and without a pager, and of each kind: who writes where, who signals whom, and who sees nothing of the other. The guests only have to be there."""
    path = tmp_path / "ports-verify.toml"
    kernel = arch.variant("debug") / "tests" / "guest" / "testkernel.elf"
    text = (paths.TOP / "tests" / "systems" / path.name).read_text(encoding="utf-8")
    guest = f'kind = "guest"\nkernel = "{kernel}"\ncommand_line = "mode=idle"'
    path.write_text(text.replace('kind = "guest"', guest), encoding="utf-8")
    comparison = compare(str(path))
    assert comparison.differences == []


def test_domains_and_schedule_tables_are_as_described(compare, arch, tmp_path):
    """With windows ten times as long, as a busy host has time for all of them; with the guest; and with a serial line whose interrupt comes at any time."""
    path = tmp_path / "schedule.toml"
    kernel = arch.variant("debug") / "tests" / "guest" / "testkernel.elf"
    text = re.sub(r'([mu]s")', r"0\1", (paths.TOP / "tests" / "systems" / path.name).read_text(encoding="utf-8"))
    text = text.replace('variant = "guest"', f'variant = "verify"\nkernel = "{kernel}"\ncommand_line = "mode=spin"')
    path.write_text(f"{text}\n[server.console]\ninterrupt_any_time = true\n", encoding="utf-8")
    comparison = compare(str(path), after=b"degraded is to be followed")
    assert comparison.differences == []
    check_schedules(Bench(comparison))


def variant(arch, name):
    return {"monitor": arch.variant("debug") / "tests" / "variants" / f"{name}.elf"}


def test_monitor_that_leaks_a_capability(compare, arch):
    assert compare("channels", variant(arch, "monitor_leak")).differences == [
        "partition 'inspector' has a capability that it should not have: the notification of 'bell' (rights W)"]


def test_monitor_that_maps_one_page_too_many(compare, arch):
    difference, = compare("channels", variant(arch, "monitor_page")).differences
    assert difference == "partition 'inspector' maps 1 page too many at 0x30002000: memory of channel 'ticks' (rights R)"


def test_monitor_that_forgets_a_right(compare, arch):
    assert compare("channels", variant(arch, "monitor_right")).differences == [
        "partition 'bell' lacks right W on the console notification of 'bell'"]


def test_init_that_leaks_a_capability_and_maps_one_page_too_many(compare):
    differences = compare("channels", kernel="bulkhead-badinit.elf").differences
    assert len(differences) == 2
    assert differences[0].startswith("the monitor maps 1 page too many at 0x3000") and "the memory of the monitor (rights R)" in differences[0]
    assert differences[1] == "the monitor has a capability that it should not have: an irq handler number 0x9 (rights RWG)"


# --- Whatever is changed in what was found ---

class Bench:
    """A system that is as described, to change it here and there."""

    def __init__(self, comparison):
        self.right = comparison
        self.found = comparison.inspection
        self.programs = [process for process in comparison.processes if process.partition.name != "monitor"]

    def differences(self, capabilities=None, spaces=None):
        changed = Inspection(capabilities or self.found.capabilities, spaces or self.found.spaces)
        right = self.right
        comparison = type(right)(right.system, changed, right.files, right.bundle, right.handover_size)
        return comparison.missing + comparison.differences

    def with_capability(self, cap):
        return self.differences(capabilities=[*self.found.capabilities, cap])

    def without(self, cap, *others):
        return self.differences(capabilities=[other for other in self.found.capabilities if other is not cap] + list(others))

    def with_runs(self, space, runs):
        return self.differences(spaces={**self.found.spaces, space: sorted(runs, key=lambda run: run.start)})


@pytest.fixture
def bench(compare):
    bench = Bench(compare("channels"))
    assert bench.differences() == []
    return bench


def changed(cap, **members):
    own = {name: getattr(cap, name) for name in ("type", "rights", "size_bits", "object", "value", "holder", "slot", "place", "parent", "cnode")}
    return Capability(**{**own, **members})


def check_capabilities(bench):
    """Of each program: each of its capabilities gone, without each of its rights, with others, with another badge."""
    for process in bench.programs:
        for cap in bench.right.given(process):
            text = process.text
            assert any(text in line and "lacks" in line for line in bench.without(cap)), cap
            for right in (bit for bit in (1, 2, 4, 8) if cap.rights & bit):
                lines = bench.without(cap, changed(cap, rights=cap.rights & ~right))
                assert any(f"{text} lacks right {rights_text(right)} on" in line for line in lines), (cap, lines)
            lines = bench.without(cap, changed(cap, rights=cap.rights ^ 4))
            assert any(text in line and "right" in line for line in lines), (cap, lines)
            if cap.type in ("endpoint", "notification"):
                lines = bench.without(cap, changed(cap, value=cap.value + 64))
                assert any(text in line for line in lines), (cap, lines)


def check_leaks(bench, chance):
    """A copy of any capability of the monitor's in any program's table."""
    monitor = bench.found.contents[bench.right.processes[0].table]
    for process in bench.programs:
        last = max(cap.slot for cap in bench.found.contents[process.table])
        for cap in chance.sample(monitor, 20):
            leaked = changed(cap, parent=cap, cnode=process.table, slot=last + 1, place=process.table + 64 * (last + 1))
            lines = bench.with_capability(leaked)
            assert any(line.startswith(f"{process.text} has a capability that it should not have") for line in lines), (process.text, cap, lines)


def check_bindings(bench):
    """What threads hold: without a handler, with somebody else's."""
    others = [cap for cap in bench.found.capabilities if cap.holder == "thread" and cap.type == "endpoint"]
    for process in bench.programs:
        handler = bench.right.bound(process.thread, "handler")
        other = next(cap for cap in others if cap.key == handler.key and cap.value != handler.value)
        lines = bench.without(handler, changed(handler, value=other.value))
        assert lines, process.text


def check_spaces(bench, chance):
    """In each space: a page more, a page less, other rights, other memory."""
    stranger = next(run for run in bench.found.spaces[bench.programs[-1].space] if run.start == distribution.STARTUP)
    for process in bench.programs:
        runs = bench.found.spaces[process.space]
        for run in chance.sample(runs, min(6, len(runs))):
            rest = [other for other in runs if other is not run]
            page = Run(run.end, 4096, run.paddr, 1)
            if not any(other.start <= page.start < other.end for other in runs):
                assert any(f"{process.text} maps 1 page too many at {page.start:#x}" in line for line in bench.with_runs(process.space, [*runs, page]))
            assert any(process.text in line and "lacks" in line for line in bench.with_runs(process.space, rest)), run
            lines = bench.with_runs(process.space, [*rest, Run(run.start, run.size, run.paddr, run.rights ^ 2)])
            assert any(process.text in line and "right" in line for line in lines), run
            if process is not bench.programs[-1]:
                lines = bench.with_runs(process.space, [*rest, Run(run.start, run.size, stranger.paddr, run.rights)])
                assert lines, run


def check_guests(bench):
    """The table of hypercalls and the second stage of each guest."""
    for name, (table, space) in bench.right.guests.items():
        caps = {cap.slot: cap for cap in bench.found.contents[table]}
        for slot, cap in caps.items():
            assert any(f"guest '{name}' in slot {slot} lacks a capability" in line for line in bench.without(cap))
            assert any(f"guest '{name}' in slot {slot} has a right too many on" in line for line in bench.without(cap, changed(cap, rights=7)))
        lines = bench.with_capability(changed(caps[0], slot=3, place=table + 3 * 64))
        assert any(f"guest '{name}' has a capability that it should not have: in slot 3" in line for line in lines)
        *rest, last = bench.found.spaces[space]
        assert any(f"guest '{name}' lacks" in line for line in bench.with_runs(space, rest))
        lines = bench.with_runs(space, [*rest, last, Run(last.end, 4096, last.paddr, 3)])
        assert any(f"guest '{name}' maps 1 page too many at {last.end:#x}" in line for line in lines)
        console = next(run for run in bench.found.spaces[bench.right.processes[0].space] if run.start == distribution.FREE)
        lines = bench.with_runs(space, [*rest, Run(last.start, last.size, console.paddr, last.rights)])
        assert any(f"guest '{name}' has at" in line and "other memory than it should" in line for line in lines), lines


def check_schedules(bench):
    """The windows of each table, and the domains of threads and interrupts."""
    domains = [cap for cap in bench.found.capabilities if cap.holder == "cnode" and cap.type == "domain"]
    held = [cap for cap in bench.found.capabilities if cap.holder in ("schedule", "irq") and cap.type == "domain"]
    assert held
    for cap in held:
        lines = bench.without(cap)
        assert any("schedule table" in line or "is not confined" in line for line in lines), cap
        other = next(domain for domain in domains if domain.key != cap.key)
        lines = bench.without(cap, changed(cap, object=other.object, parent=other))
        assert any("schedule table" in line or "is not confined" in line for line in lines), cap
    for process in bench.programs:
        cap = bench.right.bound(process.thread, "domain")
        assert bench.without(cap, changed(cap, object=next(domain.object for domain in domains if domain.key != cap.key)))


def check_rest(bench):
    """Whole programs that are gone, and objects that are nobody's."""
    for process in bench.programs:
        assert f"{who(process.partition)} is not there: not built yet, or down" in bench.without(bench.right.bound(process.thread, "handler"))
    table = next(cap for cap in bench.found.objects("cnode") if cap.object == bench.programs[0].table)
    extra = changed(table, object=table.object + table.size)
    assert any("that no program of the description runs on" in line for line in bench.with_capability(extra))
    root = next(cap for cap in bench.found.capabilities if cap.type == "untyped" and cap.parent is None)
    assert bench.without(root, changed(root, cnode=bench.programs[0].table, slot=100, place=bench.programs[0].table + 6400))
    irq = next(cap for cap in bench.found.capabilities if cap.holder == "irq")
    assert any(line.startswith("interrupt") for line in bench.without(irq, changed(irq, value=irq.value << 1)))


def test_whatever_is_changed_is_found(bench, note):
    chance = random.Random(4)
    check_capabilities(bench)
    check_leaks(bench, chance)
    check_bindings(bench)
    check_spaces(bench, chance)
    check_rest(bench)
    note(f"{len(bench.found.capabilities)} capabilities, {sum(map(len, bench.found.spaces.values()))} runs of pages")


# --- The command ---

@pytest.mark.xdist_group("verify-command")  # which has one file for what it boots
@pytest.mark.parametrize("monitor, status, last", [
    (None, errors.OK, "the running system 'channels' is as described: all capabilities and mappings are equal\n"),
    ("monitor_leak", errors.DIFFERENT, "(rights W)\nthe running system 'channels' differs from its description (1 difference)\n"),
])
def test_command(arch, monkeypatch, capsys, monitor, status, last):
    """With what is built already."""
    programs = {**system.programs(arch, "debug"), **(variant(arch, monitor) if monitor else {})}
    monkeypatch.setattr(build, "build", lambda *_: None)
    monkeypatch.setattr(system, "programs", lambda *_: programs)
    assert cli.main(["verify", "channels", "--arch", arch.name, "--mode", "debug"]) == status
    assert capsys.readouterr().out.endswith(last)
