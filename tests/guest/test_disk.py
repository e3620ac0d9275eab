# SPDX-License-Identifier: BSD-2-Clause
"""A guest's disk, as Debian's stock kernel sees it."""

import hashlib
import random

import pytest
from harness.guest_shell import BOOT, PROMPT, run
from launcher import payload as payloads

SYSTEM_FAILED = 20
SIZE = 5 << 20


@pytest.fixture
def image(tmp_path):
    """A disk that is neither a power of two nor whole large pages."""
    path = tmp_path / "disk.img"
    path.write_bytes(random.Random(1).randbytes(SIZE + 512))
    return path


def uncached(command):
    return f"sync; echo 3 >/proc/sys/vm/drop_caches; {command}"


def test_disk(boot_guest, arch, image):
    """What is on it can be read; what is written is read again, from the device and in a file system, also after the guest's reboot; the image stays as it was."""
    guest = payloads.ensure(arch, disk=True)
    machine = boot_guest(guest.kernel, guest.disk_initrd, arch.command_line, config={"guest.disk": image}, timeout=400)
    machine.expect(PROMPT, timeout=BOOT)
    run(machine, "dmesg -n 1")  # the kernel tells of dropped caches and of file systems
    content = bytearray(image.read_bytes())
    assert run(machine, "cat /sys/block/vda/size /sys/block/vda/ro /sys/block/vda/serial; echo; cat /sys/block/vda/queue/write_cache").split("\n")[:4] \
        == [str(len(content) // 512), "0", "bulkhead", "write back"]
    assert run(machine, "md5sum </dev/vda").split()[0] == hashlib.md5(content).hexdigest()
    content[7000:7100] = b"x" * 100
    content[-512:] = b"y" * 512
    assert run(machine, "head -c 100 /dev/zero | tr '\\0' x | dd of=/dev/vda bs=1 seek=7000 conv=notrunc,fsync 2>/dev/null && "
               f"head -c 512 /dev/zero | tr '\\0' y | dd of=/dev/vda bs=512 seek={SIZE // 512} conv=notrunc,fsync 2>/dev/null && echo done") == "done\n"
    assert run(machine, uncached("md5sum </dev/vda")).split()[0] == hashlib.md5(content).hexdigest()
    assert "No space left" in run(machine, f"dd if=/dev/zero of=/dev/vda bs=512 seek={SIZE // 512} count=2 2>&1")
    mount = "mount -t ext4 /dev/vda /tmp"
    numbers = hashlib.md5("".join(f"{i}\n" for i in range(1, 20001)).encode()).hexdigest()
    assert run(machine, f"mke2fs /dev/vda >/dev/null && {mount} && seq 20000 >/tmp/numbers && umount /tmp && {uncached(mount)} && md5sum </tmp/numbers && "
               "umount /tmp").split() == [numbers, "-"]
    machine.send("reboot\n")
    machine.expect("bulkhead-guest: ready", timeout=BOOT)
    machine.expect(PROMPT)
    assert run(machine, f"dmesg -n 1; {mount} && md5sum </tmp/numbers").split() == [numbers, "-"]
    machine.send("poweroff\n")
    assert machine.wait(60) == 0


def test_disk_that_its_memory_does_not_hold_is_told(boot_guest, arch, image):
    """By init, before anything is built."""
    kernel = arch.variant("debug") / "tests" / "guest" / "testkernel.elf"
    machine = boot_guest(kernel, files={"guest.disk": bytes(SIZE + (2 << 20))}, config={"guest.disk": image})
    machine.expect("guest 'guest' has too little memory for the copy of its disk 'guest.disk'")
    assert machine.wait(30) == SYSTEM_FAILED
