# SPDX-License-Identifier: BSD-2-Clause
"""Runs SCons."""

import os
import subprocess
import sys

from . import errors, paths


def build(arch, mode, targets=(), quiet=True):
    """Builds SCons's TARGETS for the architecture ARCH; everything if there are none."""
    command = ["scons", f"-j{os.cpu_count() or 1}", f"arch={arch.name}", f"mode={mode}"]
    command += ["-Q", "-s"] if quiet else []
    command += targets
    sys.stdout.flush()
    if subprocess.run(command, cwd=paths.TOP, check=False, stdin=subprocess.DEVNULL).returncode:
        raise errors.LauncherError(errors.BUILD, f"the build failed; its messages are above. To repeat it: {' '.join(command)}")
