# SPDX-License-Identifier: BSD-2-Clause
"""The report: what it says, that no text becomes markup, that it needs nothing but itself, and that it is the same each time."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from composer import description, report_html, report_memory
from harness import reports
from launcher import paths, system

VOID = ("meta",)


class Page(HTMLParser):
    """A page taken apart. Elements must be closed in the order in which they were opened."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.found = []      # (name, attributes) of each element
        self.rows = []       # texts of each table row's cells
        self.lines = {}      # of the listing
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        assert len(attrs) == len(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data

    def all(self, name):
        return [attributes for tag, attributes in self.found if tag == name]

    def row(self, *starts):
        """The one row that starts so."""
        rows = [row for row in self.rows if row[:len(starts)] == list(starts)]
        assert len(rows) == 1, rows
        return rows[0]


@pytest.fixture
def make(tmp_path):
    """make(text, arch="riscv"): the page of a description."""

    def made(text, arch="riscv"):
        path = tmp_path / "s.toml"
        path.write_text(text, encoding="utf-8")
        return reports.page(path, arch)

    return made


@pytest.fixture(scope="module")
def channels():
    return Page(reports.page(paths.TOP / "systems" / "channels.toml"))


def test_sizes(channels):
    assert channels.row("monitor", "4M") == ["monitor", "4M", "", "4M", "8M", "16384", "32K", "256K", "", "default"]
    assert channels.row("clock", "512K")[-1] == "8"
    assert channels.row("the machine")[4] == "512M"
    guest = Page(reports.page(paths.TOP / "systems" / "linux.toml")).row("guest", "2M")
    assert guest[:6] == ["guest", "2M", "256M", "1M", "259M", "2048"]


def test_channels_and_devices(channels):
    assert channels.row("ticks", "memory") == ["ticks", "memory", "clock", "reader", "8K", "", "2", "19"]
    assert channels.row("rtc") == ["rtc", "clock", "0x101000, 4K", "", "11", "none", "38"]
    assert Page(reports.page(paths.TOP / "systems" / "channels.toml", "x86_64")).row("rtc")[3] == "0x70, 2"


def test_flow(channels):
    head = channels.row("from ↓ to →")
    assert head[1:] == ["monitor", "console", "adder", "clock", "reader", "bell"]
    row = dict(zip(head, channels.row("clock", "directly")))
    assert row["monitor"] == row["reader"] == "directly" and row["clock"] == "itself"
    assert row["adder"] == row["bell"] == "through reader"
    assert channels.row("bell", "directly")[3] == "only through monitor✓ rule holds, line 49"
    assert channels.row("bell must not influence adder") == ["bell must not influence adder", "✓ holds", "monitor, console", "49"]


def test_commands():
    page = Page(reports.page(paths.TOP / "systems" / "linux.toml"))
    assert page.row("shell", "ps")[2:] == ["monitor, console, control, guest, demo, shell", "27"]
    assert page.row("shell", "restart")[2] == "guest, demo"
    row = dict(zip(page.row("from ↓ to →"), page.row("shell", "directly")))
    assert row["guest"] == row["demo"] == "directly" and row["control"] == "only through monitor"


def test_what_is_kept(tmp_path):
    text = '[partition.a]\npriority = 10\nkeep = "64K"\non_fault = "restart"\nrestart_limit = 5\n'
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    html = reports.page_of(description.read(path, "riscv")[0], text)
    assert "5, then stop, keeps 64K" in [cell for row in Page(html).rows if row[0] == "a" for cell in row]
    assert "The monitor's memory holds what partitions keep, too: 64K together." in html.replace("&#x27;", "'")


def test_a_disk(tmp_path):
    (tmp_path / "d.img").write_bytes(bytes(512))
    path = tmp_path / "s.toml"
    text = '[partition.g]\nkind = "guest"\npriority = 10\ndisk = "d.img"\ndisk_read_only = true\n'
    for written, shown in ((text, "d.img read-only"), (text.replace("true", "false"), "d.img")):
        path.write_text(written, encoding="utf-8")
        rows = Page(reports.page_of(description.read(path, "riscv")[0], written)).rows
        assert [shown] == [cell for row in rows for cell in row if "d.img" in cell and "g.disk" not in cell][:1]


def test_a_device_that_reaches_all_memory(tmp_path):
    path = tmp_path / "s.toml"
    text = (paths.TOP / "systems" / "channels.toml").read_text(encoding="utf-8").replace("0x101000", "0x10001000")
    path.write_text(text, encoding="utf-8")
    page = Page(reports.page_of(description.read(path, "riscv")[0], text))
    assert page.row("rtc")[5] == "all memory"
    assert dict(zip(page.row("from ↓ to →"), page.row("clock", "directly")))["adder"].startswith("directly")
    assert page.row("bell must not influence adder")[1].startswith("✗ broken: bell has memory that clock can read by the DMA of device 'rtc', clock can write")


def test_a_broken_rule_is_not_ticked(tmp_path):
    path = tmp_path / "s.toml"
    text = (paths.TOP / "systems" / "channels.toml").read_text(encoding="utf-8").replace('from = "bell"', 'from = "clock"')
    path.write_text(text, encoding="utf-8")
    page = Page(reports.page_of(description.read(path, "riscv")[0], text))
    assert page.row("clock must not influence adder")[1].startswith("✗ broken: clock writes memory that reader reads by channel 'ticks', reader calls")
    assert "✗ rule broken, line 49" in page.row("clock", "directly")[3]


def test_time():
    page = Page(reports.page(paths.TOP / "systems" / "linux.toml"))
    assert page.row("control", "0") == ["control", "0", "250", "200us", "1ms", " 20.0%", "200us", "4"]
    assert page.row("guest", "0")[2:4] == ["50 (up to 52)", "limited by its priority alone"]


def test_schedule_tables():
    path = paths.TOP / "tests" / "systems" / "schedule.toml"
    page = Page(reports.page(path))
    assert page.row("first", "0us") == ["first", "0us", "1ms", "1ms", "980us", "52"]
    assert page.row("first", "5ms")[1:5] == ["5ms", "5500us", "500us", "480us"]
    assert page.row("first", "1460us, 14.6%") == ["first", "1460us, 14.6%", "none"]
    assert page.row("filler", "slack") == ["filler", "slack", "none"]
    assert page.row("filler", "0")[3] == "limited by its windows alone"
    assert "first may choose normal and degraded; shell may choose normal and degraded." in reports.page(path)
    assert page.row("shell", "schedule")[2] == "normal, degraded"
    assert "schedule" not in {attributes.get("id") for _, attributes in Page(reports.page(paths.TOP / "systems" / "hello.toml")).found}


def test_files():
    page = Page(reports.page(paths.TOP / "systems" / "linux.toml"))
    assert page.row("pager")[:2] == ["pager", "demo"] and page.row("vmm")[1] == "guest"
    assert page.row("guest.kernel")[:4] == ["guest.kernel", "guest", "28M", "29,360,128"]
    listed = [row for row in page.rows if len(row) == 5 and row[3].replace(",", "").isdigit()]
    sizes = [int(row[3].replace(",", "")) for row in listed]
    assert listed[-1][0] == "bundle" and sum(sizes[:-1]) == sizes[-1]


def test_parts_of_the_memory_map_make_the_whole():
    linux = description.load(paths.TOP / "systems" / "linux.toml", "riscv")
    parts = report_memory.of_machine(linux, 512 << 20, 30 << 20)
    assert sum(part.size for part in parts) == 512 << 20 and all(part.size > 0 for part in parts)
    assert sum(part.size for part in report_memory.of_objects(linux, 512 << 20)) == report_memory.object_memory(512 << 20) == 32 << 20


def test_the_text_has_its_lines(make):
    text = "# one\r\n[partition.a]\npriority = 100\n\n# five"
    page = Page(make(text))
    assert [row for row in page.rows if len(row) == 2][1:] == [["1", "# one"], ["2", "[partition.a]"], ["3", "priority = 100"], ["4", ""], ["5", "# five"]]
    assert {"line-1", "line-5"} <= {attributes.get("id") for _, attributes in page.found}


@pytest.mark.parametrize("path", reports.of_tree(), ids=lambda path: path.stem)
@pytest.mark.parametrize("arch", ["riscv", "x86_64"])
def test_a_page_is_sound(path, arch):
    text = reports.page(path, arch)
    page = Page(text)
    assert page.all("html") == [{"lang": "en"}] and "<title>" in text and text.startswith("<!DOCTYPE html>\n")
    assert all(head.get("scope") in ("row", "col") for head in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table")) > 5
    names = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(names) == len(set(names))
    assert all(link["href"][1:] in names for link in page.all("a"))
    for picture in page.all("svg"):
        assert picture.get("aria-hidden") or (picture["role"] == "img" and set(picture["aria-labelledby"].split()) <= set(names))


@pytest.mark.parametrize("path", reports.of_tree(), ids=lambda path: path.stem)
def test_a_page_needs_nothing_but_itself(path):
    text = reports.page(path)
    page = Page(text)
    assert not {tag for tag, _ in page.found} & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "use", "image"}
    assert not {name for _, attributes in page.found for name in attributes if name.startswith("on") or name in ("src", "style", "action")}
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)", text)) and "@import" not in text and "http://" not in text
    assert all(link["href"].startswith("#") for link in page.all("a"))


