# SPDX-License-Identifier: BSD-2-Clause
"""
One small description for each mistake, in bad/, named by it. A comment `#! KEY: TEXT` tells what the composer must say of its line (`#^N KEY: TEXT`: of the
line N above): exactly these problems, whose messages have TEXT in them. A comment `# arch: ARCH` or `# variant: V` chooses those.
"""

import os
import re
from pathlib import Path

import pytest

from composer import description
from composer.problems import DescriptionError
from launcher import errors

FOLDER = Path(__file__).parent / "bad"
MARK = re.compile(r"#(!|\^(\d+)) (\S*): (.*?)(?= #! |$)")


def marks(text):
    """(line, key, part of the message) of each."""
    for number, line in enumerate(text.split("\n"), 1):
        for _, above, key, message in MARK.findall(line):
            yield number - int(above or 0), key, message


def option(text, name, otherwise):
    match = re.search(rf"^# {name}: (\S+)$", text, re.MULTILINE)
    return match[1] if match else otherwise


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_bad(name, tmp_path):
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    path = tmp_path / "bad.toml"  # what the file is called is for people
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DescriptionError) as caught:
        description.load(path, option(text, "arch", "riscv"), option(text, "variant", None))
    found = caught.value.problems
    expected = sorted(marks(text))
    assert [(problem.place.line, problem.key) for problem in sorted(found, key=lambda problem: (problem.place.line, problem.key))] \
        == [(line, key) for line, key, _ in expected], str(caught.value)
    for line, key, message in expected:
        said = [problem.message for problem in found if (problem.place.line, problem.key) == (line, key)]
        assert any(message in text for text in said), f"{said} has no {message!r}"
    assert caught.value.status == errors.DESCRIPTION and all(f"{path}:{line}: " in str(caught.value) for line, _, _ in expected)


def refuse(path, message):
    with pytest.raises(DescriptionError) as caught:
        description.load(path, "riscv")
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["Capital", "a name", "a-name-of-16-cha", "1st", "*x"])
def test_a_file_name_that_is_no_name(tmp_path, name):
    path = tmp_path / f"{name}.toml"
    path.write_text("[partition.a]\npriority = 1\n", encoding="utf-8")
    refuse(path, f"toml:1: the file's name is the system's, and '{name}' is no name; right would be 1 to 15 characters")


def test_there_is_no_such_file(tmp_path):
    refuse(tmp_path / "none.toml", "none.toml:1: cannot be read: No such file or directory")


