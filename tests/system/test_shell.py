# SPDX-License-Identifier: BSD-2-Clause
"""The shell: what it tells is what the description says, what it does is seen, and what the description does not let it ask the monitor refuses."""

import re

import pytest

from harness import compose

PROMPT = r"^> $"
LIMIT = 0.1  # of the processor, for the monitor under a flood
SHELL, NARROW = 4, 5  # the console's numbers of the two shells
KINDS = {"monitor": "server", "console": "server", "demo": "paged", "guest": "guest"}


@pytest.fixture
def shell(boot, arch, programs):
    """A machine with shells, of which one is at its prompt."""

    def start(load=None, config=None, mode="debug", guest=True, **options):
        files = {**programs(mode), "guest.kernel": arch.variant(mode) / "tests" / "guest" / "testkernel.elf", "guest.cmdline": b"mode=spin"}
        machine = boot("shell-test", files, {"load": load, **(config or {})}, mode=mode, **options)
        if guest:
            machine.expect(r"\[guest\] test kernel: 6[34] MiB")
        machine.send("\r")
        machine.expect(PROMPT)
        return machine

    return start


def ask(machine, command):
    """What the shell answers, without the lines of others."""
    machine.send(command + "\r")
    start = machine.expect(rf"{re.escape(command)}\n").end()
    end = machine.expect(PROMPT).start()
    return "".join(line for line in machine.text[start:end].splitlines(keepends=True) if not line.startswith("["))


def rows(text):
    """The words of each line, by the first of them."""
    return {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}


def refused(told):
    """The commands that `help` says this shell has nobody for."""
    return [line.split()[0] for line in told.splitlines() if "not by this system's description" in line]


def described(arch):
    return compose.described(arch, "shell-test", {})


def time_text(time):
    return f"{time // 1_000_000}ms" if time % 1_000_000 == 0 else f"{time // 1000}us"


def size(text):
    """Bytes."""
    return int(text) if text.isdecimal() else int(text[:-1]) << {"K": 10, "M": 20}[text[-1]]


def check_ps(machine, system):
    told = rows(ask(machine, "ps"))
    assert list(told) == ["PARTITION", *(partition.name for partition in system.partitions)]
    for partition in system.partitions:
        limit = [f"{time_text(partition.budget)}/{time_text(partition.period)}"] if partition.is_limited else ["no", "limit"]
        name, kind, state, starts, faults, priority, *time, used = told[partition.name]
        assert (kind, state, starts, faults, priority) == (KINDS.get(name, "native"), "running", "1", "0", str(partition.priority))
        assert time == limit and (used == "-") == (kind == "guest")
    assert float(told["control"][-1]) > 0 and float(told["monitor"][-1]) > 0
    assert list(rows(ask(machine, "ps demo"))) == ["PARTITION", "demo"]


def check_mem(machine, system):
    told = rows(ask(machine, "mem"))
    for partition in system.partitions:
        kernel, free, given, user, user_free, user_given, guest = told[partition.name][1:]
        assert (size(kernel), size(user)) == (partition.kernel_memory, partition.memory)
        assert size(free) + size(given) < size(kernel) and size(user_free) + size(user_given) <= size(user)
        assert guest == ("64M" if partition.name == "guest" else "-")
        assert (size(given) > 0) == (partition.name in ("demo", "guest")) and (size(user_given) > 0) == (partition.name == "demo")
    regions = ask(machine, "mem shell")
    for line in (r"0x\w+ +16K rw-- stack", r"0x40000000 +32K rw-- heap", r"0x\w+ +4K rw-- console.output", r"0x\w+ +8K r--- words"):
        assert re.search(line.replace(" +", "MANY").replace(" ", " +").replace("MANY", " +"), regions), regions


def check_caps(machine):
    told = ask(machine, "caps shell")
    assert re.search(r"^ +\d+  endpoint +-w-- +0x\w+  monitor$", told, re.MULTILINE)
    assert re.search(r"^ +\d+  notification +-w-- +0x4  ring$", told, re.MULTILINE)
    assert re.search(r"^ +\d+  notification +-w-- +0x\w+  words\.signal$", told, re.MULTILINE)
    assert not re.search("untyped|cnode|thread|vspace|domain", told)
    named = sum(line.startswith("  ") for line in told.splitlines()) - 1
    assert f"shell was given {named} capabilities, {named} of them by name\n" in told
    assert re.search(r"pieces of memory to make objects of", ask(machine, "caps guest"))
    assert re.search(r"^ +\d+  domain +-w-- +0x34  domain$", ask(machine, "caps guest"), re.MULTILINE)


