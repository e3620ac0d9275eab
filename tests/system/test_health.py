# SPDX-License-Identifier: BSD-2-Clause
"""Health monitoring: each event that a partition can have, with each action that its description can have follow.

Time is counted in instructions, so that a busy host uses up nobody's budget and keeps nobody silent.
"""

import re

import pytest

from composer import health
from harness import compose
from harness.elf import broken

PROMPT = r"^> $"
SYSTEM_FAILED, RESET = 20, 21
WELL = r"patient: well\n"

# What makes it happen, what the monitor says of it, and what the program says if it goes on. Several ways may be one event.
DEEDS = {
    "fault": ("memory_fault", r"partition '{}': the program wrote to address 0x8, ", None),
    "illegal": ("illegal_instruction", r"partition '{}': the program (ran into a breakpoint|executed an instruction that does not exist)", None),
    "spin 10": ("deadline", r"partition '{}' has used up its budget, 2000 us in 50000 us \(pc 0x4", "spun"),
    "late 5": ("deadline", r"partition '{}' has missed a deadline by \d us: as it was told to\n", "went on after a deadline"),
    "error 7": ("application_error", r"partition '{}' has failed, as it says: error 7: told to\?fail\n", "went on after an error"),
    "silent 40": ("watchdog", r"partition '{}' has given no sign of life for 200 ms\n", "well again"),
    "exit 3": ("application_error", r"partition '{}' has ended with status 3\n", None),
}


FLOODS = {"above": "deadline", "talker": "application_error"}
FLOOD_LIMIT = 0.12  # of the processor, for the monitor: each of two may cost it an eighth of its three tenths


class Ward:
    """A booted system of tests/systems/health.toml."""

    def __init__(self, machine, system):
        self.machine = machine
        self.clients = [partition.name for partition in system.partitions if partition.console]

    def attach(self, name):
        self.machine.send(f"\x1d{self.clients.index(name)}")
        self.machine.expect(f"attached to {name}|\\[{name}\\]|{name}:")

    def tell(self, name, *commands):
        """Types at a patient's."""
        self.attach(name)
        self.machine.send("".join(f"{command}\r" for command in commands))

    def ask(self, command):
        """What the shell answers, without the lines of others."""
        self.attach("shell")
        self.machine.send(command + "\r")
        start = self.machine.expect(rf"{re.escape(command)}\n").end()
        end = self.machine.expect(PROMPT).start()
        return "".join(line for line in self.machine.text[start:end].splitlines(keepends=True) if not line.startswith("["))

    def counts(self, name):
        """(action, times) by event, as the shell tells it."""
        rows = [line.split() for line in self.ask(f"health {name}").splitlines() if line.startswith("  ")]
        return {event: (action, int(times)) for event, times, action in rows[1:]}

    def says(self, pattern, **options):
        return self.machine.expect(rf"^(\[monitor\] )?{pattern}", **options)

    def says_in_any_order(self, *patterns):
        """In what comes next; programs and the monitor run in turns, and write to the console each by itself, and so one may be heard before the other."""
        start, ends = self.machine.position, []
        for pattern in patterns:
            self.machine.position = start
            ends.append(self.says(pattern).end())
        self.machine.position = max(ends)


@pytest.fixture
def ward(boot, arch, programs):
    """ward(variant): once all its patients are well; SYSTEM is another one."""

    def start(variant, mode="debug", system="health", **options):
        made = compose.described(arch, system, {"load": variant})
        machine = boot(system, programs(mode), {"load": variant}, icount=True, mode=mode, **options)
        for _ in range(sum(partition.program == "patient" for partition in made.partitions)):
            machine.expect(WELL)
        return Ward(machine, made)

    return start


def check_that_it_goes_on(ward, name, is_logged):
    done = []
    for deed, (event, said, goes_on) in DEEDS.items():
        if event in health.FINAL:
            continue
        before = len(ward.machine.text)
        ward.tell(name, deed)
        if is_logged:
            ward.says(said.format(name))
        if goes_on:
            ward.machine.expect(goes_on)
        elif is_logged:
            assert ward.ask(f"ps {name}").splitlines()[1].split()[2] == "ended"
        else:
            while ward.ask(f"ps {name}").splitlines()[1].split()[2] != "ended":
                pass
        if not is_logged:
            assert f"partition '{name}'" not in ward.machine.text[before:]
        done.append(event)
    check_counts(ward, name, done, "log" if is_logged else "ignore")
    ward.ask(f"restart {name}")