def test_a_folder(tmp_path):
    refuse(tmp_path, ":1: cannot be read: Is a directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(tmp_path):
    path = tmp_path / "secret.toml"
    path.write_text("[partition.a]\npriority = 1\n", encoding="utf-8")
    path.chmod(0)
    refuse(path, "cannot be read: Permission denied")


def test_no_text(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"[partition.a]\npriority = 1\n# \xff\n")
    refuse(path, "a.toml:3: this is no text: byte 29 is no UTF-8")


def test_an_endless_file(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"# x\n" * (1 << 17))
    refuse(path, "this file has more than 256K")


def test_a_number_of_many_digits(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("[partition.a]\npriority = " + "9" * 5000, encoding="utf-8")
    refuse(path, "a number has too many digits")


def test_lists_in_lists(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("x = " + "[" * 5000 + "]" * 5000, encoding="utf-8")
    refuse(path, "lists or tables lie in each other too deep")


@pytest.mark.parametrize("number, message", [(16, "this is channel number 17, and 16 are the most")])
def test_too_many_channels(tmp_path, number, message):
    path = tmp_path / "a.toml"
    channels = "".join(f'[[channel]]\nname = "x{i}"\nkind = "signal"\nfrom = "a"\nto = "b"\n' for i in range(number + 1))
    path.write_text("[partition.a]\npriority = 1\n[partition.b]\npriority = 2\n" + channels, encoding="utf-8")
    refuse(path, f"a.toml:{5 + 5 * number}: channel[{number + 1}]: {message}")


def test_too_many_bits(tmp_path):
    path = tmp_path / "a.toml"
    others = "".join(f'[partition.p{i}]\npriority = 1\nvariant = "v"\n[[channel]]\nname = "x{i}"\nkind = "signal"\nfrom = "p{i}"\nto = "a"\n' for i in range(63))
    last = '[partition.b]\npriority = 1\n[[channel]]\nname = "last"\nkind = "signal"\nfrom = "b"\nto = "a"\n'
    path.write_text("[partition.a]\npriority = 1\n" + others.replace("p62", "b").replace("[partition.b]", "[partition.c]") + last, encoding="utf-8")
    refuse(path, "channel[64]: 'a' is signalled by more channels and interrupts, in all variants together, than the 63 bits of its notification")


def test_too_many_devices(tmp_path):
    path = tmp_path / "a.toml"
    devices = "".join(f'[device.d{i}]\nowner = "a"\nregisters = ["{0x40000000 + i * 4096:#x}", "4K"]\n' for i in range(17))
    path.write_text("[partition.a]\npriority = 1\n" + devices, encoding="utf-8")
    refuse(path, "a.toml:51: device.d16: this is device number 17, and 16 are the most")


def test_too_many_startup_entries(tmp_path):
    path = tmp_path / "a.toml"
    channels = "".join(f'[[channel]]\nname = "x{i}"\nkind = "memory"\nsize = "4K"\nfrom = "a"\nto = "b"\n' for i in range(16))
    devices = "".join(f'[device.d{i}]\nowner = "a"\nregisters = ["{0x40000000 + i * 4096:#x}", "4K"]\n' for i in range(3))
    path.write_text("[partition.b]\npriority = 1\n[partition.a]\npriority = 2\n" + channels + devices, encoding="utf-8")
    refuse(path, "a.toml:3: partition.a: its channels and devices need 50 entries of the startup block, and 48 are the most")


def test_too_many_arguments(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(f"[partition.a]\npriority = 1\narguments = {['x'] * 41}\n", encoding="utf-8")
    refuse(path, "a.toml:3: partition.a.arguments: these are 41 arguments, and 40 are the most")
    path.write_text(f"[partition.a]\npriority = 1\narguments = {['x' * 31] * 11}\n", encoding="utf-8")
    refuse(path, "these have 351 characters with a space between each two, and 319 are the most")


@pytest.mark.parametrize("server, most", [("monitor", 308), ("console", 313)])
def test_a_servers_arguments_leave_room_for_the_launchers(tmp_path, server, most):
    path = tmp_path / "a.toml"
    text = "[partition.a]\npriority = 1\n[server.{}]\narguments = ['{}']\n"
    path.write_text(text.format(server, "x" * most), encoding="utf-8")
    description.load(path, "riscv")
    path.write_text(text.format(server, "x" * (most + 1)), encoding="utf-8")
    refuse(path, f"a.toml:4: server.{server}.arguments: these have {most + 1} characters with a space between each two, and {most} are the most")


def test_a_command_line_too_long(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(f"[partition.a]\nkind = 'guest'\npriority = 1\ncommand_line = '{'x' * 2048}'\n", encoding="utf-8")
    refuse(path, "a.toml:4: partition.a.command_line: has 2048 characters, and 2047 are the most")


def table(name, *windows):
    listed = ", ".join(f'{{partition = "{partition}", at = "{at}us", length = "10us"}}' for partition, at in windows)
    return f'[schedule.{name}]\nframe = "10ms"\nwindows = [{listed}]\n'


def test_too_many_schedule_tables(tmp_path):
    path = tmp_path / "a.toml"
    tables = "".join(table(f"t{i}", ("monitor", 0), ("console", 10), ("a", 20)) for i in range(9))
    path.write_text("[partition.a]\npriority = 1\n" + tables, encoding="utf-8")
    refuse(path, "a.toml:27: schedule.t8: this is table number 9, and 8 are the most")


def test_too_many_windows(tmp_path):
    path = tmp_path / "a.toml"
    most = table("x", ("monitor", 0), ("console", 10), *(("a", 20 + 10 * i) for i in range(253)))
    path.write_text("[partition.a]\npriority = 1\n" + most + table("y", ("monitor", 0)), encoding="utf-8")
    description.load(path, "riscv")
    path.write_text("[partition.a]\npriority = 1\n" + most + table("y", ("monitor", 0), ("a", 10)), encoding="utf-8")
    refuse(path, "a.toml:8: schedule.y.windows: up to this table there are 257 windows, and 256 are the most in all tables together")


def test_windows_of_another_variant_are_nobodys(tmp_path):
    path = tmp_path / "a.toml"
    others = "".join(f'[partition.{name}]\npriority = 1\nvariant = "{variant}"\n' for name, variant in (("b", "one"), ("c", "two")))
    text = "[partition.a]\npriority = 1\n" + others + table("x", ("monitor", 0), ("console", 10), ("a", 20), ("b", 100), ("c", 105)) + 'slack = "c"\n'
    path.write_text(text, encoding="utf-8")
    found = {variant: description.load(path, "riscv", variant).schedules[0] for variant in (None, "one", "two")}
    assert [window.partition for window in found[None].windows] == ["monitor", "console", "a"] and found[None].slack is None
    assert [window.partition for window in found["one"].windows] == ["monitor", "console", "a", "b"] and found["two"].slack == "c"
    path.write_text(text.replace('variant = "two"', 'variant = "one"'), encoding="utf-8")
    with pytest.raises(DescriptionError, match="the window of 'c' from 105us to 115us overlaps that of 'b'"):
        description.load(path, "riscv", "one")
