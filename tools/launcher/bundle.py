# SPDX-License-Identifier: BSD-2-Clause
"""The boot bundle: the cpio archive that init finds beside the kernel.

`config` comes first: lines of key=value, of which `system=` names the system that init is to build. The other members are
the programs under their plain names and a guest's files under guest/.
"""

from . import cpio


def make_bundle(system, files, config=None):
    """FILES maps names to bytes or to paths of files; CONFIG maps further keys to values."""
    lines = [f"{key}={value}\n" for key, value in {"system": system, **(config or {})}.items()]
    entries = [cpio.Entry("config", "".join(lines).encode())]
    folders = {name.rsplit("/", 1)[0] for name in files if "/" in name}
    entries += [cpio.directory(folder) for folder in sorted(folders)]
    for name in sorted(files):
        content = files[name]
        entries.append(cpio.Entry(name, content if isinstance(content, bytes) else content.read_bytes()))
    return cpio.archive(entries)
