# SPDX-License-Identifier: BSD-2-Clause
"""Where things are."""

from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = TOP / "build"


def variant(mode, arch):
    """The folder of one variant of the build."""
    return BUILD / f"{arch}-{mode}"


def payload(arch, suite):
    """The folder of what is fetched for guests from one release of Debian."""
    return BUILD / "payload" / arch / suite
