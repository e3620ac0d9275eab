# SPDX-License-Identifier: BSD-2-Clause
"""Signs of life of the stock guest (tests/systems/watchdog-guest.toml): what it writes to its port `watchdog`, by BusyBox's own program for watchdogs and by its shell.

Time is counted in instructions, so that a busy host keeps nobody silent.
"""

from harness.guest_shell import at_prompt, run

SILENT = "partition 'guest' has given no sign of life for 3000 ms"
PORT = "/dev/virtio-ports/watchdog"


def silences(machine):
    return machine.text.count("no sign of life")


def test_who_writes_is_alive_and_who_stops_is_silent(boot_guest, arch, payload):
    """All in one boot, which takes longer than a guest that runs may be silent."""
    machine = at_prompt(boot_guest(payload.kernel, payload.initrd, arch.command_line, system="watchdog-guest", icount=True, icount_shift=3, timeout=300))
    assert run(machine, "ls /dev/virtio-ports").split() == ["watchdog"]
    run(machine, "sleep 20")
    assert silences(machine) == 0

    run(machine, "killall watchdog")
    machine.expect(SILENT, timeout=60)
    machine.expect(SILENT, timeout=60)

    # Nothing is to be read there; and a flood of what is written harms nobody.
    assert "0" in run(machine, f"timeout 2 head -c 1 < {PORT} | wc -c").split()  # beside what the shell tells of who was ended
    run(machine, f"dd if=/dev/zero of={PORT} bs=8192 count=500 2>/dev/null")

    run(machine, f"(while sleep 1; do echo > {PORT}; done) & sleep 2")
    before = silences(machine)
    run(machine, "sleep 20")
    assert silences(machine) == before
    run(machine, "kill $!")
    machine.expect(SILENT, timeout=60)
    machine.send("\npoweroff\n")
    assert machine.wait(60) == 0
