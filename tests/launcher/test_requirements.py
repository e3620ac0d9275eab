# SPDX-License-Identifier: BSD-2-Clause
"""Set-up: what is missing is named with its reason, nothing is installed unasked, and hopeless cases say what to do."""

import os
import subprocess

import pytest
from launcher import errors, requirements

MISSING = requirements.need("frobnicator", "frobs the build", lambda: False, "frob", d13="frob-ng")


class Terminal:
    """A standard input that a person sits at, or not."""

    def __init__(self, terminal):
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.fixture
def host(monkeypatch):
    """host(release, root, terminal, answer) makes a machine; returns the list of the commands that it is made to run."""

    def make(release="12", root=True, terminal=False, answer="y", sudo=True):
        commands = []
        monkeypatch.delenv("CI", raising=False)
        monkeypatch.setattr(requirements, "debian_release", lambda: release)
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(requirements.sys, "stdin", Terminal(terminal))
        monkeypatch.setattr("builtins.input", lambda prompt: answer)
        monkeypatch.setattr(requirements.shutil, "which", lambda name: "/usr/bin/sudo" if sudo and name == "sudo" else None)

        def run(command, **_options):
            commands.append(command)
            return subprocess.CompletedProcess(command, 0)

        monkeypatch.setattr(requirements.subprocess, "run", run)
        return commands

    return make


def ensure(assume_yes=False):
    """The message with which set-up ends: MISSING never gets there."""
    with pytest.raises(errors.LauncherError) as caught:
        requirements.ensure([MISSING], assume_yes)
    assert caught.value.status == errors.SETUP
    return str(caught.value)


def test_nothing_missing(host):
    commands = host()
    requirements.ensure([requirements.need("x", "y", lambda: True, "z")], False)
    assert not commands


@pytest.mark.parametrize("release, package", [("12", "frob"), ("13", "frob-ng")])
def test_root_without_terminal_installs(host, capsys, release, package):
    commands = host(release)
    assert "still missing" in ensure()
    assert [command[-1] for command in commands] == ["update", package]
    assert "sudo" not in commands[0]
    assert f"frobnicator (package {package}): frobs the build" in capsys.readouterr().out


def test_user_goes_through_sudo(host):
    commands = host(root=False, terminal=True)
    ensure()
    assert commands[0][0] == "sudo" and commands[1][0] == "sudo"


def test_refusal_installs_nothing(host):
    commands = host(root=False, terminal=True, answer="n")
    assert "nothing was installed. To do it by hand: sudo apt-get install frob" in ensure()
    assert not commands


def test_user_without_terminal_is_not_asked(host):
    commands = host(root=False, terminal=False)
    assert "say --yes, or run: sudo apt-get install frob" in ensure()
    assert not commands


@pytest.mark.parametrize("told", ["yes", "ci"])
def test_told_to_go_ahead(host, monkeypatch, told):
    commands = host(root=False, terminal=False)
    if told == "ci":
        monkeypatch.setenv("CI", "true")
    ensure(assume_yes=told == "yes")
    assert commands


def test_no_sudo(host):
    commands = host(root=False, terminal=True, sudo=False)
    assert "as root, run: apt-get install frob" in ensure()
    assert not commands


def test_other_distribution(host, capsys):
    commands = host(release=None)
    assert "Debian 12 and 13 only" in ensure(assume_yes=True)
    assert "  frobnicator: frobs the build\n" in capsys.readouterr().out
    assert not commands


@pytest.mark.parametrize("text, release", [("ID=debian\nVERSION_ID=12\n", "12"), ("ID=debian\nVERSION_ID=13\n", "13"),
                                           ("ID=debian\nVERSION_ID=11\n", None), ("ID=ubuntu\nVERSION_ID=24.04\n", None),
                                           ("ID=debian\n", None)])
def test_release(monkeypatch, text, release):
    fields = dict(line.split("=") for line in text.splitlines())
    monkeypatch.setattr(requirements.platform, "freedesktop_os_release", lambda: fields)
    assert requirements.debian_release() == release


@pytest.mark.parametrize("failing, message", [("update", "still missing"), ("install", "this failed, see apt's message above")])
def test_apt_fails(host, monkeypatch, failing, message):
    """A source that is down need not matter; a failed installation does."""
    host()
    monkeypatch.setattr(requirements, "run", lambda command: subprocess.CompletedProcess(command, 100 if failing in command else 0))
    assert message in ensure()


def test_an_architecture_asks_only_for_its_own():
    """Whoever runs RISC-V is not made to install anything for x86_64."""
    riscv, x86_64 = ({need.package("12") for need in needs.build + needs.machine} for needs in (requirements.RISCV, requirements.X86_64))
    assert "qemu-system-x86" not in riscv and "qemu-system-misc" not in x86_64
    assert {"grub-common", "xorriso", "mtools", "ovmf"} <= {need.package("12") for need in requirements.everything(requirements.X86_64)}
    assert not {"grub-common", "ovmf"} & {need.package("12") for need in requirements.everything(requirements.RISCV)}


def test_modules_of_the_current_folder_are_not_run(tmp_path, monkeypatch):
    (tmp_path / "libfdt.py").write_text("open('run', 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert requirements.python_module("json")()
    requirements.python_module("libfdt")()
    assert not (tmp_path / "run").exists()
