# SPDX-License-Identifier: BSD-2-Clause
"""The system `cockpit`: two guests and three native partitions in windows of their own, of which one comes back again and again and one guest is broken, and
nobody else notices."""

import pytest

READY = r"bulkhead-guest: ready"
PROMPT = "guest:/# "
CABIN = 5  # the console's number of that guest


@pytest.fixture
def cockpit(boot, arch, programs, payload):
    guest = {"kernel": payload.kernel, "initrd": payload.initrd, "cmdline": arch.command_line.encode()}
    files = {f"{name}.{what}": data for name in ("dashboard", "cabin") for what, data in guest.items()}
    return boot("cockpit", {**programs("release"), **files}, {"control.report": 2}, mode="release")


def test_sensor_comes_back_and_a_crash_of_one_guest_stays_with_it(cockpit):
    cockpit.expect(PROMPT, timeout=90)
    cockpit.expect(rf"\[cabin\].*{READY}", timeout=90)
    cockpit.expect(r"\[monitor\] partition 'sensor': the program wrote to address 0x8, where it has no memory", timeout=60)
    cockpit.expect(r"\[logger\] \d+ samples, the latest \d+; the sensor has been started ([2-9]|\d\d+) times", timeout=60)
    cockpit.send("\nread -r line < /dev/virtio-ports/state; echo \"seen: $line\"\n")
    cockpit.expect(r"^seen: position -?\d+, target -?\d+; \d+ periods", timeout=60)
    cockpit.send("echo 5000 > /dev/virtio-ports/target; echo north > /dev/virtio-ports/target\n")
    cockpit.expect(r"\[logger\] control: the new target is 5000", timeout=60)
    cockpit.expect(r"\[logger\] control: no target of mine, which remains 5000", timeout=60)
    cockpit.send(f"\x1d{CABIN}")
    cockpit.expect("attached to cabin")
    cockpit.send("\necho c > /proc/sysrq-trigger\n")
    cockpit.expect(r"\[monitor\] guest 'cabin' has failed: guest kernel panic", timeout=60)
    cockpit.send(f"\x1d{CABIN - 1}")
    cockpit.expect("attached to dashboard")
    cockpit.send("\necho $((6 * 7))\n")
    cockpit.expect("^42$")
    cockpit.expect(r"\[control\] control: \d+ periods", timeout=60)
    cockpit.send("poweroff\n")
    assert cockpit.wait(60) == 10
