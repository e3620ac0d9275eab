# SPDX-License-Identifier: BSD-2-Clause
"""Guests that do harm: nothing may come of it but their own end, and the control task must not miss a period."""

import pytest
from launcher import paths
from launcher import system as systems

GUEST_FAILED = 10
SYSTEM_FAILED = 20


@pytest.fixture
def boot_kernel(boot_guest):
    """boot_kernel(arguments, ...): the test kernel with these arguments as the guest of the system `guest-test`."""

    def start(arguments, **options):
        kernel = paths.variant(options.get("mode", "debug")) / "tests" / "guest" / "testkernel.elf"
        return boot_guest(kernel, command_line=f"slot1=echo {arguments}", **{"system": "guest-test", **options})

    return start


@pytest.mark.parametrize("arguments", [
    "mode=calls count=20000",
    "mode=jumps count=20000",
    "mode=spin seconds=2",
    "mode=hypercalls seconds=2",
    "mode=faults seconds=2",
    "mode=devices seconds=2",
    "mode=console seconds=2",
])
def test_storm_ends_well(boot_kernel, arguments):
    """A guest that misbehaves for a while and then powers off is a guest that powered off."""
    machine = boot_kernel(arguments, timeout=120)
    machine.expect("mode " + arguments.split()[0].removeprefix("mode="))
    assert machine.wait() == 0
    assert "PANIC" not in machine.text


@pytest.mark.parametrize("mode", ["tables", "vector"])
def test_guest_that_cannot_go_on_hurts_nobody(boot_kernel, mode):
    """Its trap vector traps, for ever: it burns its own time, and the control task goes on."""
    machine = boot_kernel(f"mode={mode}", config={"control.report": "1"}, timeout=60)
    machine.expect("loading nonsense")
    before = machine.expect("control: ([0-9]+) periods", timeout=20)[1]
    after = machine.expect("control: ([0-9]+) periods", timeout=20)[1]
    assert int(after) > int(before)


def test_off(boot_kernel):
    assert boot_kernel("mode=off").wait() == 0


def test_reported_failure_is_a_guest_failure(boot_kernel):
    machine = boot_kernel("mode=failure")
    assert machine.wait() == GUEST_FAILED
    assert "system failure" in machine.text


def test_operator_sees_what_a_failed_guest_leaves_and_can_restart_it(boot_kernel):
    machine = boot_kernel("mode=failure", config={"monitor.operator": 1})
    machine.expect("no guest runs any more")
    machine.send("\x1d1\n")
    machine.expect(r"control: \d+ periods")
    machine.send("\x1d2\x1dr")
    machine.expect("the operator restarts partition 'guest'")
    machine.expect("no guest runs any more")
    machine.send("\x1dq")
    assert machine.wait() == GUEST_FAILED


def test_warm_reboot_is_a_panic_only_if_the_command_line_says_so(boot_kernel):
    machine = boot_kernel("mode=warm-reboot reboot=panic_warm")
    assert machine.wait() == GUEST_FAILED
    assert "panic" in machine.text


@pytest.mark.parametrize("mode", ["reboot", "warm-reboot"])
def test_reboot_comes_back_clean(boot_kernel, mode):
    """Again and again: the guest's memory is new each time (the test kernel's own boot would fail on leftovers)."""
    machine = boot_kernel(f"mode={mode}", timeout=120)
    for _ in range(5):
        machine.expect(f"mode {mode}")


def test_slot_1_reaches_the_native_program_while_the_vmm_is_stopped(boot_kernel):
    """The signature of the design: a hypercall needs no VMM. `echo` ends the machine with the status that the guest found."""
    machine = boot_kernel("mode=without-vmm", config={"monitor.stop": "vmm"})
    machine.expect("stopping the VMM")
    assert machine.wait(60) == 0


@pytest.mark.parametrize("kernel, message", [
    pytest.param(b"\x7fELF" + bytes(60), "not a 64-bit", id="elf"),
    pytest.param(b"\x1f\x8b" + bytes(1000), "gzip'd", id="gzip"),
    pytest.param(b"MZ" + bytes(54) + b"ARM\x64" + bytes(1000), "arm64", id="arm64"),
])
def test_bad_kernel_is_a_clear_error(boot_guest, kernel, message):
    machine = boot_guest(kernel, system="guest-test")
    machine.expect(f"guest.*{message}")
    assert machine.wait() == GUEST_FAILED


def test_missing_kernel_is_a_clear_error(boot):
    """Without the file there is no system to build, and init says so."""
    machine = boot("guest-test", systems.programs("debug"))
    machine.expect("no 'guest/kernel' for guest")
    assert machine.wait() == SYSTEM_FAILED
