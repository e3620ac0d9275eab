# SPDX-License-Identifier: BSD-2-Clause
"""What is taken out of a kernel's package."""

import lzma

from launcher import payload


class Package:
    """Files by their paths, as payload.Package has them."""

    def __init__(self, **files):
        self.contents = {f"usr/lib/modules/6/kernel/{name.replace('__', '.')}": data for name, data in files.items()}

    def files(self, wanted):
        return [(path, data) for path, data in self.contents.items() if wanted(path)]


def test_modules_are_left_unpacked_in_the_order_of_loading(tmp_path):
    """Those that the kernel has built in are not there; what an earlier package left is gone."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "0-old.ko").write_bytes(b"old")
    package = Package(ext4__ko__xz=lzma.compress(b"ext4"), jbd2__ko=b"jbd2", other__ko=b"other")
    payload.write_modules(folder, package, ["crc16", "jbd2", "ext4"])
    assert payload.read_modules(folder) == [("00-jbd2.ko", b"jbd2"), ("01-ext4.ko", b"ext4")]
