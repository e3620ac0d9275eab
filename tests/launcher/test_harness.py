# SPDX-License-Identifier: BSD-2-Clause
"""The tests' own tools: what they must notice, they notice."""

import pytest
from harness import boot as booting
from harness import emulator, protocol

TESTS = [protocol.Test("EP0001", "a call comes back"), protocol.Test("EP0002", "a send is refused"),
         protocol.Test("EP0003", "never reached")]
OUTPUT = "noise\r\nTEST EP0001 ok\r\nTEST EP0002 FAIL ep.c:12 2 != 3\r\n".replace("\r\n", "\n")


@pytest.fixture
def shell(tmp_path):
    """shell(script, ...) runs a shell script as if it were a machine."""
    started = []

    def start(script, limit=20, **options):
        started.append(booting.Boot(["sh", "-c", script], tmp_path / "log", limit, patience=1, **options))
        return started[-1]

    yield start
    for machine in started:
        machine.close()


def test_expect_and_send(shell):
    machine = shell('echo ready; read name; echo "hello $name"; exit 10')
    machine.expect("^ready$")
    machine.send("you\n")
    assert machine.expect(r"hello (\w+)")[1] == "you"
    assert machine.wait() == 10
    assert machine.log.read_bytes() == b"ready\nhello you\n"


def test_expect_looks_only_ahead(shell):
    machine = shell("echo one; echo two")
    machine.expect("two")
    with pytest.raises(booting.BootError, match="the machine ended without /one/"):
        machine.expect("one")


def test_expect_finds_what_comes_in_pieces(shell, monkeypatch):
    """And not in the middle of a line what only begins one, though just there begins what it looks at."""
    monkeypatch.setattr(booting, "LONGEST_MATCH", 4)
    machine = shell("printf 'not the '; sleep 0.2; printf 'end\\n'; sleep 0.2; printf 'th'; sleep 0.2; printf 'e end\\n'")
    assert machine.expect("^the e").start() == len("not the end\n")


def test_expect_gives_up(shell):
    machine = shell("echo some output; exec sleep 20")
    machine.expect("some output")
    with pytest.raises(booting.BootError, match="(?s)no /prompt/ within 1 s.*some output"):
        machine.expect("prompt", timeout=1)


def test_machine_that_never_ends(shell):
    machine = shell("exec sleep 20", limit=1)
    with pytest.raises(booting.BootError, match="still running after 1 s"):
        machine.wait()


def test_control_sequences_are_left_out(shell):
    """Even those that come in pieces."""
    machine = shell(r"printf 'one\r\n\033['; sleep 0.2; printf '6ntwo\r'; sleep 0.2; printf '\n'")
    assert machine.wait() == 0
    assert machine.text == "one\ntwo\n"


def test_terminal(shell):
    machine = shell("test -t 0 && test -t 1 && echo a terminal", terminal=True)
    machine.expect("a terminal")
    assert machine.wait() == 0


def test_results():
    results = protocol.Results(OUTPUT, "log")
    results.check(TESTS[0])
    with pytest.raises(AssertionError, match=r"EP0002 \(a send is refused\): ep.c:12 2 != 3"):
        results.check(TESTS[1])
    with pytest.raises(AssertionError, match="EP0003 .* gave no result: the run broke off; the last result was of EP0002"):
        results.check(TESTS[2])


@pytest.mark.parametrize("end, message", [("", "no `SUITE done` line"), ("SUITE done 2 0\n", "disagrees"),
                                          ("TEST XX0001 ok\nSUITE done 2 1\n", "does not declare")])
def test_bad_end(end, message):
    with pytest.raises(AssertionError, match=message):
        protocol.Results(OUTPUT + end, "log").check_end(TESTS)


def test_good_end():
    protocol.Results(OUTPUT + "SUITE done 1 1\n", "log").check_end(TESTS)


@pytest.mark.parametrize("flags, impossible", [("c10470a6", True), ("00010046", False), ("00000246", False), ("811a3246", True), ("00000004", True)])
def test_flags_that_no_processor_has(tmp_path, flags, impossible):
    log = tmp_path / "boot-1.log"
    log.write_text(f"[    0.919956] RSP: 0000:ffffffffb7c03d50 EFLAGS: {flags}\n")
    assert emulator.is_at_fault(f"the machine ended\nlog: {log}\nits last lines:") == impossible
    assert not emulator.is_at_fault(f"the machine ended\nlog: {tmp_path}/none\n")
