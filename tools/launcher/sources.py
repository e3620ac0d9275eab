# SPDX-License-Identifier: BSD-2-Clause
"""The Debian mirrors that this machine's own apt uses, from both formats of its sources."""

import re
from pathlib import Path

# A mirror of Debian's archive is told from other archives by the suites that are asked of it.
SUITES = {"bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable"}
FETCHABLE = ("http://", "https://", "ftp://", "file:", "copy:", "mirror+", "mirror:", "tor+")
ONE_LINE = re.compile(r"^\s*deb\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>[^#]*)")


def one_line_entries(text):
    """(URIs, suites, components) of each line of a sources.list."""
    for line in text.splitlines():
        match = ONE_LINE.match(line)
        if match:
            yield [match["uri"]], [match["suite"]], match["components"].split()


def stanzas(text):
    """The stanzas of a deb822 file as dictionaries of lower-case names."""
    for block in re.split(r"\n\s*\n", "\n".join(line for line in text.splitlines() if not line.startswith("#"))):
        fields, name = {}, None
        for line in block.splitlines():
            if line[:1].isspace() and name:
                fields[name] += " " + line.strip()
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        yield fields


def deb822_entries(text):
    """(URIs, suites, components) of each enabled stanza for binary packages."""
    for fields in stanzas(text):
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes").lower() not in ("no", "false", "0"):
            yield fields.get("uris", "").split(), fields.get("suites", "").split(), fields.get("components", "").split()


def source_files(etc):
    yield etc / "sources.list"
    if (etc / "sources.list.d").is_dir():
        yield from sorted((etc / "sources.list.d").iterdir())


def mirrors(etc=Path("/etc/apt")):
    """URIs of Debian mirrors, in the order in which they are configured."""
    found = []
    for path in source_files(etc):
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        entries = deb822_entries if path.suffix == ".sources" else one_line_entries
        for uris, suites, components in entries(path.read_text(errors="replace")):
            if SUITES.intersection(suites) and "main" in components:
                found += [uri for uri in uris if uri.startswith(FETCHABLE) and uri not in found]
    return found