def check_counts(ward, name, done, action):
    """A budget may have been used up several times, and a silence been long."""
    counts = ward.counts(name)
    assert list(counts) == [event for event in health.EVENTS if health.is_of(event, "native")]
    for event in done:
        assert counts[event][0] == action
        assert counts[event][1] >= done.count(event) if event in ("deadline", "watchdog") else counts[event][1] == done.count(event), event


def check_that_it_is_stopped(ward, name):
    for deed, (_, said, _) in DEEDS.items():
        ward.tell(name, deed)
        ward.says(said.format(name))
        ward.says(f"partition '{name}' is stopped; the others go on\n")
        assert ward.ask(f"start {name}") == f"'{name}' runs\n"
    check_counts(ward, name, [event for event, _, _ in DEEDS.values()], "stop")


def check_that_it_is_restarted(ward, name, action):
    for number, (deed, (_, said, _)) in enumerate(DEEDS.items(), 1):
        ward.tell(name, deed)
        ward.says(said.format(name))
        ward.says_in_any_order(rf"partition '{name}' is restarted \({number} of at most 100 times\)\n",
                               f"patient: well, {number + 1} starts in a row\n" if action == "restart" else WELL)
    check_counts(ward, name, [event for event, _, _ in DEEDS.values()], action)
    assert re.search(rf"^{name} +{len(DEEDS)} +{len(DEEDS)} +{100 - len(DEEDS)}  application_error +\d+\.\d+$", ward.ask("health"), re.MULTILINE)


def check_that_signs_in_time_suffice(ward, name):
    """A sign every 160 ms where one is due in 200, at whatever moments the monitor looks."""
    before = ward.counts(name)["watchdog"]
    for _ in range(8):
        ward.tell(name, "silent 8")
        ward.machine.expect("well again")
    assert ward.counts(name)["watchdog"] == before


def test_each_event_is_followed_by_what_the_table_has(ward):
    booted = ward("all")
    check_that_signs_in_time_suffice(booted, "logging")
    check_that_it_goes_on(booted, "ignoring", False)
    check_that_it_goes_on(booted, "logging", True)
    check_that_it_is_stopped(booted, "stopping")
    check_that_it_is_restarted(booted, "warm", "restart")
    check_that_it_is_restarted(booted, "cold", "restart-cold")
    for name in booted.clients[1:]:
        assert booted.ask(f"ps {name}").splitlines()[1].split()[2] == "running"


@pytest.mark.parametrize("deed", DEEDS)
def test_the_machine_ends(ward, deed):
    booted = ward("halt")
    booted.tell("halting", deed)
    booted.says(DEEDS[deed][1].format("halting"))
    booted.says("partition 'halting' is needed for the system to go on: the machine ends\n")
    assert booted.machine.wait(60) == SYSTEM_FAILED


def test_another_table_is_followed(ward):
    """Two partitions by turns, of which each has its own table followed. What has failed, or ended, stays down; what has not goes on."""
    booted = ward("native", system="health-schedule")
    for deed, (_, said, goes_on) in DEEDS.items():
        for name, table in (("worse", "degraded"), ("better", "normal")):
            booted.tell(name, deed)
            told = (said.format(name).replace("2000 us", "1000 us"), f"schedule table '{table}' is followed next, because of partition '{name}'\n")
            if goes_on:
                booted.says_in_any_order(*told, goes_on)
            else:
                booted.says_in_any_order(*told, f"partition '{name}' is stopped; the others go on\n")
                assert booted.ask(f"start {name}") == f"'{name}' runs\n"
            while f"{table} is followed" not in booted.ask("sched"):
                pass
    for name, table in (("worse", "degraded"), ("better", "normal")):
        assert {action for action, _ in booted.counts(name).values()} == {f"switch-schedule:{table}"}


