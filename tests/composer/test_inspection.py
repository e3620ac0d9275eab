# SPDX-License-Identifier: BSD-2-Clause
"""The text by which a running machine tells what it holds: read as it comes, whole or not at all."""

import zlib

import pytest

from composer import inspection
from composer.inspection import Run

# An untyped, of which a space was made, a table, and three frames in a row of its slots, the last of which was copied.
LINES = [
    "@c 1 1 7 15 80000000 0 0 0 80000040 1 0 0",
    "@c 2 7 7 d 80003000 0 0 0 80000080 1 0 0",
    "@m 10000000 2000 81000000 3",
    "@m 30000000 1000 82000000 1",
    "@c 2 2 7 9 80000000 7 0 0 80000008 1 0 0",
    "@c 2 9 f c 81002000 0 0 0 80000140 3 3 1",
    "@c 3 9 1 c 81000000 0 1 3 90000000 1 0 0",
]


def text(lines, number=1, crc=None):
    whole = "".join(line + "\n" for line in lines)
    return f"@begin {number:x}\n{whole}@end {number:x} {len(lines):x} {zlib.crc32(whole.encode()) if crc is None else crc:08x}\n".encode()


def read(data, piece=None):
    reader = inspection.Reader()
    pieces = [data[at:at + piece] for at in range(0, len(data), piece)] if piece else [data]
    return [found for part in pieces for found in reader.feed(part)]


@pytest.mark.parametrize("piece", [None, 1, 7])
def test_it_is_read_as_it_comes(piece):
    first, second = read(text(LINES).replace(b"\n", b"\r\n") + b"something else\n" + text(LINES, 2), piece)
    assert len(first.capabilities) == len(second.capabilities) == 7
    untyped, space, table, *frames, copy = first.capabilities
    assert untyped.type == "untyped" and untyped.parent is None and space.parent is untyped and space.is_original
    assert first.spaces == {space.object: [Run(0x10000000, 0x2000, 0x81000000, 3), Run(0x30000000, 0x1000, 0x82000000, 1)]}
    assert [frame.object for frame in frames] == [0x81002000, 0x81001000, 0x81000000]
    assert [(frame.cnode, frame.slot) for frame in frames] == [(table.object, 5), (table.object, 6), (table.object, 7)]
    assert copy.parent is frames[-1] and not copy.is_original and (copy.holder, copy.slot) == ("thread", 3)
    assert list(copy.ancestors()) == [frames[-1], untyped]


@pytest.mark.parametrize("at", range(1, len(text(LINES))))
def test_lines_of_others_amid_one_of_its_own(at):
    """As the console writes them where a line of its terminal's partition has been left for long."""
    whole = text(LINES)
    torn = whole[:at] + (b"\n" if whole[at - 1:at] != b"\n" else b"") + b"[demo] says something\n[other] and more\n" + whole[at:]
    found, = read(torn + text(LINES, 2)[:9])
    assert len(found.capabilities) == 7


@pytest.mark.parametrize("data", [
    text(LINES, crc=5),
    text(LINES[:-1]).replace(b"@end 1 6", b"@end 1 7"),
    text(LINES).replace(b"80000040", b"80000041"),
    text(LINES).replace(b"@begin 1\n", b""),
    text(LINES).replace(b"\n@m", b"\n[demo] says something\n and goes on @m"),
    b"".join(b"[demo] " + line + b"\n" for line in text(LINES).splitlines()),
    text(LINES)[:-1],
    b"@end 1 0 00000000\n@begin\n@c\n@m 1\n\xff\n",
])
def test_what_is_not_whole_or_somebody_elses_is_passed_over(data):
    assert read(data) == []


def test_a_line_of_somebody_else_between_does_no_harm():
    assert len(read(text(LINES).replace(b"\n@m", b"\n[demo] @c 1 2 3\n@m"))) == 1


def test_an_inspection_begun_anew_counts():
    assert len(read(text(LINES)[:60] + b"\n" + text(LINES, 2))) == 1
