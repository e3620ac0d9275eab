# SPDX-License-Identifier: BSD-2-Clause
"""
The report about a system: one HTML page that needs nothing but itself. The same system, text and sizes give the same bytes.

What stands on the page is taken from the same model that the checks and the manifest are made of.
"""

from . import report_flow, report_graph, report_health, report_memory, report_schedule, report_sizes, report_trace
from .model import GUEST, SERVERS
from .report_html import Markup, element, plain, section
from .report_style import STYLE

# Should a text ever get past the escaping, it still can run and fetch nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
SECTIONS = (("memory", "Memory"), ("authority", "Authority"), ("flow", "Flow"), ("time", "Time"), ("schedule", "Schedule"), ("health", "Health"),
            ("measured", "Measured"), ("runs", "What runs"), ("files", "Files"),
            ("description", "Description"))


def head(system):
    meta = ['<meta charset="utf-8">', f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">', '<meta name="color-scheme" content="light dark">']
    return element("head", *map(Markup, meta), plain("title", f"{system.name} on {system.arch}: Bulkhead system report"),
                   Markup(f"<style>{STYLE}</style>"))


def counted(number, one, many):
    return f"{number or 'no'} {one if number == 1 else many}"


def summary(system):
    """The system in a sentence."""
    described = [partition for partition in system.partitions if partition.name not in SERVERS]
    guests = sum(partition.kind == GUEST for partition in described)
    parts = [counted(len(described) - guests, "native partition", "native partitions"), counted(guests, "guest", "guests"), "two servers",
             counted(len(system.channels), "channel", "channels"), counted(len(system.devices), "device", "devices"),
             counted(len(system.forbids), "forbid rule", "forbid rules")]
    variant = f", variant {system.variant}" if system.variant else ""
    return f"For {system.arch}{variant}: {', '.join(parts)}."


def text_section(text):
    """The description's text, by lines that other sections lead to."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if lines[-1] == "":
        lines.pop()
    rows = [element("tr", element("th", str(number), scope="row"), element("td", element("code", line)), id=f"line-{number}")
            for number, line in enumerate(lines, 1)]
    heads = element("thead", element("tr", element("th", "line", scope="col"), element("th", "text", scope="col")))
    listing = element("table", element("caption", "The text that this page was made from"), heads, element("tbody", *rows), class_="listing")
    return section("description", "Description", element("div", listing, class_="wide", tabindex="0", role="region", aria_label="Description's text"))


def make(system, text, sizes, bundle_size, memory, trace=None):
    """The page. TEXT is the description's; SIZES are of the bundle's members by name; BUNDLE_SIZE and the machine's MEMORY are bytes.
    TRACE is what report_trace.read has read, if there is one."""
    schedule = [report_schedule.make(system)] if system.schedules else []
    measured = [report_trace.make(system, trace)] if trace else []
    absent = {name for name, there in (("schedule", schedule), ("measured", measured)) if not there}
    links = [element("a", name, href=f"#{identifier}") for identifier, name in SECTIONS if identifier not in absent]
    parts = [
        element("header", element("h1", "System ", element("code", system.name)), element("p", summary(system)),
                element("nav", *links, aria_label="Sections")),
        report_memory.make(system, memory, bundle_size), report_graph.make(system), report_flow.make(system), report_sizes.time(system), *schedule,
        report_health.make(system), *measured,
        report_sizes.runs(system), report_sizes.files(system, sizes, bundle_size), text_section(text),
    ]
    return f"<!DOCTYPE html>\n{element('html', head(system), element('body', element('main', *parts)), lang='en')}\n"
