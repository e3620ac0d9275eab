# SPDX-License-Identifier: BSD-2-Clause
"""Faults of native partitions, in words; restarts; the exit status of the machine."""

import pytest
from launcher import bundle
from launcher import system as systems

PROMPT = r"^> $"
FAULTS = {
    "crash": r"the program wrote to address 0x8, where it has no memory \(pc 0x4\w+, cause 15\)",
    "stack": r"the program wrote to address 0x1ff\w+, below its stack: stack overflow",
    "text": r"the program wrote to address 0x40\w+, where it has no right to",
    "illegal": r"the program (ran into a breakpoint|executed an instruction that does not exist)",
    "take 200": r"the program wrote to address 0x\w+, and has used up all the memory that it may have",
    "exit 3": r"has ended with status 3",
}


@pytest.fixture
def demo(boot):
    """A playground at its prompt."""

    def start(config=None, **options):
        machine = boot("servers-test", systems.programs("debug"), config, **options)
        machine.expect(PROMPT)
        return machine

    return start


@pytest.mark.parametrize("command", FAULTS)
def test_fault_is_told_and_the_partition_restarted(demo, command):
    machine = demo()
    machine.send("count\r")
    machine.expect("the counter is 42\n")
    machine.send(command + "\r")
    machine.expect(r"\[monitor\] partition 'demo':? " + FAULTS[command])
    machine.expect(r"\[monitor\] partition 'demo' is restarted \(1 of at most 1000 times\)")
    machine.send("\rcount\r")
    machine.expect("the counter is 42\n")  # a fresh copy of its image


def test_restart_leaves_nothing_behind(demo):
    machine = demo({"control.report": 1})
    machine.send("memory\r")
    before = machine.expect(r"(\d+) of 128 pages in use\n")[1]
    for _ in range(50):
        machine.send("crash\r")
        machine.expect("demo: a playground")
    machine.send("memory\r")
    assert machine.expect(r"(\d+) of 128 pages in use\n")[1] == before
    machine.expect(r"control: \d+ periods", timeout=60)


def test_partition_that_ends_well_is_not_restarted(demo):
    machine = demo()
    machine.send("exit 0\r")
    machine.expect(r"\[monitor\] partition 'demo' has ended$")
    machine.send("\x1dq")
    assert machine.wait(30) == 0
    assert "restarted" not in machine.text


def test_other_partition_and_its_quota_are_untouched(demo):
    machine = demo({"load": "other"})
    machine.send("take 200\r")
    machine.expect("used up all the memory")
    machine.send("\x1d3")
    machine.expect("attached to other")
    machine.send("\rtake 10\r")
    machine.expect(r"(\d+) of 32 pages in use\n")


def test_operator_restarts_a_partition(demo):
    machine = demo()
    machine.send("count\r")
    machine.expect("the counter is 42\n")
    machine.send("\x1dr")
    machine.expect(r"\[monitor\] the operator restarts partition 'demo'")
    machine.expect("demo: a playground")


def test_critical_partition_that_fails_ends_the_machine(demo):
    machine = demo({"control.periods": 2000, "control.limit": 1})
    machine.expect("JITTER FAIL", timeout=60)
    assert machine.wait(30) == 20


def without(files, name):
    return {other: data for other, data in files.items() if other != name}


BAD_BUNDLES = {
    "missing program": (lambda files: without(files, "console"), "the boot bundle has no program 'console'"),
    "missing pager": (lambda files: without(files, "pager"), "the boot bundle has no program 'pager'"),
    "truncated program": (lambda files: {**files, "control": files["control"].read_bytes()[:200]}, "program 'control' of the boot bundle: "),
    "no ELF": (lambda files: {**files, "control": b"#!/bin/sh\n"}, "program 'control' of the boot bundle: "),
}

BAD_CONFIGS = {
    "unknown system": ("nothing", {}, "there is no system 'nothing'"),
    "unknown load": ("servers-test", {"load": "nothing"}, "system 'servers-test' has no load 'nothing'"),
    "unknown partition": ("servers-test", {"nobody.key": "1"}, "line 2: unknown key 'nobody.key'"),
    "unknown setting": ("servers-test", {"console.color": "1"}, "line 2: unknown key 'console.color': partition 'console'"),
    "no setting": ("servers-test", {"control.": "1"}, "line 2: unknown key 'control.'"),
    "no partition": ("servers-test", {"key": "1"}, "line 2: unknown key 'key'"),
    "set twice": ("servers-test", {"load": "other\nload=other"}, "line 3: this key was set before"),
    "no value": ("servers-test", {"load": ""}, "line 2: the value is empty or too long"),
    "long value": ("servers-test", {"load": "x" * 500}, "line 2: the value is empty or too long"),
    "no key": ("servers-test", {"load": "other\nnonsense"}, "line 3: no key=value"),
    "not ASCII": ("servers-test", {"load": "\x07"}, "line 2: a character that is no printable ASCII"),
}


@pytest.mark.parametrize("case", BAD_BUNDLES)
def test_bad_bundle_is_a_clear_error(boot, case):
    change, message = BAD_BUNDLES[case]
    machine = boot("servers-test", change(systems.programs("debug")))
    machine.expect("init: " + message)
    assert machine.wait(30) == 20


@pytest.mark.parametrize("case", BAD_CONFIGS)
def test_bad_config_is_a_clear_error(boot, case):
    system, config, message = BAD_CONFIGS[case]
    machine = boot(system, systems.programs("debug"), config)
    machine.expect("init: config[:,] .*" + message if "line" not in message else "init: config, " + message)
    assert machine.wait(30) == 20


@pytest.mark.parametrize("kept", [0.1, 0.9])
def test_truncated_bundle_is_a_clear_error(boot, monkeypatch, kept):
    whole = bundle.make_bundle
    monkeypatch.setattr(bundle, "make_bundle", lambda *arguments: whole(*arguments)[:int(kept * len(whole(*arguments)))])
    machine = boot("servers-test", systems.programs("debug"))
    machine.expect("init: the boot bundle is no cpio archive, or it is cut off")
    assert machine.wait(30) == 20


def test_guest_that_does_not_fit_is_a_clear_error(boot_guest):
    machine = boot_guest(b"payload", guest_memory="2048M")
    machine.expect("init: this machine has too little memory for guest 'guest' of 2048 MiB")
    assert machine.wait(30) == 20


def test_machine_without_hypervisor_extension_is_told(boot_guest):
    machine = boot_guest(b"payload", cpu="rv64,h=false")
    machine.expect("init: this machine cannot run guest 'guest': it lacks the hypervisor extension")
    assert machine.wait(30) == 20
