# SPDX-License-Identifier: BSD-2-Clause
"""Who can affect whom, in sentences."""

import re

import pytest

from composer import description
from composer.explain import explain
from launcher import errors, paths


@pytest.fixture
def linux():
    return description.load(paths.TOP / "systems" / "linux.toml", "riscv")


def test_the_guest_and_the_control_task(linux):
    assert str(explain(linux, "guest", "control")) == (
        "No, guest cannot affect the data of control, as long as monitor keeps apart what passes through it: guest calls the monitor, monitor builds control, "
        "holds its memory and answers its calls.\n"
        "No, guest cannot delay control: whatever runs because of it has a lower priority.\n"
        "guest can end the machine, and control with it: it ends when no guest runs any more.")


def test_the_guest_delays_through_the_servers_only(linux):
    answer = explain(linux, "guest", "demo")
    assert [(delay.who, delay.bound) for delay in answer.delays] \
        == [("the monitor", "for at most 3ms in each 10ms"), ("the console", "for at most 3ms in each 10ms")]


def test_a_limited_partition_delays_by_its_budget(linux):
    assert explain(linux, "control", "guest").about_time().startswith(
        "Yes, control can delay guest: control may run before guest for at most 200us in each 1ms, the monitor may run before guest for")


def test_a_server_affects_everybody(linux):
    answer = explain(linux, "monitor", "control")
    assert [str(edge) for edge in answer.chain] == ["monitor builds control, holds its memory and answers its calls"]
    assert explain(linux, "demo", "console").about_data() == "Yes, demo can affect the data of console: demo writes to its console."


CHAIN = """
[partition.a]
priority = 100
[partition.b]
priority = 105
[partition.c]
priority = 101
[partition.d]
priority = 90
console = false
[partition.g]
kind = "guest"
priority = 88
budget = "1ms"
[server.monitor]
budget = "1ms"
[server.console]
budget = "500us"
[[channel]]
name = "up"
kind = "memory"
size = "4K"
from = "a"
to = "b"
[[channel]]
name = "ask"
kind = "call"
from = "c"
to = "b"
"""


def test_a_chain(load):
    system = load(CHAIN.replace('budget = "1ms"\n[server.monitor]', "[server.monitor]"))
    answer = explain(system, "a", "c")
    assert answer.about_data() \
        == "Yes, a can affect the data of c: a writes memory that b reads by channel 'up', b answers c's calls by channel 'ask'."
    assert answer.about_time() == (
        "Yes, a can delay c: the monitor may run before c for at most 1ms in each 10ms, the console may run before c for at most 500us in each 10ms, "
        "b may run before c without end, b may leave c's calls by channel 'ask' without an answer.")
    assert explain(system, "d", "a").chain is None
    assert [delay.who for delay in explain(system, "d", "a").delays] == ["the monitor"]


def test_a_guests_vmm_is_not_bound_by_its_budget(load):
    system = load(CHAIN.replace('budget = "1ms"\n[server.monitor]', "[server.monitor]"))
    assert explain(system, "g", "d").delays[0].who == "g's VMM" and explain(system, "g", "d").delays[0].bound == "without end"
    assert explain(system, "g", "a").delays[0].who == "the monitor"


SHELL = """
[partition.payload]
priority = 50
[partition.worker]
priority = 55
[partition.shell]
priority = 60
monitor = ["log", "restart:payload"]
"""


def test_a_shell_affects_whom_it_may_restart(load):
    system = load(SHELL)
    assert explain(system, "shell", "payload").about_data() == "Yes, shell can affect the data of payload: shell restarts payload by the monitor."
    assert explain(system, "worker", "payload").about_data() \
        == "Yes, worker can affect the data of payload: worker has its state told to shell by the monitor, shell restarts payload by the monitor."
    assert explain(system, "shell", "worker").about_data().startswith("No, shell cannot affect the data of worker, as long as monitor keeps apart")


def test_who_is_told_of_another_does_not_run_for_it(load):
    system = load(SHELL)
    assert [delay.who for delay in explain(system, "worker", "payload").delays] == ["worker", "the monitor", "the console"]
    assert [delay.who for delay in explain(system, "shell", "payload").delays] == ["shell", "the monitor", "the console", "shell"]
    assert [delay.who for delay in explain(load(SHELL.replace("priority = 50", "priority = 56")), "shell", "worker").delays] \
        == ["shell", "the monitor", "the console", "payload"]


def test_all_is_answered(linux):
    names = [partition.name for partition in linux.partitions]
    for source in names:
        for target in names:
            if source != target:
                answer = explain(linux, source, target)
                assert len(answer.sentences) == (3 if answer.endings else 2)


