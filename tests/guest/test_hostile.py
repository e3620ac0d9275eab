# SPDX-License-Identifier: BSD-2-Clause
"""Guests that do harm: nothing may come of it but their own end, and the control task must not miss a period."""

import pytest

GUEST_FAILED = 10
SYSTEM_FAILED = 20


@pytest.fixture
def boot_kernel(boot_guest, arch):
    """boot_kernel(arguments, ...): the test kernel with these arguments as the guest of the system `guest-test`."""

    def start(arguments, **options):
        kernel = arch.variant(options.get("mode", "debug")) / "tests" / "guest" / "testkernel.elf"
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
    pytest.param("mode=control seconds=2", marks=pytest.mark.arch("x86_64")),
])
def test_storm_ends_well(boot_kernel, arguments):
    """A guest that misbehaves for a while and then powers off is a guest that powered off."""
    machine = boot_kernel(arguments, timeout=120)
    machine.expect("mode " + arguments.split()[0].removeprefix("mode="))
    assert machine.wait() == 0
    assert "PANIC" not in machine.text


@pytest.mark.parametrize("mode, message", [
    pytest.param("sleep", "halting with interrupts off", marks=pytest.mark.arch("x86_64")),
])
def test_guest_that_cannot_go_on_hurts_nobody(boot_kernel, mode, message):
    """It waits for what never comes: the control task goes on."""
    machine = boot_kernel(f"mode={mode}", config={"control.report": "1"}, timeout=60)
    machine.expect(message)
    before = machine.expect("control: ([0-9]+) periods", timeout=20)[1]
    after = machine.expect("control: ([0-9]+) periods", timeout=20)[1]
    assert int(after) > int(before)
    assert "PANIC" not in machine.text


# What is said of exits that cannot be answered: what the guest did, what is nearest by its name, where it was; and a hint.
UNANSWERED = {
    "x86_64": {
        "tables": (r"it has page tables at address 0xd0000000, where there is no memory; nearest is its PCI devices' registers, 0xc0000000 to 0xcfffffff \(pc 0x1\w+, ",
                   "none of its devices has registers in memory"),
        "vector": (r"it could not handle its own exception \(triple fault\) \(pc 0x1[0-9a-f]+, ", "its interrupt descriptor table or the stacks in it"),
        "nowhere": (r"it read from address 0xd0000000, where there is no memory; nearest is its PCI devices' registers, 0xc0000000 to 0xcfffffff \(pc 0x1\w+, ",
                    "none of its devices has registers in memory; a larger `memory`"),
        "string": (r"it used string I/O \(INS, OUTS\) at port 0x3f8 \(pc 0x1\w+, ", "its devices take one byte, word or double word at a time"),
    },
    "riscv": {
        "tables": (r"it has its trap vector at 0x80\w+, where it cannot be executed \(address 0x\w+; nearest is [^)]+\), and a trap of cause \d+ \(pc 0x80\w+, ",
                   "its stvec is wrong, or its page tables"),
        "vector": (r"it has its trap vector at 0x\w+, where it cannot be executed \(address 0x\w+; nearest is [^)]+\), and a trap of cause \d+ \(pc 0x80\w+, ",
                   "its stvec is wrong, or its page tables"),
    },
}


@pytest.mark.parametrize("arch, mode", [pytest.param(arch, mode, marks=pytest.mark.arch(arch)) for arch in UNANSWERED for mode in UNANSWERED[arch]], indirect=["arch"])
def test_guest_that_cannot_be_answered_is_told_why(boot_kernel, arch, mode):
    what, hint = UNANSWERED[arch.name][mode]
    machine = boot_kernel(f"mode={mode}")
    machine.expect("guest 'guest' has failed: " + what)
    machine.expect("guest 'guest': hint: " + hint)
    assert machine.wait() == GUEST_FAILED


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


def test_missing_kernel_is_a_clear_error(boot, programs):
    """Without the file there is no system to build, and init says so."""
    machine = boot("guest-test", programs())
    machine.expect("manifest: node 'guest': no property 'kernel'")
    assert machine.wait() == SYSTEM_FAILED
