# SPDX-License-Identifier: BSD-2-Clause
"""The records of a trace on their way: written by the tracer's own code, read as they come, whole or not at all."""

import random
import struct
import subprocess
import zlib

import pytest

from tracing import records
from tracing.records import KINDS, Record

RECORD = struct.Struct("<QIBBHQQQ")


def random_records(count, seed=1):
    dice = random.Random(seed)
    time = 0
    for _ in range(count):
        time += dice.choice([0, 1, 30, 1 << 40])
        words = tuple(dice.choice([0, 1, 0x80123000, dice.getrandbits(64)]) for _ in range(3))
        yield Record(dice.choice(KINDS), time, dice.choice([0, 0x80123, 0xffffffff]), dice.choice([0, 7, 0xffff]), words)


def encode(wanted, arch):
    """The lines of records, as the program `tracer` writes them."""
    data = b"".join(RECORD.pack(record.time, record.thread, KINDS.index(record.kind), 0, record.detail, *record.words) for record in wanted)
    program = arch.variant("debug") / "tests" / "host" / "trace_lines.tool"
    return subprocess.run([program], check=True, input=data, stdout=subprocess.PIPE, timeout=60).stdout


def text(lines, written=None, capacity=1 << 20):
    count = lines.count(b"\n")
    return f"@trace 989680 {count if written is None else written:x} {capacity:x}\n".encode() + lines + f"@traced {count:x} {zlib.crc32(lines):08x}\n".encode()


def read(data, piece=None):
    reader = records.Reader()
    pieces = [data[at:at + piece] for at in range(0, len(data), piece)] if piece else [data]
    return next((found for part in pieces if (found := reader.feed(part))), None)


@pytest.mark.parametrize("piece", [None, 1, 7])
def test_what_was_written_is_read(arch, piece):
    wanted = list(random_records(60))
    found = read(text(encode(wanted, arch)).replace(b"\n", b"\r\n"), piece)
    assert found.records == wanted
    assert (found.ticks_per_second, found.lost) == (10_000_000, 0)


def test_many_records(arch):
    wanted = list(random_records(3000, seed=2))
    assert read(text(encode(wanted, arch))).records == wanted


def test_records_that_the_ring_has_lost_are_counted(arch):
    assert read(text(encode(random_records(10), arch), written=110, capacity=10)).lost == 100


def test_what_other_programs_write_is_no_part_of_it(arch):
    wanted = list(random_records(5))
    lines = encode(wanted, arch).splitlines(keepends=True)
    data = text(b"".join(lines)).replace(lines[2], b"[demo] @t 0 5\r\n@t 0 x\r\nbulkhead\n" + lines[2])
    assert read(data).records == wanted
    assert read(b"@t 0 1\n@traced 1 00000000\n") is None
    assert read(text(b"".join(lines))[:-4]) is None


@pytest.mark.parametrize("at", [0, 1, 3, 5])
def test_lines_of_others_amid_one_of_its_own(arch, at):
    wanted = list(random_records(5))
    lines = encode(wanted, arch)
    data = text(lines).splitlines(keepends=True)
    data[3] = data[3][:at] + b"\r\n[demo] @t 0 5\r\n" + data[3][at:]
    data[-1] = data[-1][:9] + b"\r\n[demo] now\r\n" + data[-1][9:]
    assert read(b"".join(data)).records == wanted


@pytest.mark.parametrize("damage", [
    lambda lines: text(lines).replace(b"@t ", b"@t 1", 1),
    lambda lines: text(lines).replace(lines.splitlines(keepends=True)[3], b""),
    lambda lines: text(lines).replace(b"@t ", b"@u ", 1),
    lambda lines: text(lines) .replace(b"@t ", b"@t ff ", 1),
])
def test_damage_is_found(arch, damage):
    with pytest.raises(ValueError, match="records were written"):
        read(damage(encode(random_records(8), arch)))


def test_operations_have_the_names_of_the_abi():
    def operation(number, kind, label=0):
        return Record("SYSCALL", 0, 1, number & 0xff | records.TYPES.index(kind) << 8, (0, label << records.LABEL_SHIFT | 3, 0)).operation

    assert operation(records.CALL, "frame", 1) == "frame_map"
    assert operation(records.CALL, "frame", 99) == "frame operation 99"
    assert operation(records.CALL, "endpoint", 5) == "call endpoint"
    assert operation(records.REPLY_RECV, "endpoint") == "reply_recv endpoint"
    assert operation(4, "notification") == "recv_nonblocking notification"
    assert operation(records.CALL, "null", 5) == "call"
    assert operation(records.YIELD, "null") == "yield"
    assert operation(6, "null") == "system call 6"
