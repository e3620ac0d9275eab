# SPDX-License-Identifier: BSD-2-Clause
"""Ports in the stock guest (tests/systems/ports-guest.toml): named files of its virtio console driver, read and written by its shell."""

import re

from harness.guest_shell import at_prompt, run

READ = "read -r line < /dev/virtio-ports/{}; echo \"got $line\""


def test_echo_and_cat(boot_guest, arch, payload):
    """All in one boot: names, both kinds both ways, back-pressure, what is no message, and a restart of the other end."""
    machine = boot_guest(payload.kernel, payload.initrd, arch.command_line, system="ports-guest", timeout=300)
    at_prompt(machine)
    assert run(machine, "ls /dev/virtio-ports").split() == ["mail", "orders", "setting", "weather"]

    # What was sent before the guest was there waits for it, and each time it is read one of them comes.
    assert [run(machine, READ.format("mail")) for _ in range(3)] == [f"got letter {number}\n" for number in (1, 2, 3)]
    days = [int(run(machine, READ.format("weather")).removeprefix("got day ")) for _ in range(2)]
    assert 0 < days[0] < days[1]
    many = run(machine, "cat /dev/virtio-ports/weather > /tmp/days & until [ $(wc -l < /tmp/days) -ge 3 ]; do sleep 0.1; done; kill $!; head -n 3 /tmp/days")
    several = [int(line.removeprefix("day ")) for line in many.splitlines() if line.startswith("day ")]
    assert len(several) == 3 and several == sorted(set(several))

    machine.send("echo go north > /dev/virtio-ports/orders\n")
    machine.expect(r"\[herald\] told: go north\n")
    machine.send("echo 42 > /dev/virtio-ports/setting\n")
    machine.expect(r"\[herald\] setting 1, valid: 42\n")

    # Far more than the queue holds, faster than they are received: the guest waits, and none is lost. What is too long is no message.
    machine.send("i=0; while [ $i -lt 400 ]; do i=$((i + 1)); echo order $i; done > /dev/virtio-ports/orders; echo DO''NE\n")
    machine.expect(r"\[herald\] 400 orders in their order\n", timeout=60)
    assert not re.search(r"order \d+ after", machine.text)
    run(machine, "head -c 41 /dev/zero > /dev/virtio-ports/orders; echo x > /dev/virtio-ports/mail")

    machine.send("echo die > /dev/virtio-ports/orders\n")
    machine.expect(r"partition 'herald' is restarted \(1 of")
    machine.send("\necho there again > /dev/virtio-ports/orders\n")
    machine.expect(r"\[herald\] told: there again\n")
    assert machine.text.count("[herald] told: ") == 2
    assert run(machine, READ.format("weather")).startswith("got day ")
    machine.send("poweroff\n")
    assert machine.wait(60) == 0
