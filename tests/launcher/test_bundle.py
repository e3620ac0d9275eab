# SPDX-License-Identifier: BSD-2-Clause
"""The archives that the launcher writes: standard, and the same for the same content."""

import gzip

from launcher import bundle, cpio, initramfs


def members(data):
    """(name, mode, content) of each member, by the format's own description."""
    at = 0
    while True:
        assert data[at:at + 6] == b"070701" and at % 4 == 0
        fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        name = data[at + 110:at + 110 + fields[11] - 1].decode()
        start = (at + 110 + fields[11] + 3) & ~3
        if name == cpio.TRAILER:
            return
        yield name, fields[1], data[start:start + fields[6]]
        at = (start + fields[6] + 3) & ~3


def test_config_comes_first_and_names_the_system():
    data = bundle.make_bundle("suite", {"suite": b"program", "guest/kernel": b"K"}, {"guest.memory": 4096})
    found = list(members(data))
    assert found[0][0] == "config" and found[0][2] == b"system=suite\nguest.memory=4096\n"
    assert {name: content for name, mode, content in found[1:] if mode & 0o100000} == {"suite": b"program", "guest/kernel": b"K"}


def test_folders_come_before_their_files():
    names = [name for name, _, _ in members(bundle.make_bundle("linux", {"guest/kernel": b"K", "a": b""}))]
    assert names.index("guest") < names.index("guest/kernel")


def test_same_content_same_bytes(tmp_path):
    path = tmp_path / "program"
    path.write_bytes(b"x" * 5)
    first = bundle.make_bundle("s", {"b": path, "a": b"1"})
    path.touch()
    assert first == bundle.make_bundle("s", {"a": b"1", "b": path})
    assert initramfs.make(b"busybox") == initramfs.make(b"busybox")


def test_initramfs_has_what_linux_starts():
    found = {name: (mode, content) for name, mode, content in members(gzip.decompress(initramfs.make(b"B")))}
    assert found["init"][0] == 0o100755 and found["init"][1].startswith(b"#!/bin/busybox")
    assert found["bin/busybox"] == (0o100755, b"B")
    assert found["dev/console"][0] & 0o170000 == 0o020000
