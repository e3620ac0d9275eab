# SPDX-License-Identifier: BSD-2-Clause
"""The JSON Schema of descriptions, by which editors complete and check them. `python3 tools/composer/schema.py` prints it."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from composer import keys, limits, values  # noqa: E402: the path must be set first
from composer.model import SERVERS  # noqa: E402

ARCHITECTURES = tuple(limits.MACHINES)


def member(key):
    """One key of a table."""
    return {"description": key.meaning, **key.type.schema()}


def table(known, per_arch=False):
    """A table with these keys and no others."""
    schema = {"type": "object", "additionalProperties": False, "properties": {key.name: member(key) for key in known}}
    required = [key.name for key in known if key.required]
    if per_arch:
        varying = {key.name: member(key) for key in known if not key.fixed}
        for arch in ARCHITECTURES:
            schema["properties"][arch] = {"type": "object", "description": f"what differs on {arch}", "additionalProperties": False,
                                          "properties": varying}
    elif required:
        schema["required"] = required
    return schema


def named(schema, meaning):
    """Tables by names of the user's choice."""
    return {"type": "object", "description": meaning, "additionalProperties": False, "patternProperties": {f"^{values.NAME.pattern}$": schema}}


def make():
    """The schema as a document."""
    servers = {name: table(keys.SERVERS[name]) for name in SERVERS}
    partition = table(keys.PARTITION, per_arch=True)
    partition["properties"]["health"] = {"description": "what follows when something goes wrong; of events without a row: on_fault", **table(keys.HEALTH)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Bulkhead system",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "system": {"description": "the machine", **table(keys.SYSTEM)},
            "partition": named(partition, "who is there"),
            "server": {"type": "object", "description": "the two partitions of every system", "additionalProperties": False, "properties": servers},
            "schedule": named(table(keys.SCHEDULE), "who has the processor when; the first table is followed from the start"),
            "channel": {"type": "array", "description": "who reaches whom", "items": table(keys.CHANNEL)},
            "device": named(table(keys.DEVICE, per_arch=True), "who drives what"),
            "forbid": {"type": "array", "description": "who must not influence whom", "items": table(keys.FORBID)},
        },
    }


def text():
    """The schema as docs/description.schema.json holds it."""
    return json.dumps(make(), indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
