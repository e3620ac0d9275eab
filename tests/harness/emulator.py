# SPDX-License-Identifier: BSD-2-Clause
"""A fault of the machine itself that tests may meet: QEMU's processor at times gives a guest flags that no processor has
(docs/architecture.md, "Known limits"). Linux dies of them early, with a message that shows them, and the test is made again.
"""

import re
from pathlib import Path

LOG = re.compile(r"\blog: (\S+)$", re.MULTILINE)
SHOWN = re.compile(r"\bEFLAGS: ([0-9a-f]{8})\b")
DEFINED = 0x3F7FD5  # the flags that processors have; bit 1 is always set, all others are always clear
FIXED = 0x2


def flags_are_impossible(flags):
    return flags & ~DEFINED != FIXED


def is_at_fault(failure):
    """Whether a log that the text of a test's FAILURE names shows such flags."""
    logs = (Path(name) for name in LOG.findall(failure))
    return any(flags_are_impossible(int(flags, 16)) for log in logs if log.is_file() for flags in SHOWN.findall(log.read_text(errors="replace")))
