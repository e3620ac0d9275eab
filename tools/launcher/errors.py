# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong before, while and after the machine runs, each with the launcher's exit status for it."""

OK = 0
USAGE = 2
SETUP = 3
BUILD = 4
IMAGE = 5
PAYLOAD = 6
QEMU = 7
DESCRIPTION = 8
GUEST_FAILED = 10
DIFFERENT = 11
SYSTEM_FAILED = 20
RESET = 21
TIMEOUT = 124
INTERRUPTED = 130
BROKEN_PIPE = 141

MEANINGS = {
    OK: "every guest powered off well, or the person at the console ended the machine while none had failed; in a system without guests, every partition ended well (or: built, set up, all tests passed)",
    1: "tests failed",
    USAGE: "wrong arguments",
    SETUP: "something that is needed is not installed, or this computer lets a file not be read or written, or has too little memory",
    BUILD: "the build failed",
    IMAGE: "a guest kernel, initrd or memory size that cannot work",
    PAYLOAD: "the guest's packages could not be fetched",
    QEMU: "QEMU did not start or broke down",
    DESCRIPTION: "a system description that cannot be built, or none of that name",
    GUEST_FAILED: "a guest failed (panic, or stopped badly); in a system without guests, a partition",
    DIFFERENT: "the running system differs from its description",
    SYSTEM_FAILED: "the system failed (kernel panic, or a server was lost, or the machine ended without the system's word)",
    RESET: "the machine was reset without the system's word: by its watchdog, because the monitor was silent, or by a fault of the kernel that it could not tell of",
    TIMEOUT: "--timeout passed",
    INTERRUPTED: "interrupted",
    BROKEN_PIPE: "nobody reads the output any more",
}


class LauncherError(Exception):
    """A message for the user: what is wrong, where, and what would be right."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
