#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""operations.py ABI.TOML OUTPUT: the rows of struct operation (operations.h), one for each operation of the ABI."""

import sys
import tomllib

RIGHTS = {"R": "L4_READ", "W": "L4_WRITE", "G": "L4_GRANT", "X": "L4_EXECUTE"}


def rights(letters):
    return " | ".join(RIGHTS[letter] for letter in letters) or "0"


def argument(kind):
    if kind == "word":
        return "{0}"
    slot, slot_type, slot_rights = kind.split(":")
    return f"{{L4_TYPE_{slot_type.upper()}, {rights(slot_rights)}, {'true' if slot == 'slot?' else 'false'}}}"


def row(owner, operation):
    name = f"{owner}_{operation['name']}"
    kinds = [argument(kind) for argument_name, kind in operation.get("args", []) if not argument_name.endswith("...")]
    return (f'{{"{name}", L4_TYPE_{owner.upper()}, L4_OP_{name.upper()}, {rights(operation["rights"])}, {len(kinds)}, '
            f'{{{", ".join(kinds) or "{0}"}}}}},\n')


def main(source, target):
    with open(source, "rb") as file:
        abi = tomllib.load(file)
    with open(target, "w", encoding="ascii") as file:
        file.write("/* SPDX-License-Identifier: BSD-2-Clause */\n")
        file.writelines(row(thing["name"], operation) for thing in abi["object"] for operation in thing.get("op", []))


main(*sys.argv[1:])
