# SPDX-License-Identifier: BSD-2-Clause
"""Where keys stand, however TOML lets them be written."""

import tomllib

import pytest

from composer.places import Places

EVERYTHING = '''\
top = 1
"quoted key" = 'x'  # [not.a.header]
a.b = 2
a . "c d" = 3
text = """
[not.a.table]
key = "value" \\""" still text
"""
literal = \'\'\'
[[no]]
'quoted' \'\'\'
list = [ 1, # one
    "two]", [
        3 ],
    { inner = 4, other = { deep = "}" } },
]
date = 1979-05-27 07:32:00Z

[table]
x = 1
[table.below]
y = "a # b"
[ "odd" . 'name' ]
z = inf
[[item]]
n = 1
[item.sub]
m = 1
[[item]]
n = 2
[[item.many]]
k = 1
[[item.many]]
k = 2
'''

LINES = {("top",): 1, ("quoted key",): 2, ("a", "b"): 3, ("a", "c d"): 4, ("text",): 5, ("literal",): 9, ("list",): 12, ("list", 1): 13, ("list", 2, 0): 14,
         ("list", 3, "other", "deep"): 15, ("date",): 17, ("table",): 19, ("table", "x"): 20, ("table", "below", "y"): 22, ("odd", "name", "z"): 24,
         ("item", 0): 25, ("item", 0, "n"): 26, ("item", 0, "sub", "m"): 28, ("item", 1): 29, ("item", 1, "n"): 30, ("item", 1, "many", 1, "k"): 34}


def paths(value, path=()):
    """The path of every key and item of what tomllib has read."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield path + (key,)
        yield from paths(inner, path + (key,))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_key_is_found(newline):
    places = Places("x.toml", EVERYTHING.replace("\n", newline))
    assert set(paths(tomllib.loads(EVERYTHING))) == set(places.lines)
    assert {path: places.lines[path] for path in LINES} == LINES


def test_a_table_stands_where_its_own_header_is():
    places = Places("x.toml", "[a.b]\nx = 1\n[a]\ny = 2\n")
    assert places.of("a").line == 3 and places.of("a", "b").line == 1


def test_what_is_not_there_is_where_its_table_is():
    places = Places("x.toml", "\n[a]\nx = 1\n")
    assert str(places.of("a", "y")) == "x.toml:2" and str(places.of("b", "z")) == "x.toml:1"


def test_a_text_that_is_no_toml_has_places_too():
    assert Places("x.toml", "a = 1\nb = [\n").of("a").line == 1


def test_a_key_of_many_parts_takes_little():
    """Its first ones have their places."""
    parts = ["a"] * 100_000
    places = Places("x", f"k = 1\n[{'.'.join(parts)}]\nb = 1\n{'.'.join(parts)} = 1\n")
    assert places.of("a", "a").line == 2 and len(places.lines) < 100