WRONG = {
    "pss": "there is no command 'pss'; `help` lists them\n",
    "ps nobody": "there is no partition 'nobody'; there are monitor, console, control, demo, guest, shell, narrow\n",
    "restart": "restart: of which partition? `restart NAME`\n",
    "stop a b": "stop: 'b' is too much: a command has one argument at most\n",
    "start demo": "'demo' runs already; did you mean restart?\n",
    "log x": "log: 'x' is no number of lines; right would be a number from 1 on, or none\n",
    "stop monitor": "stop: the description does not let 'shell' ask that of 'monitor'; \"stop\" or \"stop:monitor\" in its key `monitor` would\n",
    "stop console": "stop: the description does not let 'shell' ask that of 'console'; \"stop\" or \"stop:console\" in its key `monitor` would\n",
}


def check_editing(machine):
    """Each of these lines becomes `log 1`, or none."""
    for typed in ("lox\x7fg 1\r", "rubbish\x15log 1\r", "\x1b[A\r", "\x1b[A\x1b[A\x1b[B\r", "\x01log 1\x1b[1;5C\r", "l\x1b[Zog 1\r"):
        machine.send(typed)
        machine.expect(r"^\[ +\d+\.\d{6}\] ")
        machine.expect(PROMPT)
    machine.send("stop guest\x03")
    machine.expect(r"\^C\n")
    machine.expect(PROMPT)
    machine.send("x" * 200 + "\r")
    machine.expect(f"there is no command '{'x' * 79}'")


def test_what_it_tells(shell, arch):
    machine = shell()
    system = described(arch)
    check_ps(machine, system)
    check_mem(machine, system)
    check_caps(machine)
    told = ask(machine, "help")
    assert all(f"  {word} " in told for word in ("ps", "mem", "caps", "health", "ports", "log", "restart", "stop", "start", "sched", "schedule"))
    assert refused(told) == ["schedule"]  # there is no table
    for command, answer in WRONG.items():
        assert ask(machine, command) == answer
    machine.send("restart demo\r")
    machine.expect(r"^'demo' runs anew$")
    machine.send("log\r")
    machine.expect(r"^\[ +\d+\.\d{6}\] partition 'demo' is restarted, as 'shell' asks$")
    check_editing(machine)


def check_native(machine):
    free = rows(ask(machine, "mem demo"))["demo"]
    machine.send("stop demo\r")
    machine.expect(r"^'demo' is stopped$")
    assert rows(ask(machine, "ps demo"))["demo"][2:4] == ["stopped", "2"]
    kernel, left, given, user, user_left, user_given, _ = rows(ask(machine, "mem demo"))["demo"][1:]
    assert (left, given, user_left, user_given) == (kernel, "0K", user, "0K")
    assert ask(machine, "stop demo") == "'demo' does not run\n"
    assert "demo was given 0 capabilities" in ask(machine, "caps demo")
    machine.send("start demo\r")
    machine.expect(r"^\[demo\] demo: a playground")
    assert rows(ask(machine, "mem demo"))["demo"] == free
    assert rows(ask(machine, "ps demo"))["demo"][2:4] == ["running", "3"]


def check_guest(machine):
    """It is not the end of the machine that its one guest does not run."""
    machine.send("stop guest\r")
    machine.expect(r"^'guest' is stopped$")
    assert rows(ask(machine, "ps guest"))["guest"][2] == "stopped"
    for command in ("start", "restart"):
        machine.send(f"{command} guest\r")
        machine.expect(r"\[guest\] test kernel: 6[34] MiB")
    assert rows(ask(machine, "ps guest"))["guest"][2:4] == ["running", "3"]


def check_narrow(machine):
    machine.send(f"\x1d{NARROW}\r")
    machine.expect(PROMPT)
    assert list(rows(ask(machine, "ps"))) == ["PARTITION", "demo"]
    for command, name in (("ps", "control"), ("stop", "demo"), ("caps", "demo"), ("restart", "guest"), ("mem", "narrow")):
        assert ask(machine, f"{command} {name}") == (f"{command}: the description does not let 'narrow' ask that of '{name}'; "
                                                     f"\"{command}\" or \"{command}:{name}\" in its key `monitor` would\n")
    assert ask(machine, "log").startswith("log: the description does not let 'narrow' ask that")
    told = ask(machine, "help")
    assert refused(told) == ["caps", "health", "ports", "log", "stop", "start", "sched", "schedule"]
    machine.send("restart demo\r")
    machine.expect(r"^'demo' runs anew$")


