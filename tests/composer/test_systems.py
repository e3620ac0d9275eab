# SPDX-License-Identifier: BSD-2-Clause
"""The descriptions in the tree, and their manifests: read back by libfdt and by dtc, the same bytes from the same description."""

import subprocess
import zlib

import libfdt
import pytest

from composer import checks, commands, description, manifest, members, overrides
from launcher import arches, errors, paths

DESCRIPTIONS = sorted([*(paths.TOP / "systems").glob("*.toml"), *(paths.TOP / "tests" / "systems").glob("*.toml")])


def every_system():
    """Each description for each architecture, in each of its variants."""
    for path in DESCRIPTIONS:
        for arch in arches.BY_NAME:
            variants = description.load(path, arch).variants
            for variant in (None, *variants):
                yield pytest.param(path, arch, variant, id="-".join(filter(None, (path.stem, variant, arch))))


def bundle(system):
    """Members as a bundle has them, with contents that stand for programs."""
    files = {name: name.encode() * 100 for name in members.programs(system)}
    for partition in system.partitions:
        if partition.guest:
            files |= {partition.member("kernel"): b"K" * 5000, partition.member("cmdline"): b"console=hvc0"}
    return files


def properties(tree, node):
    """Bytes by name."""
    found = {}
    at = tree.first_property_offset(node, [libfdt.NOTFOUND])
    while at >= 0:
        found[tree.get_property_by_offset(at).name] = bytes(tree.get_property_by_offset(at))
        at = tree.next_property_offset(at, [libfdt.NOTFOUND])
    return found


def children(tree, path):
    """Properties by the name of each child."""
    node = tree.path_offset(path, [libfdt.NOTFOUND])
    found = {}
    if node >= 0:
        child = tree.first_subnode(node, [libfdt.NOTFOUND])
        while child >= 0:
            found[tree.get_name(child)] = properties(tree, child)
            child = tree.next_subnode(child, [libfdt.NOTFOUND])
    return found


def number(cells):
    return int.from_bytes(cells, "big")


@pytest.mark.parametrize("path, arch, variant", every_system())
def test_a_manifest_says_what_the_description_says(path, arch, variant):
    system = description.load(path, arch, variant)
    files = bundle(system)
    blob = manifest.write(system, files)
    tree = libfdt.Fdt(blob)
    root = properties(tree, 0)
    assert root["compatible"] == b"bulkhead,manifest-1\0" and root["architecture"] == arch.encode() + b"\0"
    assert root["model"] == path.stem.encode() + b"\0"
    listed = children(tree, "/files").values()
    assert {entry["member"].rstrip(b"\0").decode(): (number(entry["size"]), number(entry["crc32"])) for entry in listed} \
        == {name: (len(content), zlib.crc32(content)) for name, content in files.items()}
    partitions = children(tree, "/partitions")
    assert list(partitions) == [partition.name for partition in system.partitions] and list(partitions)[:2] == ["monitor", "console"]
    for partition in system.partitions:
        told = partitions[partition.name]
        assert number(told["priority"]) == partition.priority and number(told["memory"]) == partition.memory
        assert (number(told["budget"]), number(told["period"])) == (partition.budget, partition.period)
        assert ("demand" in told) == (partition.demand is not None) and ("attached" in told) == (partition.console == "attached")
    assert list(children(tree, "/channels")) == [channel.name for channel in system.channels]
    assert list(children(tree, "/schedules")) == [schedule.name for schedule in system.schedules]
    for schedule in system.schedules:
        told = children(tree, f"/schedules/{schedule.name}").values()
        assert [(window["partition"], number(window["start"]), number(window["length"])) for window in told] \
            == [(window.partition.encode() + b"\0", window.at, window.length) for window in schedule.windows]
    told = {name: {command: names.decode().split("\0")[:-1] for command, names in lists.items()} for name, lists in children(tree, "/commands").items()}
    assert told == {partition.name: about for partition, about in commands.clients(system)}


