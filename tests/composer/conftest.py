# SPDX-License-Identifier: BSD-2-Clause
"""What tests of several of the composer's parts need."""

import pytest

from composer import description


@pytest.fixture
def load(tmp_path):
    """load(text, variant=None, arch="riscv", **sizes): the System of a description (s.toml), beside which empty images of those sizes lie."""

    def read(text, variant=None, arch="riscv", **sizes):
        for name, size in sizes.items():
            with open(tmp_path / name, "wb") as image:
                image.truncate(size)
        path = tmp_path / "s.toml"
        path.write_text(text, encoding="utf-8")
        return description.load(path, arch, variant)

    return read
