#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the headers that a system's programs include: FOLDER/system/PARTITION.h for each partition of a description (docs/descriptions.md, "Headers")."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from composer import description, headers  # noqa: E402: the path must be set first
from launcher import errors  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("description", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--arch", required=True)
    options = parser.parse_args()
    try:
        system, problems = description.read(options.description, options.arch, every=True)
        problems.finish()
    except errors.LauncherError as error:
        sys.exit(str(error))
    headers.write(system, options.folder)


if __name__ == "__main__":
    main()