@pytest.mark.parametrize("ends, message", [
    (("gest", "demo"), "system 'linux' has no partition 'gest'; did you mean 'guest'?"),
    (("demo", "x"), "system 'linux' has no partition 'x'; known are monitor, console, control, guest, demo"),
    (("demo", "demo"), "'demo' always affects itself"),
])
def test_who_is_not_there(linux, ends, message):
    with pytest.raises(errors.LauncherError) as caught:
        explain(linux, *ends)
    assert message in str(caught.value) and caught.value.status == errors.USAGE


def test_what_inspects_learns_from_others_and_does_not_run_for_them(load):
    text = CHAIN.replace('budget = "1ms"\n[server.monitor]', "[server.monitor]")
    system = load(text + "[partition.w]\npriority = 199\nbudget = '100us'\nperiod = '10ms'\ninspect = true\n")
    assert explain(system, "a", "w").about_data() == "Yes, a can affect the data of w: a shows what it holds and maps to w, which inspects."
    assert explain(system, "w", "a").about_data().startswith("No, w cannot affect the data of a, as long as")
    assert not [delay for delay in explain(system, "a", "b").delays if delay.who == "w"]


DMA = """
[partition.a]
priority = 40
[partition.b]
priority = 50
[partition.c]
priority = 60
[device.disk]
owner = "b"
registers = ["0x10001000", "4K"]
"""


def test_who_drives_a_device_that_reaches_memory_affects_everybody(load):
    system = load(DMA)
    assert str(explain(system, "b", "c")).startswith(
        "Yes, b can affect the data of c: b can write all memory, that of c too, by the DMA of device 'disk'.\n"
        "Yes, b can delay c: b, which can overwrite the kernel by the DMA of device 'disk', may run before c without end, ")
    assert explain(system, "c", "b").about_data() == "Yes, c can affect the data of b: c has memory that b can read by the DMA of device 'disk'."
    assert [edge.target for edge in explain(system, "a", "c").chain] == ["b", "c"]
    assert "DMA" not in explain(system, "a", "c").about_time()
    assert not explain(load(DMA + "dma = false"), "b", "c").chain


WINDOWS = """
[partition.a]
priority = 100
schedules = ["x"]
[partition.b]
priority = 105
monitor = ["schedule:y"]
[partition.c]
priority = 101
[[forbid]]
from = "c"
to = "a"
trust = ["monitor", "console"]
[schedule.x]
frame = "10ms"
slack = "c"
windows = [{partition = "monitor", at = "0ms", length = "1ms"}, {partition = "console", at = "1ms", length = "1ms"},
           {partition = "a", at = "2ms", length = "1ms"}, {partition = "b", at = "3ms", length = "1ms"}]
"""
SECOND = '[schedule.y]\nframe = "10ms"\nwindows = [{partition = "monitor", at = "0ms", length = "1ms"}]\n'


def test_whoever_chooses_the_schedule_table_delays_everybody(load):
    system = load(WINDOWS + SECOND)
    assert explain(system, "c", "a").about_time() == "No, c cannot delay a: each runs in windows of its own."
    assert explain(system, "a", "c").about_time() == (
        "Yes, a can delay c: a may have the processor follow schedule table x, and c then runs when that lets it.")
    assert "b may have the processor follow schedule table y" in explain(system, "b", "monitor").about_time()
    assert explain(system, "a", "b").about_data() == "Yes, a can affect the data of b: a changes when b runs, by schedule table x."
    assert explain(system, "b", "console").about_data().startswith("Yes, b can affect the data of console: b ")


def apart(*changes):
    """WINDOWS with nothing in it by which one of a, b and c holds up another, and CHANGES made to it: (old text, new text)."""
    text = WINDOWS.replace('schedules = ["x"]\n', "").replace('monitor = ["schedule:y"]\n', "").replace('[[forbid]]\nfrom = "c"\nto = "a"\ntrust = ["monitor", "console"]\n', "")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


APART = "No, {} cannot delay {}: each runs in windows of its own."
OF_A, OF_B = "[partition.a]\n", "[partition.b]\n"
CALL = '[[channel]]\nname = "{}"\nkind = "call"\nfrom = "{}"\nto = "{}"\n'


def test_in_windows_of_its_own_a_partition_is_held_up_by_who_may_stop_it(load):
    assert explain(load(apart()), "a", "b").sentences[1:] == [APART.format("a", "b")]
    system = load(apart((OF_A, OF_A + 'monitor = ["stop:b", "start:b"]\n')))
    assert explain(system, "a", "b").about_time() == "Yes, a can delay b: a may have the monitor stop b."
    assert explain(system, "a", "c").about_time() == APART.format("a", "c")
    assert explain(system, "monitor", "c").about_time() == "Yes, monitor can delay c: the monitor can stop c."
    assert explain(system, "console", "c").about_time() == "Yes, console can delay c: the console may have the monitor restart c in the operator's name."
    assert explain(load(apart((OF_A, OF_A + 'monitor = ["start:b"]\n'))), "a", "b").about_time() == APART.format("a", "b")


