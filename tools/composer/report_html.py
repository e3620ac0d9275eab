# SPDX-License-Identifier: BSD-2-Clause
"""
HTML by construction: elements are made by `element` alone, and what is no Markup is escaped on its way in, so no text of a description can become
markup. Characters that nobody sees, or that change how others are seen, are shown by their numbers.
"""

import html
import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # Unicode's categories: controls, formats (bidirectional ones among them), surrogates, separators


class Markup(str):
    """Text that is HTML already."""


def name_unseen(text):
    """The text with U+NNNN for characters that would not be seen; for attributes and titles."""
    return "".join(f"[U+{ord(character):04X}]" if is_unseen(character) else character for character in text)


def is_unseen(character):
    return character != "\t" and unicodedata.category(character) in UNSEEN


def escape(text):
    """What is between tags."""
    if isinstance(text, Markup):
        return text
    return Markup("".join(f'<span class="unseen">U+{ord(character):04X}</span>' if is_unseen(character) else html.escape(character)
                          for character in str(text)))


def attribute(name, value):
    return f' {name.rstrip("_").replace("_", "-")}="{html.escape(name_unseen(str(value)))}"'


def element(name, *children, **attributes):
    """An element. Attributes' names have `_` for `-`, and one more at the end where they are words of Python; those with None are left out."""
    given = "".join(attribute(key, value) for key, value in attributes.items() if value is not None)
    return Markup(f"<{name}{given}>{join(children)}</{name}>")


def join(children):
    return Markup("".join(map(escape, children)))


def plain(name, text, **attributes):
    """An element whose text cannot have elements in it: a title, an SVG's text."""
    return element(name, name_unseen(text), **attributes)


def section(identifier, heading, *children):
    return element("section", element("h2", heading, id=f"{identifier}-heading"), *children, id=identifier, aria_labelledby=f"{identifier}-heading")


def table(caption, heads, rows, foot=None, class_=None):
    """HEADS are texts; each row is a list of cells, the first of which heads it. Cells are texts, or elements that `cell` made."""
    numbers = [index for index, each in enumerate(rows[0]) if is_number(each)] if rows else []
    head = element("thead", element("tr", *(element("th", text, scope="col", class_="number" if index in numbers else None)
                                            for index, text in enumerate(heads))))
    body = element("tbody", *map(table_row, rows))
    feet = [element("tfoot", table_row(foot))] if foot else []
    return element("div", element("table", element("caption", caption), head, body, *feet, class_=class_), class_="wide", tabindex="0",
                   role="region", aria_label=caption)


def table_row(cells):
    first, *others = cells
    return element("tr", element("th", first, scope="row"), *(each if is_cell(each) else element("td", each) for each in others))


def is_cell(made):
    return isinstance(made, Markup) and made.startswith("<td")


def cell(*children, **attributes):
    return element("td", *children, **attributes)


def number(text):
    """A cell whose digits stand below those of others."""
    return cell(text, class_="number")


def is_number(made):
    return isinstance(made, Markup) and made.startswith('<td class="number"')


def swatch(colour):
    """A sample of a colour of the memory map."""
    return element("span", class_=f"swatch {colour}", aria_hidden="true")


def line_link(system, item):
    """Where the item stands in the description's text."""
    if item.paths[""] not in system.places.lines:
        return number("default")
    line = system.place(item).line
    return number(element("a", str(line), href=f"#line-{line}"))


def drawing(identifier, title, description, height, *shapes):
    """An SVG picture that is as wide as the page, 1000 units."""
    label = f"{identifier}-title {identifier}-description"
    return element("svg", plain("title", title, id=f"{identifier}-title"), plain("desc", description, id=f"{identifier}-description"), *shapes,
                   id=identifier, role="img", viewBox=f"0 0 1000 {height:g}", aria_labelledby=label)