def test_a_report_has_the_sizes_of_what_is_built(arch, programs):
    made = system.describe(arch, "hello")
    page = Page(system.make_report(arch, "debug", made, "# hello\n", {}))
    for name in ("hello", "monitor", "console"):
        assert page.row(name, name)[3] == f"{programs()[name].stat().st_size:,}"
    assert page.row("the machine")[4] == "512M"


def test_a_variant_is_named():
    path = paths.TOP / "tests" / "systems" / "servers-test.toml"
    assert "For riscv, variant console:" in reports.page(path, variant="console") and "flooder" in reports.page(path, variant="console")
    assert "For riscv:" in reports.page(path) and "<strong>flooder" not in reports.page(path)


def test_no_text_becomes_markup(make):
    tags = {tag for tag, _ in Page(make("[partition.a]\npriority = 1\n[partition.g]\nkind = 'guest'\npriority = 1\n")).found}
    text = make(reports.HOSTILE)
    page = Page(text)
    assert {tag for tag, _ in page.found} <= tags | {"span"}
    assert page.row("a", "native")[3] == "<b>bold</b>--x=\"'&<!--]]></script>"
    guest = page.row("g", "<i>kernel</i>U+202E")
    assert guest[2:4] == ["&lt;initrd&gt;", "console=hvc0 <img src=x onerror=alert(2)> </td> &quot;"]
    listed = [row[1] for row in page.rows if len(row) == 2][1:]
    shown = reports.HOSTILE.replace("\u202e", "U+202E").replace("\u200b", "U+200B")
    assert listed == shown.splitlines()
    assert "\u202e" not in text and "\u200b" not in text


