# SPDX-License-Identifier: BSD-2-Clause
"""The launcher as a user or a script meets it: help, wrong arguments, wrong files, and nothing but text without a terminal."""

import os
import shutil
import subprocess

import pytest
from harness import made
from launcher import cli, errors, iso

COMMANDS = ["run", "image", "build", "report", "explain", "verify", "trace", "break", "test", "bench", "setup"]


@pytest.fixture
def bulkhead(top, tmp_path):
    """bulkhead(*arguments, **how): the completed process of the launcher, in a folder that is not its own."""

    def run(*arguments, **how):
        process = subprocess.run([top / "bulkhead", *map(str, arguments)], check=False, cwd=tmp_path, text=True, timeout=60,
                                 **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how})
        assert all(character.isprintable() or character == "\n" for character in (process.stdout or "") + (process.stderr or ""))
        return process

    return run


def test_help(bulkhead):
    process = bulkhead("--help")
    assert process.returncode == 0
    for command in COMMANDS:
        assert f"\n    {command} " in process.stdout
    for status in errors.MEANINGS:
        assert f"\n  {status} " in process.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_command(bulkhead, command):
    process = bulkhead(command, "--help")
    assert process.returncode == 0 and len(process.stdout) > 400


def test_run_tells_how_to_leave(bulkhead):
    assert "Ctrl-A x" in bulkhead("run", "--help").stdout


@pytest.mark.parametrize("arguments, message", [
    ([], "required: COMMAND"),
    (["fly"], "invalid choice: 'fly'"),
    (["run", "--bogus"], "unrecognized arguments: --bogus"),
    (["bench", "--bogus"], "unrecognized arguments: --bogus"),
    (["setup", "--mode", "debug"], "unrecognized arguments: --mode debug"),
    (["run", "--kern", "x"], "unrecognized arguments: --kern"),
    (["run", "linux", "extra"], "unrecognized arguments: extra"),
    (["build", "hello", "--kernel", "x"], "system 'hello' has no guest"),
    (["explain", "linux", "guest"], "required: B"),
    (["explain", "linux", "guest", "controll"], "system 'linux' has no partition 'controll'; did you mean 'control'?"),
    (["run", "hello", "--disk", "x"], "system 'hello' has no guest"),
    (["run", "cockpit", "--disk", "x"], "several guests: dashboard, cabin; --kernel, --initrd, --append, --memory and --disk are about the one guest"),
    (["run", "--memory", "lots"], "right would be 192M"),
    (["run", "--memory", "3M"], "multiple of 2M"),
    (["run", "--append", 2048 * "x"], "--append has 2048 characters, and 2047 are the most"),
    (["run", "--append", "quiet\nmore"], '--append "quiet\\nmore" has a character that is no printable ASCII'),
    (["run", "--smp", "0"], "no positive number"),
    (["run", "--timeout", "soon"], "no positive number"),
    (["run", "--timeout", "10000000000"], "no positive number of at most 1000000000"),
    (["run", "--mode", "fast"], "invalid choice: 'fast'"),
    (["run", "--arch", "pdp11"], "invalid choice: 'pdp11'"),
    (["image", "--iso", "--arch", "riscv"], "an ISO image is offered for x86_64 only"),
])
def test_wrong_arguments(bulkhead, arguments, message):
    process = bulkhead(*arguments)
    assert process.returncode == errors.USAGE
    assert message in process.stderr and not process.stdout


def test_explain(bulkhead):
    process = bulkhead("explain", "linux", "guest", "control")
    data, time, end = process.stdout.splitlines()
    assert process.returncode == 0 and not process.stderr
    assert data.startswith("No, guest cannot affect the data of control, as long as monitor keeps apart what passes through it: ")
    assert time == "No, guest cannot delay control: whatever runs because of it has a lower priority."
    assert end == "guest can end the machine, and control with it: it ends when no guest runs any more."


def test_verify_needs_a_description_that_allows_it(bulkhead):
    process = bulkhead("verify", "hello")
    assert process.returncode == errors.DESCRIPTION and not process.stdout
    assert process.stderr.startswith("bulkhead: system 'hello' lets nobody inspect it.") and "inspect = true" in process.stderr


def test_trace_needs_a_description_that_allows_it(bulkhead):
    process = bulkhead("trace", "hello")
    assert process.returncode == errors.DESCRIPTION and not process.stdout
    assert process.stderr.startswith("bulkhead: system 'hello' lets nobody trace it.") and "trace = true" in process.stderr


@pytest.mark.parametrize("name, message", [("none.json", "cannot read none.json: No such file or directory"), ("wrong.json", "wrong.json is no trace that ./bulkhead trace has written")])
def test_report_takes_no_other_file_for_a_trace(bulkhead, tmp_path, name, message):
    (tmp_path / "wrong.json").write_text("{}", encoding="utf-8")
    process = bulkhead("report", "hello", "--trace", name)
    assert process.returncode == errors.USAGE and process.stderr.startswith(f"bulkhead: {message}") and not process.stdout


@pytest.mark.parametrize("text, message", [
    ("[partition.a]\nprio = 1\n", "mine.toml:2: partition.a.prio: there is no such key"),
    ("[partition.a]\npriority = 1\nprogram = './none.elf'\n", "mine.toml:3: partition.a.program: none.elf: No such file or directory"),
    ("[partition.a]\nkind = 'guest'\npriority = 1\nkernel = 'none'\n", "mine.toml:4: partition.a.kernel: none: no such file"),
])
@pytest.mark.parametrize("command", ["run", "build", "report", "explain", "verify", "trace"])
def test_wrong_description(bulkhead, tmp_path, command, text, message):
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    process = bulkhead(command, "mine.toml", *(["a", "monitor"] if command == "explain" else []))
    assert process.returncode == errors.DESCRIPTION
    assert process.stderr.startswith("bulkhead: mine.toml:") and message in process.stderr and not process.stdout