def follow(ward, table):
    ward.ask(f"schedule {table}")
    while f"{table} is followed" not in ward.ask("sched"):
        pass


def pass_a_while(ward):
    """In which who gives no sign of life is found several times."""
    ward.tell("other", "silent 80")
    for _ in range(4):
        ward.says("partition 'other' has given no sign of life for 200 ms\n", timeout=60)
    ward.machine.expect("well again", timeout=60)


def test_time_in_which_a_table_leaves_a_partition_out_is_no_silence(ward):
    """Be it that it has run before, or is built then; and afterwards its silence is found as ever."""
    booted = ward(None, system="watchdog-tables")
    follow(booted, "without")
    pass_a_while(booted)
    booted.ask("restart resting")
    pass_a_while(booted)
    follow(booted, "normal")
    pass_a_while(booted)
    assert "partition 'resting' has given" not in booted.machine.text
    assert booted.machine.text.count(f"[resting] {WELL[:-2]}") == 2
    booted.tell("resting", "silent 40")
    booted.says("partition 'resting' has given no sign of life for 200 ms\n", timeout=60)


def test_restarts_are_limited_in_a_time(ward):
    """Three in a minute: those of the minute before do not count. The fourth ends the machine."""
    booted = ward("halt")
    for _ in range(2):
        booted.tell("limited", *["fault"] * 3, "silent 3100")
        for number in (1, 2, 3):
            booted.says(rf"partition 'limited' is restarted \({number} of at most 3 times in 60000 ms\)\n")
        booted.machine.expect("well again", timeout=60)
    assert re.search(r"^limited +6 +6 +3  memory_fault", booted.ask("health"), re.MULTILINE)
    booted.tell("limited", *["fault"] * 4)
    booted.says("partition 'limited' is not restarted again: that would be more than 3 times in 60000 ms\n")
    booted.says("partition 'limited' is needed for the system to go on: the machine ends\n")
    assert booted.machine.wait(60) == SYSTEM_FAILED


def time_of_the_monitor(ward):
    """(seconds that the machine has run, seconds that the monitor had a little earlier), when the victim has just failed, and is well again."""
    used = float(ward.ask("ps monitor").splitlines()[1].split()[-1])
    ward.tell("victim", "fault")
    ward.machine.expect(WELL)
    return float(ward.ask("health victim").splitlines()[1].split()[-1]), used


def test_who_floods_the_monitor_with_events_pays_for_it(ward, note):
    """Used-up budgets, told of by the kernel, and errors, told by the program: the victim is heard and restarted all the same."""
    booted = ward("flood", "release", icount_shift=3)
    booted.machine.send("\x1dl")
    booted.machine.expect("other partitions' lines are hidden")
    before = time_of_the_monitor(booted)
    for name, command in (("above", "spin 900000"), ("talker", "flood")):
        booted.tell(name, command)
    booted.tell("victim", "silent 100")  # for two seconds
    booted.machine.expect("well again", timeout=60)
    passed, used = (now - earlier for earlier, now in zip(before, time_of_the_monitor(booted)))
    counts = {name: booted.counts(name)[event][1] for name, event in FLOODS.items()}
    note(f"the monitor took {100 * used / passed:.1f}% of the processor under a flood of events in {passed:.1f} s: {counts}")
    assert all(count > 100 for count in counts.values())
    assert passed >= 1 and used / passed < FLOOD_LIMIT


@pytest.mark.arch("x86_64")
def test_the_machines_watchdog_ends_what_the_monitor_does_not(boot, arch, programs):
    """The right monitor feeds it through minutes, in the test above. RISC-V's machine has none."""
    files = {**programs(), "monitor": arch.variant("debug") / "tests" / "variants" / "monitor_hang.elf"}
    ward = Ward(boot("health", files, {"load": "halt"}, icount=True, icount_shift=3), compose.described(arch, "health", {"load": "halt"}))
    for _ in range(2):
        ward.machine.expect(WELL)
    ward.tell("limited", "silent 500")  # ten seconds
    ward.machine.expect("well again")
    ward.tell("limited", "exit 1")
    assert ward.machine.wait(60) == RESET
    assert "the machine ends" not in ward.machine.text


