# SPDX-License-Identifier: BSD-2-Clause
"""Faults of native partitions, in words; restarts; the exit status of the machine."""

import pytest
from harness import compose
from launcher import arches

PROMPT = r"^> $"
FAULTS = {
    "crash": r"the program wrote to address 0x8, where it has no memory \(pc 0x4\w+, (cause|vector) \w+",
    "stack": r"the program wrote to address 0x1ff\w+, in the guard below its stack: stack overflow",
    "text": r"the program wrote to address 0x40\w+, which lies in its code: it may only read and execute that, and not write",
    "data": r"the program jumped to address 0x4\w+, which lies in its data: it may only read and write that, and not execute",
    "illegal": r"the program (ran into a breakpoint|executed an instruction that does not exist)",
    "take 200": r"the program wrote to address 0x\w+, and has used up all the memory that it may have",
    "receive monitor": r"the program used 'monitor' without the right to that: it may only send by it \(write\), and not receive \(read\) \(pc 0x4\w+, NO_RIGHT\)",
    "signal notification": r"the program used 'notification' without the right to that: it may only receive by it \(read\), and not send \(write\) \(pc 0x4\w+, NO_RIGHT",
    "signal nothing": r"the program used capability 0, which the description does not give \(pc 0x4\w+, INVALID_CAP\)",
    "exit 3": r"has ended with status 3",
}
# What the processor tells no address of is told by its cause.
CAUSES = {
    "riscv": {
        "crash": r"wrote to address 0x8, where it has no memory \(pc 0x4\w+, cause 15\)",
        "nowhere": r"read from address 0x4000000000000000, where it has no memory \(pc 0x4\w+, cause 13\)",
        "illegal": r"ran into a breakpoint \(pc 0x4\w+, cause 3\)",
    },
    "x86_64": {
        "crash": r"wrote to address 0x8, where it has no memory \(pc 0x4\w+, vector 14, error code 0x6\)",
        "nowhere": r"broke the processor's protection: [ \w,-]+ \(general protection\) \(pc 0x4\w+, vector 13, error code 0\)",
        "illegal": r"executed an instruction that does not exist or is not allowed \(invalid opcode\) \(pc 0x4\w+, vector 6\)",
        "divide": r"divided by zero, or with too large a result \(divide error\) \(pc 0x4\w+, vector 0\)",
    },
}
LACKING = {"riscv": "the hypervisor extension", "x86_64": "SVM with nested paging"}


@pytest.fixture
def demo(boot, programs):
    """A playground at its prompt."""

    def start(config=None, **options):
        machine = boot("servers-test", programs(), config, **options)
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


@pytest.mark.parametrize("arch, command", [(name, command) for name in CAUSES for command in CAUSES[name]], indirect=["arch"])
def test_fault_is_told_by_its_cause(demo, arch, command):
    machine = demo()
    machine.send(command + "\r")
    machine.expect(r"\[monitor\] partition 'demo': the program " + CAUSES[arch.name][command])


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
    machine.expect(r"\[monitor\] the operator restarts partition 'demo'")  # before or after what the new one says
    machine.send("\rcount\r")
    machine.expect("the counter is 42\n")


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


@pytest.mark.parametrize("case", BAD_BUNDLES)
def test_bad_bundle_is_a_clear_error(boot, programs, case):
    change, message = BAD_BUNDLES[case]
    machine = boot("servers-test", change(programs()))
    machine.expect("init: " + message)
    assert machine.wait(30) == 20


def changed_bytes(data, old, new):
    assert data.count(old) >= 1
    return data.replace(old, new, 1)


DAMAGED = {
    "cut early": (lambda data: data[:len(data) // 10], "the boot bundle is no cpio archive, or it is cut off"),
    "cut late": (lambda data: data[:len(data) * 9 // 10], "the boot bundle is no cpio archive, or it is cut off"),
    "no manifest": (lambda data: changed_bytes(data, b"manifest\0", b"manifesu\0"), "the boot bundle has no member 'manifest'"),
    "no tree": (lambda data: changed_bytes(data, b"\xd0\x0d\xfe\xed", bytes(4)), "manifest: this is no flattened device tree"),
    "other version": (lambda data: changed_bytes(data, b"manifest-1", b"manifest-2"), "manifest: node '': it is of version 'bulkhead,manifest-2'"),
    "a changed byte": (lambda data: changed_bytes(data, b"servers-test\0", b"servers-tesu\0"), "manifest: it is damaged: its checksum is wrong"),
    "a changed program": (lambda data: changed_bytes(data, b"a playground", b"a playgr0und"), "member 'demo' of the boot bundle is damaged"),
    "a renamed program": (lambda data: changed_bytes(data, b"0000000600000000pager\0", b"0000000600000000qager\0"), "the boot bundle has no member 'pager'"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_bundle_is_a_clear_error(boot, programs, monkeypatch, case):
    damage, message = DAMAGED[case]
    whole = compose.make_bundle
    monkeypatch.setattr(compose, "make_bundle", lambda *arguments: damage(whole(*arguments)))
    machine = boot("servers-test", programs())
    machine.expect("init: " + message)
    assert machine.wait(30) == 20


def test_manifest_of_the_other_architecture_is_a_clear_error(boot, arch, programs, monkeypatch):
    whole, other = compose.make_bundle, next(other for other in arches.ALL if other is not arch)
    monkeypatch.setattr(compose, "make_bundle", lambda _, *arguments: whole(other, *arguments))
    machine = boot("servers-test", programs())
    machine.expect(f"init: manifest: node '': it was made for architecture '{other.name}', and this is {arch.name}")
    assert machine.wait(30) == 20


def test_guest_that_does_not_fit_is_a_clear_error(boot_guest):
    machine = boot_guest(b"payload", guest_memory="2048M")
    machine.expect("init: this machine has too little memory for guest 'guest' of 2048 MiB")
    assert machine.wait(30) == 20


def test_machine_without_support_for_guests_is_told(boot_guest, arch):
    machine = boot_guest(b"payload", cpu=arch.cpu_without_guests)
    machine.expect("init: this machine cannot run guest 'guest': it lacks " + LACKING[arch.name])
    assert machine.wait(30) == 20


def test_no_capability_comes_with_an_answer(boot, programs):
    """One that did would outlive who gave it, and let another speak to the monitor in his name."""
    machine = boot("colluders", programs())
    machine.expect(r"the answer gives nothing\n")
    machine.expect(r"partition 'hello' has ended")  # the monitor hears others
