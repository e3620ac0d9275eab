# SPDX-License-Identifier: BSD-2-Clause
"""The launcher as a user or a script meets it: help, wrong arguments, wrong files, and nothing but text without a terminal."""

import shutil
import subprocess

import pytest
from harness import made
from launcher import errors, testing

COMMANDS = ["run", "build", "test", "bench", "setup"]


@pytest.fixture
def bulkhead(top, tmp_path):
    """bulkhead(*arguments): the completed process of the launcher, in a folder that is not its own."""

    def run(*arguments):
        process = subprocess.run([top / "bulkhead", *map(str, arguments)], check=False, cwd=tmp_path, text=True, timeout=60,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert all(character.isprintable() or character == "\n" for character in process.stdout + process.stderr)
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
    (["run", "--kern", "x"], "unrecognized arguments: --kern"),
    (["run", "extra"], "unrecognized arguments: extra"),
    (["run", "--memory", "lots"], "right would be 192M"),
    (["run", "--memory", "3M"], "multiple of 2M"),
    (["run", "--smp", "0"], "no positive number"),
    (["run", "--timeout", "soon"], "no positive number"),
    (["run", "--mode", "fast"], "invalid choice: 'fast'"),
])
def test_wrong_arguments(bulkhead, arguments, message):
    process = bulkhead(*arguments)
    assert process.returncode == errors.USAGE
    assert message in process.stderr and not process.stdout


@pytest.mark.parametrize("data, message", [
    (None, "no such file"),
    (b"", "the file is empty"),
    (made.elf(machine=made.X86_64), "x86_64"),
    (made.elf(cut=8), "truncated ELF file"),
    (made.image(cut=8), "truncated Image"),
    (made.bzimage(), "bzImage for x86"),
])
def test_wrong_kernel(bulkhead, tmp_path, data, message):
    if data is not None:
        (tmp_path / "kernel").write_bytes(data)
    process = bulkhead("run", "--kernel", "kernel")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: kernel: ") and message in process.stderr


def test_wrong_initrd(bulkhead, tmp_path):
    (tmp_path / "initrd").write_bytes(b"nothing")
    process = bulkhead("run", "--initrd", "initrd")
    assert process.returncode == errors.IMAGE
    assert process.stderr.startswith("bulkhead: initrd: neither a cpio archive")


def test_kernel_larger_than_memory(bulkhead, tmp_path):
    (tmp_path / "kernel").write_bytes(made.image(image_size=100 << 20))
    process = bulkhead("run", "--kernel", "kernel", "--memory", "64M")
    assert process.returncode == errors.IMAGE
    assert "--memory 64M is too small" in process.stderr


def test_any_python_first_on_the_path_will_do(top, tmp_path):
    """A Python of the user's own has none of the distribution's packages: the launcher goes on with the system's."""
    own = tmp_path / "python3"
    shutil.copy("/usr/bin/python3", own)
    process = subprocess.run([own, top / "bulkhead", "--help"], check=False, text=True, stdout=subprocess.PIPE, timeout=60)
    assert process.returncode == 0 and "usage: bulkhead" in process.stdout


@pytest.mark.parametrize("line, counts", [
    ("===== 12 passed in 3.40s =====", (12, 0)),
    ("===== 2 failed, 10 passed, 1 skipped in 9.99s =====", (10, 2)),
    ("===== 1 passed, 3 errors in 0.10s =====", (1, 3)),
    ("===== no tests ran in 0.01s =====", (0, 0)),
])
def test_counts(line, counts):
    assert testing.summary(line) == counts