@pytest.mark.parametrize("path, arch, variant", every_system())
def test_dtc_opens_a_manifest(path, arch, variant, tmp_path):
    system = description.load(path, arch, variant)
    blob = tmp_path / "manifest"
    blob.write_bytes(manifest.write(system, bundle(system)))
    source = subprocess.run(["dtc", "-I", "dtb", "-O", "dts", blob], check=True, text=True, capture_output=True)
    assert source.stderr == "" and 'compatible = "bulkhead,manifest-1"' in source.stdout


def test_the_checksum_is_of_all_but_itself():
    system = description.load(paths.TOP / "systems" / "linux.toml", "riscv")
    blob = manifest.write(system, bundle(system))
    told = properties(libfdt.Fdt(blob), 0)["crc32"]
    assert blob.count(told) == 1 and zlib.crc32(blob.replace(told, bytes(4))) == number(told)


def test_same_description_same_bytes():
    def made():
        system = description.load(paths.TOP / "systems" / "linux.toml", "riscv")
        return manifest.write(system, bundle(system))

    assert made() == made()


def test_a_program_alone_gets_the_whole_machine():
    tree = libfdt.Fdt(manifest.write_whole_machine("suite", ["case=1", "x"], {"suite": b"program"}, "x86_64"))
    root = properties(tree, 0)
    assert root["whole-machine"] == b"suite\0" and root["arguments"] == b"case=1\0x\0" and root["architecture"] == b"x86_64\0"
    assert [entry["member"] for entry in children(tree, "/files").values()] == [b"suite\0"] and not children(tree, "/partitions")


def test_a_guests_files_are_named_by_their_members():
    system = description.load(paths.TOP / "systems" / "linux.toml", "riscv")
    guest = children(libfdt.Fdt(manifest.write(system, bundle(system))), "/partitions")["guest"]
    assert (guest["kernel"], guest["command-line"]) == (b"guest.kernel\0", b"guest.cmdline\0") and "initrd" not in guest
    assert number(guest["guest-memory"]) == 256 << 20


@pytest.mark.parametrize("read_only", [False, True])
def test_a_guests_disk(tmp_path, read_only):
    (tmp_path / "disk").write_bytes(bytes(3 << 20))
    system = overrides.with_guest(description.load(paths.TOP / "systems" / "linux.toml", "riscv"), disk=tmp_path / "disk", disk_read_only=read_only)
    guest = children(libfdt.Fdt(manifest.write(system, {**bundle(system), "guest.disk": bytes(3 << 20)})), "/partitions")["guest"]
    assert guest["disk"] == b"guest.disk\0" and ("disk-memory" in guest) is not read_only
    assert read_only or number(guest["disk-memory"]) == 4 << 20


def test_arguments_are_added():
    system = description.load(paths.TOP / "tests" / "systems" / "jitter.toml", "riscv")
    system = overrides.with_arguments(system, "control", "periods=100", "limit=5")
    partitions = children(libfdt.Fdt(manifest.write(system, bundle(system))), "/partitions")
    assert partitions["control"]["arguments"] == b"periods=100\0limit=5\0" and "arguments" not in partitions["console"]


def test_arguments_for_nobody():
    system = description.load(paths.TOP / "systems" / "linux.toml", "riscv")
    with pytest.raises(errors.LauncherError, match="has no partition 'controll'; it has monitor, console, control, guest, demo"):
        overrides.with_arguments(system, "controll", "x")


def test_a_guest_is_overridden(tmp_path):
    system = description.load(paths.TOP / "systems" / "linux.toml", "riscv")
    changed = overrides.with_guest(system, memory=64 << 20, kernel=tmp_path / "Image").partition("guest").guest
    assert (changed.memory, changed.kernel, changed.initrd) == (64 << 20, tmp_path / "Image", None)
    assert overrides.with_guest(system, command_line="").partition("guest").guest.command_line == ""


