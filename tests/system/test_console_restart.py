# SPDX-License-Identifier: BSD-2-Clause
"""The console server dies, and its clients, native and guests, go on with the next one. The consoles are those of tests/variants: one that a key kills, and
one that dies by itself a hundred times, at places of all kinds."""

import pytest

LIVES = 100      # of console_worn.c
KILL = "\x18"    # the keys of console_key.c
SCRIBBLE = "\x19"
CONTROL = 1      # the console's number of it


@pytest.fixture
def variant(arch):
    """variant(name, mode): the program that stands in for the console."""
    return lambda name, mode: {"console": arch.variant(mode) / "tests" / "variants" / f"{name}.elf"}


def kill(machine, number, key=KILL):
    """The console's death is told by its next incarnation."""
    machine.send(key)
    machine.expect(r"\[monitor\] partition 'console': the program wrote to address 0x8, where it has no memory")
    machine.expect(rf"\[monitor\] partition 'console' is restarted \({number} of at most \d+ times\)\n")


def attach(machine, key, whom):
    machine.send("\x1d" + key)
    machine.expect(rf"\[console\] attached to {whom}")


def test_clients_go_on_with_the_next_console(boot_guest, arch, payload, programs, variant):
    """Whom the terminal was attached to and whether others' lines are shown outlives a fault, and nothing else."""
    machine = boot_guest(payload.kernel, payload.initrd, arch.command_line, files={**programs(), **variant("console_key", "debug")}, timeout=300)
    machine.expect(r"guest:\S*# ", timeout=120)
    for number in (1, 2, 3):
        kill(machine, number)
        machine.send(f"echo told$(({number} + 40))\n")
        machine.expect(rf"^told{number + 40}\n")
    attach(machine, "3", "demo")
    for number in (4, 5, 6):
        kill(machine, number)
        machine.send("count\r")
        machine.expect(rf"the counter is {number + 38}\n")
    machine.send("\x1dl")
    hidden = machine.expect("other partitions' lines are hidden").end()
    machine.send(KILL + "count\r")  # what is typed while it is dead waits in the device
    answer = machine.expect(r"the counter is 45\n").start()
    assert "[monitor]" not in machine.text[hidden:answer]
    machine.send("\x1dl")
    machine.expect("lines are shown")
    attach(machine, "2", "guest")
    machine.send("echo to\"\"ld; poweroff\n")
    machine.expect("^told\n")
    assert machine.wait() == 0


def test_what_a_console_scribbled_before_it_died_keeps_nobody_from_the_next(boot, arch, programs, variant):
    """On all rings, both ways: who wrote and who read goes on, the monitor first of all."""
    files = {**programs(), **variant("console_key", "debug"), "talker.kernel": arch.variant("debug") / "tests" / "guest" / "testkernel.elf",
             "talker.cmdline": b"mode=console"}
    machine = boot("mortal-console", files)
    for number in (1, 2, 3):
        machine.expect(r"^\[flooder\] flood \d+: the quick brown fox jumps over the lazy dog\n")
        machine.expect(r"^\[talker\] a guest that does nothing but talk.*\n")
        kill(machine, number, SCRIBBLE)
        machine.send("count\r")
        machine.expect(r"the counter is \d+\n")
    machine.send("\x1dq")
    assert machine.wait() == 0


def test_a_console_that_dies_a_hundred_times(boot, arch, programs, variant, note):
    """Before or after any of its operations on rings and device. The critical task and those that write go on; nobody waits for it for ever."""
    mode = "release"
    files = {**programs(mode), **variant("console_worn", mode), "talker.kernel": arch.variant(mode) / "tests" / "guest" / "testkernel.elf",
             "talker.cmdline": b"mode=console"}
    machine = boot("mortal-console", files, mode=mode, icount=True, icount_shift=3, timeout=300)
    machine.expect(rf"partition 'console' is restarted \({LIVES} of at most \d+ times\)\n", timeout=200)
    for number in range(20):
        machine.send("count\r")
        machine.expect(r"the counter is \d+\n")
    for line in (r"^\[flooder\] flood \d+: the quick brown fox jumps over the lazy dog\n", r"^\[talker\] a guest that does nothing but talk.*\n"):
        for _ in range(20):
            machine.expect(line)
    attach(machine, str(CONTROL), "control")
    machine.send("!")
    periods, worst, missed = machine.expect(r"^control: (\d+) periods, woke at most (\d+) ns late \(lately \d+, mean \d+\), missed (\d+)").groups()
    note(f"{LIVES} deaths of the console in {periods} ms; worst wake-up {int(worst) >> 3} instructions late")
    assert missed == "0"
    machine.send("\x1dq")
    assert machine.wait() == 0
