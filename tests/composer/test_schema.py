# SPDX-License-Identifier: BSD-2-Clause
"""The JSON Schema is that of the parser's keys, and docs/descriptions.md names them all."""

import json
import re
import tomllib

import pytest

from composer import keys, schema
from launcher import paths

DOCS = paths.TOP / "docs"


def test_the_file_is_up_to_date():
    told = "docs/description.schema.json is not what the keys make it; run: python3 tools/composer/schema.py > docs/description.schema.json"
    assert (DOCS / "description.schema.json").read_text(encoding="utf-8") == schema.text(), told


def test_the_schema_has_the_keys_of_partitions():
    partition = schema.make()["properties"]["partition"]["patternProperties"]
    (pattern, table), = partition.items()
    assert re.fullmatch(pattern, "guest-2") and not re.fullmatch(pattern, "Guest")
    assert {*table["properties"]} == {key.name for key in keys.PARTITION} | {"health", "riscv", "x86_64"}
    assert {*table["properties"]["health"]["properties"]} == {key.name for key in keys.HEALTH}
    assert "health" not in table["properties"]["riscv"]["properties"]
    assert "kind" not in table["properties"]["riscv"]["properties"] and table["additionalProperties"] is False


def patterns(value):
    """All regular expressions of a schema."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from patterns(item)
    if isinstance(value, dict) and isinstance(value.get("pattern"), str):
        yield value["pattern"]


def test_its_patterns_are_regular_expressions():
    assert all(re.compile(pattern) for pattern in patterns(json.loads(schema.text())))


def test_the_manual_names_every_key():
    manual = (DOCS / "descriptions.md").read_text(encoding="utf-8")
    for table in (keys.SYSTEM, keys.PARTITION, keys.HEALTH, keys.SERVER, keys.CHANNEL, keys.DEVICE, keys.FORBID):
        for key in table:
            assert f"`{key.name}`" in manual, f"docs/descriptions.md does not name {key.name}"


def is_valid(value, rules):
    """Whether VALUE is as RULES say: the part of JSON Schema that ours is made of."""
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "enum" in rules:
        return any(value is word or (isinstance(word, str) and value == word) for word in rules["enum"])
    if "anyOf" in rules:
        return any(is_valid(value, one) for one in rules["anyOf"])
    kind = kinds[rules["type"]]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return False
    if kind is dict:
        return is_valid_object(value, rules)
    if kind is list:
        items = rules.get("prefixItems") or [rules["items"]] * len(value)
        return rules.get("minItems", 0) <= len(value) <= rules.get("maxItems", len(value)) and all(map(is_valid, value, items))
    if kind is str:
        return re.search(rules.get("pattern", ""), value) is not None and len(value) <= rules.get("maxLength", len(value))
    return kind is bool or rules.get("minimum", value) <= value <= rules.get("maximum", value)


def is_valid_object(value, rules):
    known = rules.get("properties", {})
    for name, inner in value.items():
        matching = [known[name]] if name in known else [sub for pattern, sub in rules.get("patternProperties", {}).items() if re.search(pattern, name)]
        if not matching or not is_valid(inner, matching[0]):
            return False
    return all(name in value for name in rules.get("required", ()))


@pytest.mark.parametrize("path", [*(paths.TOP / "systems").glob("*.toml"), *(paths.TOP / "tests" / "systems").glob("*.toml")], ids=lambda path: path.stem)
def test_descriptions_are_valid(path):
    assert is_valid(tomllib.loads(path.read_text(encoding="utf-8")), schema.make())


@pytest.mark.parametrize("name", ["unknown-table", "unknown-key", "unknown-key-of-an-architecture", "unknown-key-in-a-channel", "kind-unknown", "name-in-capitals", "name-too-long",
                                  "size-without-a-unit", "size-as-a-number", "priority-in-quotes", "priority-out-of-range", "time-without-a-unit",
                                  "argument-with-a-space", "console-unknown", "truth-in-quotes", "channel-with-one-end", "ports-as-a-number",
                                  "port-overflow-unknown", "port-of-no-bytes", "port-size-with-a-point", "port-size-without-a-unit",
                                  "command-unknown", "command-as-a-number", "command-about-no-name", "commands-as-one-text",
                                  "device-registers-as-a-number", "slot-out-of-range", "processor-that-is-not-there"])
def test_what_an_editor_can_see_is_invalid(name):
    assert not is_valid(tomllib.loads((paths.TOP / "tests" / "composer" / "bad" / f"{name}.toml").read_text(encoding="utf-8")), schema.make())