@pytest.mark.parametrize("data, message", [
    (None, "no such file"),
    (b"", "the file is empty"),
    (made.elf(machine=made.X86_64), "x86_64"),
    (made.elf(cut=8), "truncated ELF file"),
    (made.image(cut=8), "truncated Image"),
    (made.bzimage(), "bzImage for x86; a guest needs 64-bit RISC-V code (or give --arch x86_64)"),
])
def test_wrong_kernel(bulkhead, tmp_path, data, message):
    if data is not None:
        (tmp_path / "kernel").write_bytes(data)
    process = bulkhead("run", "--kernel", "kernel")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: kernel: ") and message in process.stderr


@pytest.mark.parametrize("command", [("run", "--arch", "x86_64"), ("image", "--iso")])
def test_wrong_kernel_for_x86_64(bulkhead, tmp_path, command):
    (tmp_path / "kernel").write_bytes(made.image())
    process = bulkhead(*command, "--kernel", "kernel")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: kernel: a Linux Image for 64-bit RISC-V; a guest needs x86_64 code")


def test_wrong_initrd(bulkhead, tmp_path):
    (tmp_path / "initrd").write_bytes(b"nothing")
    process = bulkhead("run", "--initrd", "initrd")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: initrd: neither a cpio archive")


@pytest.mark.parametrize("size, message", [(None, "no such file"), (0, "the file is empty"), (1000, "has 1000 bytes, no whole number of sectors")])
def test_wrong_disk(bulkhead, tmp_path, size, message):
    if size is not None:
        (tmp_path / "disk").write_bytes(bytes(size))
    process = bulkhead("run", "--disk", "disk")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith(f"bulkhead: disk: {message}")


@pytest.mark.parametrize("option", ["--kernel", "--initrd", "--disk"])
def test_device_for_a_file(bulkhead, option):
    """Or a pipe, such as a shell's <(...): it would have other bytes the next time that it is read."""
    process = bulkhead("run", option, "/dev/stdin")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: /dev/stdin: is a character device; right would be a regular file")


def test_disk_larger_than_any(bulkhead, tmp_path):
    with open(tmp_path / "disk", "wb") as image:
        image.truncate(258 << 20)
    process = bulkhead("run", "--disk", "disk")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: --disk disk, in place of ")
    assert "partition.guest.disk: all disks together have 258M, and 256M are the most" in process.stderr


def test_memory_that_no_guest_can_have(bulkhead):
    process = bulkhead("run", "--memory", "32G")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: --memory 32G, in place of ") and "linux.toml:13: partition.guest.memory: 32G are more than" in process.stderr


def test_kernel_larger_than_memory(bulkhead, tmp_path):
    (tmp_path / "kernel").write_bytes(made.image(image_size=100 << 20))
    process = bulkhead("run", "--kernel", "kernel", "--memory", "64M")
    assert process.returncode == errors.IMAGE
    assert "--memory 64M is too small" in process.stderr


EXPLAIN = ["explain", "linux", "guest", "control"]


def test_file_that_cannot_be_looked_at(bulkhead):
    process = bulkhead("explain", 300 * "a", "x", "y")
    assert process.returncode == errors.SETUP and not process.stdout
    assert process.stderr.startswith("bulkhead: cannot go on: ") and process.stderr.endswith("aaa.toml: File name too long\n")


def test_too_little_memory(monkeypatch, capsys):
    def parse(_arguments):
        raise MemoryError

    monkeypatch.setattr(cli, "parse", parse)
    assert cli.main([]) == errors.SETUP
    assert capsys.readouterr().err.startswith("bulkhead: this computer's memory does not suffice")


@pytest.mark.parametrize("arguments", [["--help"], EXPLAIN])
def test_full_output_is_told(bulkhead, arguments):
    with open("/dev/full", "w", encoding="ascii") as full:
        process = bulkhead(*arguments, stdout=full)
    assert (process.returncode, process.stderr) == (errors.SETUP, "bulkhead: cannot go on: No space left on device\n")


def test_status_holds_where_its_message_cannot_be_told(bulkhead):
    with open("/dev/full", "w", encoding="ascii") as full:
        assert bulkhead("explain", "linux", "guest", "none", stderr=full).returncode == errors.USAGE


@pytest.mark.parametrize("arguments", [["--help"], EXPLAIN])
def test_output_that_nobody_reads_ends_quietly(bulkhead, arguments):
    start, end = os.pipe()
    os.close(start)
    process = bulkhead(*arguments, stdout=end)
    os.close(end)
    assert (process.returncode, process.stderr) == (errors.BROKEN_PIPE, "")


@pytest.mark.parametrize("descriptor", [0, 1, 2])
def test_closed_standard_streams(bulkhead, descriptor):
    assert bulkhead(*EXPLAIN, preexec_fn=lambda: os.close(descriptor)).returncode == errors.OK


def test_what_a_tool_says_may_be_no_text():
    with pytest.raises(errors.LauncherError, match="printf failed:\n\N{REPLACEMENT CHARACTER}") as caught:
        iso.run("printf", "\\377%d", "none")
    assert caught.value.status == errors.BUILD


def test_any_python_first_on_the_path_will_do(top, tmp_path):
    """A Python of the user's own has none of the distribution's packages: the launcher goes on with the system's."""
    own = tmp_path / "python3"
    shutil.copy("/usr/bin/python3", own)
    process = subprocess.run([own, top / "bulkhead", "--help"], check=False, text=True, stdout=subprocess.PIPE, timeout=60)
    assert process.returncode == 0 and "usage: bulkhead" in process.stdout
