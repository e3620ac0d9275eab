# SPDX-License-Identifier: BSD-2-Clause
"""`./bulkhead` as a script uses it: what it prints is kept in a log, which a failure names."""

import os
import subprocess

from launcher import paths

from . import logs

LIMIT = 600  # seconds
TAIL = 2000  # characters


class Command:
    """A command that has ended: its status, what it printed, and that as a failed assertion shows it."""

    def __init__(self, process, log):
        self.returncode = process.returncode
        self.stdout = process.stdout
        self.told = f"status {process.returncode}\nlog: {log}\nits end:\n{process.stdout[-TAIL:]}"


def bulkhead(*arguments, folder=paths.TOP):
    """Runs `./bulkhead` in FOLDER, without a terminal or anything to read."""
    of_test = logs.of_test(os.environ["PYTEST_CURRENT_TEST"].rsplit(" ", 1)[0])
    of_test.mkdir(parents=True, exist_ok=True)
    log = of_test / f"command-{len(list(of_test.glob('command-*.log'))) + 1}.log"
    process = subprocess.run([paths.TOP / "bulkhead", *arguments], check=False, text=True, errors="replace", timeout=LIMIT, cwd=folder,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    log.write_text(process.stdout)
    return Command(process, log)
