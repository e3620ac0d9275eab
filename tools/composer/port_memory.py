# SPDX-License-Identifier: BSD-2-Clause
"""What memory ports are made of: as libl4/include/l4/port_memory.h has it."""

from .values import PAGE

SIZE_MOST, DEPTH_MOST = 65536, 1024  # L4_PORT_SIZE_MAX, L4_PORT_DEPTH_MAX
SAMPLING_DEPTH = 3                   # L4_PORT_SAMPLING_DEPTH
SOURCE_HEADER, SLOT_HEADER = 64, 24  # struct l4_port_source, struct l4_port_slot


def source_memory(size, depth):
    """Bytes of the whole pages that the source writes: a slot more than messages that may be read."""
    slot = -(-(SLOT_HEADER + size) // 8) * 8
    return -(-(SOURCE_HEADER + (depth + 1) * slot) // PAGE) * PAGE