def test_a_large_guest_has_what_it_takes():
    system = overrides.with_guest(description.load(paths.TOP / "systems" / "linux.toml", "riscv"), memory=8 << 30)
    guest = system.partition("guest")
    assert guest.slots == 16384 and guest.kernel_memory == 8 << 20
    checks.check(system)
    assert overrides.with_guest(system, memory=256 << 20).partition("guest").slots == 2048


def test_an_override_that_does_not_fit():
    system = overrides.with_guest(description.load(paths.TOP / "systems" / "linux.toml", "x86_64"), memory=8 << 30)
    with pytest.raises(errors.LauncherError, match="linux.toml:13: partition.guest.memory: 8G are more than a guest can have on x86_64"):
        checks.check(system)


def blame(tmp_path, text, **given):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(errors.LauncherError) as caught:
        overrides.check_with_options(overrides.with_guest(description.load(path, "riscv"), **given), given)
    assert caught.value.status == errors.IMAGE
    return str(caught.value)


GUEST = '[partition.guest]\nkind = "guest"\npriority = 5\n'


def test_what_is_wrong_with_an_option_names_it(tmp_path):
    assert blame(tmp_path, GUEST + 'memory = "64M"\n', memory=32 << 30, command_line=None).startswith(
        f"--memory 32G, in place of {tmp_path}/s.toml:4: partition.guest.memory: 32G are more than a guest can have on riscv; right would be at most ")
    assert blame(tmp_path, GUEST, memory=32 << 30).startswith(f"--memory 32G, in place of {tmp_path}/s.toml:1: partition.guest.memory: ")


def test_what_is_wrong_because_of_an_option_names_it(tmp_path):
    """The key is right by itself, and so is the option."""
    said = blame(tmp_path, GUEST + '[system]\nmemory = "512M"\n', memory=1 << 30, command_line="quiet", kernel=None)
    assert said.startswith(f"with --memory 1G and --append 'quiet': {tmp_path}/s.toml:5: system.memory: a machine of 512M does not hold this system")
    said = blame(tmp_path, GUEST + "capabilities = 2048\n", memory=4 << 30)
    assert said.startswith(f"with --memory 4G: {tmp_path}/s.toml:4: partition.guest.capabilities: 2048 are too few for a guest of 4G")


def test_no_guest_to_override():
    system = description.load(paths.TOP / "systems" / "hello.toml", "riscv")
    with pytest.raises(errors.LauncherError, match="system 'hello' has no guest"):
        overrides.with_guest(system, memory=64 << 20)


def test_there_is_no_such_variant():
    with pytest.raises(errors.LauncherError, match="system 'jitter' has no variant 'hogg'; did you mean 'hog'"):
        description.load(paths.TOP / "tests" / "systems" / "jitter.toml", "riscv", "hogg")


CONFINED = """
[partition.a]
priority = 5
[device.here]
owner = "a"
registers = ["0x101000", "4K"]
interrupt = 11
[device.anywhere]
owner = "a"
registers = ["0x102000", "4K"]
interrupt = 12
interrupt_any_time = true
"""
TABLE = """
[schedule.x]
frame = "10ms"
windows = [{partition = "monitor", at = "0ms", length = "1ms"}, {partition = "console", at = "1ms", length = "1ms"}, {partition = "a", at = "2ms", length = "1ms"}]
"""


@pytest.mark.parametrize("text, confined", [
    (CONFINED + TABLE, {"console", "here"}),
    (CONFINED + TABLE + "[server.console]\ninterrupt_any_time = true\n", {"here"}),
    (CONFINED.replace("interrupt_any_time = true\n", ""), set()),
])
def test_interrupts_come_in_their_owners_windows_or_as_described(tmp_path, text, confined):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    system = description.load(path, "riscv")
    tree = libfdt.Fdt(manifest.write(system, bundle(system)))
    told = {**children(tree, "/partitions"), **children(tree, "/devices")}
    assert {name for name, properties_of in told.items() if "confined" in properties_of} == confined
