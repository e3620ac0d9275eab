# SPDX-License-Identifier: BSD-2-Clause
"""UEFI firmware for an x86_64 machine: OVMF of Debian's package."""

import shutil
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("/usr/share/OVMF")
CODE = FOLDER / "OVMF_CODE_4M.fd"
VARIABLES = FOLDER / "OVMF_VARS_4M.fd"


@dataclass(frozen=True)
class Firmware:
    """OVMF with its VARIABLES, a file of this machine's own, since firmware writes to it."""
    variables: Path

    def arguments(self):
        """QEMU's arguments."""
        return ["-drive", f"if=pflash,format=raw,readonly=on,file={CODE}", "-drive", f"if=pflash,format=raw,file={self.variables}"]


def present():
    return CODE.is_file() and VARIABLES.is_file()


def install(path):
    """Firmware with fresh variables at PATH."""
    shutil.copyfile(VARIABLES, path)
    return Firmware(path)