@pytest.mark.parametrize("text, shown", [
    ("<>&\"'", "&lt;&gt;&amp;&quot;&#x27;"), ("a\x00b", 'a<span class="unseen">U+0000</span>b'), ("\udc80", '<span class="unseen">U+DC80</span>'),
    ("\u2028", '<span class="unseen">U+2028</span>'), ("ä ✓\t", "ä ✓\t"),
])
def test_escaping(text, shown):
    assert report_html.escape(text) == shown
    report_html.escape(text).encode()


def test_an_attribute_stays_within_its_quotes():
    assert report_html.element("p", "x", title='" onclick="y\u202e', class_="<") \
        == '<p title="&quot; onclick=&quot;y[U+202E]" class="&lt;">x</p>'


def test_same_description_same_bytes(tmp_path):
    """In other processes, whose sets have another order, and from another folder."""
    script = "import sys; sys.path[:0] = sys.argv[1:3]; from harness import reports; import pathlib; print(reports.page(pathlib.Path(sys.argv[3])), end='')"
    command = [sys.executable, "-c", script, paths.TOP / "tests", paths.TOP / "tools", paths.TOP / "systems" / "linux.toml"]
    made = [subprocess.run(command, check=True, capture_output=True, cwd=folder, env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
                           timeout=60).stdout for folder, seed in ((paths.TOP, "1"), (tmp_path, "2"))]
    assert made[0] == made[1] and len(made[0]) > 10000


def test_the_largest_system(make):
    page = Page(make(reports.widest()))
    assert len([rect for rect in page.all("rect") if "device" in rect.get("class", "").split()]) == 16


def test_health():
    path = paths.TOP / "tests" / "systems" / "health.toml"
    page = Page(reports.page_of(description.load(path, "riscv", "all"), path.read_text(encoding="utf-8")))
    rows = {row[0]: row[1:] for row in page.rows if len(row) == 5 and "_fault" in row[1]}
    assert rows["ignoring"][:3] == ["memory_fault: stopillegal_instruction: stopdeadline: ignoreapplication_error: ignorewatchdog: ignore", "", "200ms"]
    assert rows["warm"][:3] == ["memory_fault: restartillegal_instruction: restartdeadline: restartapplication_error: restartwatchdog: restart",
                                "100, then stop, keeps 4K", "200ms"]
    assert rows["cold"][0].startswith("memory_fault: restart-cold")
    assert rows["shell"][:3] == ["memory_fault: stopillegal_instruction: stopdeadline: ignoreapplication_error: stop", "", ""]
