# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong before, while and after the machine runs, each with the launcher's exit status for it."""

OK = 0
USAGE = 2
SETUP = 3
BUILD = 4
IMAGE = 5
PAYLOAD = 6
QEMU = 7
GUEST_FAILED = 10
SYSTEM_FAILED = 20
TIMEOUT = 124
INTERRUPTED = 130

MEANINGS = {
    OK: "every guest powered off well (or: built, set up, all tests passed)",
    1: "tests failed",
    USAGE: "wrong arguments",
    SETUP: "something that is needed is not installed",
    BUILD: "the build failed",
    IMAGE: "a guest kernel, initrd or memory size that cannot work",
    PAYLOAD: "the guest's packages could not be fetched",
    QEMU: "QEMU did not start or broke down",
    GUEST_FAILED: "a guest failed (panic, or stopped badly)",
    SYSTEM_FAILED: "the system failed (kernel panic, or a server was lost)",
    TIMEOUT: "--timeout passed",
    INTERRUPTED: "interrupted",
}


class LauncherError(Exception):
    """A message for the user: what is wrong, where, and what would be right."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
