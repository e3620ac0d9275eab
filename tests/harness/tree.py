# SPDX-License-Identifier: BSD-2-Clause
"""Device trees that QEMU makes, changed for a test."""

import struct
import subprocess

BEGIN_NODE, END_NODE, PROPERTY, NOP = 1, 2, 3, 4


def of_machine(command, path):
    """The device tree of the machine that QEMU's COMMAND starts, by way of a file at PATH."""
    machine = command.index("-machine") + 1
    dump = [*command[:machine], f"{command[machine]},dumpdtb={path}", *command[machine + 1:]]
    subprocess.run(dump, check=True, capture_output=True, timeout=60)
    return path.read_bytes()


def padded(data):
    return data + bytes(-len(data) % 4)


def property_bytes(strings, name, value):
    """A property whose NAME the tree has somewhere already."""
    offset = strings.index(b"\0" + name.encode() + b"\0") + 1
    return struct.pack(">III", PROPERTY, len(value), offset) + padded(value)


def node_bytes(strings, name, properties):
    body = b"".join(property_bytes(strings, *item) for item in properties.items())
    return struct.pack(">I", BEGIN_NODE) + padded(name.encode() + b"\0") + body + struct.pack(">I", END_NODE)


def first_child(tree, structure):
    """The offset of the root's first child."""
    at = structure + 8  # behind the root's token and empty name
    while (token := struct.unpack_from(">I", tree, at)[0]) != BEGIN_NODE:
        at += 4 if token == NOP else 12 + (struct.unpack_from(">I", tree, at + 4)[0] + 3) // 4 * 4
    return at


def with_nodes(tree, nodes):
    """TREE, with nodes ({name: {property: bytes}}) before all others of the root."""
    header = list(struct.unpack_from(">10I", tree))
    structure, strings = header[2], header[3]
    assert structure < strings  # as QEMU lays them out
    names = tree[strings:strings + header[8]]
    more = b"".join(node_bytes(names, *node) for node in nodes.items())
    at = first_child(tree, structure)
    header[1] += len(more)
    header[3] += len(more)
    header[9] += len(more)
    return struct.pack(">10I", *header) + tree[40:at] + more + tree[at:]
