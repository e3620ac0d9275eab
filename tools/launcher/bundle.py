# SPDX-License-Identifier: BSD-2-Clause
"""The boot bundle: the cpio archive that init finds beside the kernel.

`manifest` comes first: what init is to build (docs/descriptions.md). The other members are the programs under their plain names and the guests' files.
"""

from . import cpio

MANIFEST = "manifest"


def make(manifest, files):
    """The archive of a MANIFEST (bytes) and the FILES that it was written for, bytes by name."""
    return cpio.archive([cpio.Entry(MANIFEST, manifest), *(cpio.Entry(name, files[name]) for name in sorted(files))])