@pytest.mark.arch("x86_64")
def test_the_machines_watchdog_is_fed_while_the_console_says_its_last_words(boot, arch, programs):
    """Which takes as long as the monitor waits for it, twice the watchdog's time."""
    files = {**programs(), "console": arch.variant("debug") / "tests" / "variants" / "console_stuck.elf"}
    ward = Ward(boot("health", files, {"load": "halt"}, icount=True, icount_shift=3), compose.described(arch, "health", {"load": "halt"}))
    ward.machine.expect(WELL)
    ward.tell("halting", "fault")
    assert ward.machine.wait(60) == SYSTEM_FAILED
    assert "the machine ends" in ward.machine.text


# --- Guests ---

# The test kernel's mode, and what the monitor says. Of a power-off the VMM dies.
ILLNESSES = {
    "signs": r"partition '{}' has given no sign of life for 2000 ms\n",
    "failure": r"guest '{}' has failed: guest reported a system failure",
    "off": r"partition '{}': the program executed an instruction that does not exist or is not allowed",
}
ALL_FAILED = 10


@pytest.fixture
def guests(boot, arch, programs):
    """guests(variant, illness): a machine whose guests all have it; SYSTEM is another one."""

    def start(variant, illness, system="health-guests"):
        made = compose.described(arch, system, {"load": variant})
        files = programs()
        if illness == "off":
            files = {**files, "vmm": broken(files["vmm"], "guest_off")[0]}
        for partition in made.partitions:
            files |= {f"{partition.name}.kernel": arch.variant("debug") / "tests" / "guest" / "testkernel.elf", f"{partition.name}.cmdline": f"mode={illness}".encode()}
        return boot(system, files, {"load": variant}, icount=True, icount_shift=3)

    return start


def hear(machine, *patterns):
    """All of them, one after the other; what others say may come between, or before."""
    machine.position = 0
    for pattern in patterns:
        machine.expect(rf"^(\[monitor\] )?{pattern}", timeout=60)


@pytest.mark.parametrize("illness", ILLNESSES)
def test_each_event_of_a_guest_is_followed_by_what_the_table_has(guests, illness):
    machine, said = guests("end", illness), ILLNESSES[illness]
    hear(machine, said.format("stopping"), "partition 'stopping' is stopped; the others go on\n")
    hear(machine, said.format("cold"), r"partition 'cold' is restarted \(1 of at most 1 times\)\n", said.format("cold"),
         "partition 'cold' is not restarted again: that would be more than 1 times\n")
    assert machine.wait(60) == ALL_FAILED


def test_a_guest_must_give_its_first_sign_in_time(guests):
    """After each start."""
    machine, said = guests("end", "spin"), r"partition '{}' has given no sign of life yet, for 3000 ms\n"
    hear(machine, said.format("stopping"), "partition 'stopping' is stopped; the others go on\n")
    hear(machine, said.format("cold"), r"partition 'cold' is restarted \(1 of at most 1 times\)\n", said.format("cold"),
         "partition 'cold' is not restarted again: that would be more than 1 times\n")
    assert machine.wait(60) == ALL_FAILED


@pytest.mark.parametrize("illness", ILLNESSES)
def test_a_guest_has_another_table_followed(guests, illness):
    machine = guests("guest", illness, "health-schedule")
    hear(machine, ILLNESSES[illness].format("guest"), "schedule table 'degraded' is followed next, because of partition 'guest'\n")
    if illness == "signs":
        hear(machine, r"\[guest\] well again")
    else:
        assert machine.wait(60) == ALL_FAILED


def test_a_guest_that_is_silent_goes_on(guests):
    machine = guests("go-on", "signs")
    hear(machine, ILLNESSES["signs"].format("logging"), r"\[logging\] well again")
    hear(machine, r"\[ignoring\] well again")
    assert "'ignoring'" not in machine.text


@pytest.mark.parametrize("illness", ILLNESSES)
def test_a_guest_ends_the_machine(guests, illness):
    machine = guests("halt", illness)
    hear(machine, ILLNESSES[illness].format("halting"), "partition 'halting' is needed for the system to go on: the machine ends\n")
    assert machine.wait(60) == SYSTEM_FAILED