def test_stop_start_and_restart(shell):
    machine = shell(config={"control.report": 10})  # seldom, for a line of it not to stand amid what is typed
    machine.send("restart demo\r")
    machine.expect(r"^\[demo\] demo: a playground")
    machine.send("\r")
    machine.expect(PROMPT)
    check_native(machine)
    check_guest(machine)
    check_narrow(machine)
    machine.send("\x1d3\r")
    machine.send(f"\x1d{SHELL}\r")
    machine.expect("attached to shell")
    machine.send("restart console\r")  # those that are heard through it are again
    machine.expect(r"^'console' runs anew$")
    machine.send("restart shell\r")
    machine.expect(r"shell: `help` lists what it can do")
    machine.expect(r"\[control\] control: \d+ periods")
    machine.send("stop shell\r")
    machine.expect(r"\[monitor\] partition 'shell' is stopped, as 'shell' asks")
    machine.expect(r"\[control\] control: \d+ periods")


def hear_others(machine, are):
    """Whether other partitions' lines are `shown` or `hidden`; those of a busy one may else stand amid what is typed."""
    machine.send("\x1dl")
    machine.expect(f"other partitions' lines are {are}\n")
    machine.send("\r")
    machine.expect(PROMPT)


def test_a_hostile_shell_changes_nothing_but_what_it_may(shell, arch):
    machine = shell("hostile", {"prober.fuzz": 1})
    hear_others(machine, "hidden")
    others = [name for name in described(arch).names if name not in ("demo", "prober")] + ["monitor", "console", "prober"]
    before = {name: rows(ask(machine, f"mem {name}"))[name] for name in others}
    hear_others(machine, "shown")
    for _ in range(3):
        match = machine.expect(r"\[prober\] prober: (\d+) messages: (\d+) answered, (\d+) refused, (\d+) cut off", timeout=60)
    assert all(int(number) > 0 for number in match.groups())
    machine.expect(r"\[monitor\] partition 'demo' is (restarted|stopped|started), as 'prober' asks", timeout=60)
    hear_others(machine, "hidden")
    for name, told in before.items():
        assert rows(ask(machine, f"mem {name}"))[name] == told
        _, _, state, starts, faults, *_ = rows(ask(machine, f"ps {name}"))[name]
        assert (state, starts, faults) == ("running", "1", "0"), name
    assert ask(machine, "stop prober") == "'prober' is stopped\n"
    assert ask(machine, "restart demo") == "'demo' runs anew\n"


MILLISECONDS = r"control: (\d+) periods"  # the control task counts them


def time_of_the_monitor(machine):
    """(milliseconds that the machine has run, milliseconds that the monitor had a little earlier)."""
    machine.send("\r")
    machine.expect(PROMPT)
    used = 1000 * float(rows(ask(machine, "ps monitor"))["monitor"][-1])
    return int(machine.expect(MILLISECONDS, timeout=60)[1]), used


def test_who_floods_the_monitor_pays_for_it(shell, note):
    """The monitor's time is counted in instructions, as is that of the whole machine; the flood is cut off again and again, and a fault is heard meanwhile."""
    machine = shell("hostile", {"prober.flood": 1, "control.report": 1}, "release", guest=False, icount=True, icount_shift=3)
    before = time_of_the_monitor(machine)
    machine.expect(r"\[prober\] prober: \d+ messages: \d+ answered, \d+ refused, [1-9]\d* cut off", timeout=60)
    machine.expect(MILLISECONDS)
    passed, used = (after - earlier for earlier, after in zip(before, time_of_the_monitor(machine)))
    note(f"the monitor took {100 * used / passed:.1f}% of the processor under a flood; its budget is 30%")
    assert passed >= 1000 and used / passed < LIMIT


def test_who_ends_while_nobody_hears_it_is_heard_later(shell):
    """It has ended, and not made a mistake."""
    machine = shell("hostile", {"prober.quit": 1}, "release", guest=False, icount=True, icount_shift=3)
    machine.expect(r"\[monitor\] partition 'prober' has ended with status 3\n")
