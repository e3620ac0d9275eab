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


def test_manifest_comes_first_and_the_other_members_follow():
    found = list(members(bundle.make(b"M", {"suite": b"program", "guest.kernel": b"K"})))
    assert found[0][0] == "manifest" and found[0][2] == b"M"
    assert {name: content for name, _, content in found[1:]} == {"suite": b"program", "guest.kernel": b"K"}


def test_same_content_same_bytes():
    assert bundle.make(b"M", {"b": b"2", "a": b"1"}) == bundle.make(b"M", {"a": b"1", "b": b"2"})
    assert initramfs.make(b"busybox", [("0-a.ko", b"A")]) == initramfs.make(b"busybox", [("0-a.ko", b"A")])


def test_initramfs_has_what_linux_starts():
    found = {name: (mode, content) for name, mode, content in members(gzip.decompress(initramfs.make(b"B", [("0-a.ko", b"A")])))}
    assert found["init"][0] == 0o100755 and found["init"][1].startswith(b"#!/bin/busybox")
    assert found["bin/busybox"] == (0o100755, b"B")
    assert found["modules/0-a.ko"] == (0o100644, b"A")
    assert found["dev/console"][0] & 0o170000 == 0o020000
