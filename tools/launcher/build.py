# SPDX-License-Identifier: BSD-2-Clause
"""Runs SCons."""

import os
import subprocess
import sys

from . import errors, paths


def build(mode, targets=(), quiet=True, arch="riscv"):
    """Builds TARGETS, paths below the variant's folder; everything if there are none."""
    command = ["scons", f"-j{os.cpu_count() or 1}", f"arch={arch}", f"mode={mode}"]
    command += ["-Q", "-s"] if quiet else []
    command += [str((paths.variant(mode, arch) / target).relative_to(paths.TOP)) for target in targets]
    sys.stdout.flush()
    if subprocess.run(command, cwd=paths.TOP, check=False, stdin=subprocess.DEVNULL).returncode:
        raise errors.LauncherError(errors.BUILD, f"the build failed; its messages are above. To repeat it: {' '.join(command)}")