def test_who_calls_waits_for_whom_it_calls(load):
    """And for whom that one calls, be it by several ways."""
    system = load(apart((OF_A, CALL.format("ask", "a", "c") + CALL.format("go-on", "c", "b") + OF_A)))
    assert explain(system, "c", "a").about_time() == (
        "Yes, c can delay a: c may leave a's calls by channel 'ask' without an answer, b may leave c's calls by channel 'go-on' without an answer, for which a waits.")
    assert explain(system, "b", "c").about_time() == "Yes, b can delay c: b may leave c's calls by channel 'go-on' without an answer."
    assert explain(system, "a", "b").about_time() == APART.format("a", "b")
    system = load(apart((OF_A, CALL.format("ask", "a", "c") + CALL.format("at-once", "a", "b") + CALL.format("go-on", "c", "b") + OF_A)))
    assert sorted(re.findall("channel '(.+?)'", explain(system, "b", "a").about_time())) == ["ask", "at-once", "go-on"]


def test_interrupts_at_any_time_take_from_others_windows(load):
    device = '[device.d]\nowner = "a"\nregisters = ["0x101000", "4K"]\ninterrupt = 11\ninterrupt_any_time = true\n'
    system = load(apart((OF_A, device + OF_A)))
    assert explain(system, "a", "b").about_time() == "Yes, a can delay b: a may have device 'd' interrupt in b's windows, too."
    assert explain(system, "b", "a").about_time() == APART.format("b", "a")
    system = load(apart((OF_A, "[server.console]\ninterrupt_any_time = true\n" + OF_A)))
    assert explain(system, "a", "b").about_time() == "Yes, a can delay b: the console may have the serial line interrupt in b's windows, too."


def test_whose_failure_ends_the_machine_is_told(load):
    """Of what it makes run, too; not of its own failure to itself."""
    system = load(apart((OF_B, OF_B + 'on_fault = "halt"\n'), (OF_A, CALL.format("ask", "a", "b") + OF_A)))
    assert list(explain(system, "b", "c").about_end()) == ["b can end the machine, and c with it: a failure of b ends it."]
    assert list(explain(system, "a", "c").about_end()) == ["a can end the machine, and c with it: a failure of b ends it."]
    assert not explain(system, "a", "b").endings and not explain(system, "c", "b").endings
    by_row = load(apart((OF_A, OF_A + "health = {application_error = 'halt'}\n")))
    by_many_restarts = load(apart((OF_A, OF_A + "on_fault = 'restart'\nescalate = 'halt'\n")))
    assert explain(by_row, "a", "c").endings and explain(by_many_restarts, "a", "c").endings
    assert not explain(load(apart((OF_A, OF_A + "on_fault = 'restart'\n"))), "a", "c").endings


def test_who_may_test_the_system_is_told(load):
    system = load(apart((OF_A, OF_A + "test_control = true\n"), (OF_A, '[server.monitor]\narguments = ["stop=b"]\n' + OF_A)))
    assert explain(system, "a", "b").sentences == [
        "Yes, a can affect the data of b: a suspends b by the monitor, for a test.", "Yes, a can delay b: a may have the monitor suspend b for a test.",
        "a can end the machine, and b with it: a may end it for a test."]
    assert explain(system, "a", "c").about_time() == APART.format("a", "c")


def test_all_guests_together_end_the_machine(load):
    two = apart((OF_A, OF_A + 'kind = "guest"\n'), (OF_B, OF_B + 'kind = "guest"\n'))
    assert not explain(load(two), "a", "c").endings
    assert explain(load(apart((OF_A, OF_A + 'kind = "guest"\n'))), "a", "c").endings == ("it ends when no guest runs any more",)


def test_one_table_is_no_choice(load):
    system = load(WINDOWS.replace('schedule:y', 'schedule'))
    assert explain(system, "a", "b").about_time() == "No, a cannot delay b: each runs in windows of its own."
    assert "windows" not in explain(system, "a", "b").about_data() and not explain(system, "a", "b").chain


def test_a_forbid_rule_sees_who_chooses_the_table(load):
    with pytest.raises(errors.LauncherError, match="'c' can influence 'a': c changes when a runs, by schedule table x"):
        load((WINDOWS + SECOND).replace("priority = 101", 'priority = 101\nschedules = ["x"]'))
