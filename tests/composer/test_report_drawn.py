# SPDX-License-Identifier: BSD-2-Clause
"""The report as Chromium draws it: nothing overlaps or sticks out, bars are to scale, everything can be read in light and dark, nothing is fetched."""

import pytest

from composer import description
from harness import logs, reports
from harness.browser import Browser
from launcher import paths

LAPTOP = (1280, 720)
ROUNDING = 0.6  # of a pixel
SCHEDULE = paths.TOP / "tests" / "systems" / "schedule.toml"

# What is measured is measured by the page's own browser. Each expression gives a list, of all that is wrong or of what there is.
MEASURE = """
(() => {
  const box = element => { const r = element.getBoundingClientRect(); return {left: r.left, right: r.right, top: r.top, bottom: r.bottom, width: r.width}; };
  const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const meet = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const shown = element => element.checkVisibility();
  const colour = text => { const m = text.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3); };
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
                       return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = element => { for (; element; element = element.parentElement) { const c = colour(getComputedStyle(element).backgroundColor); if (c) return c; }
                              return [255, 255, 255]; };
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  const texts = picture => all('text', picture);
  const words = element => element.textContent.slice(0, 60);
  return {BODY};
})()
"""

SCRIPTS = {
    "page is no wider than the window": "document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth] : []",
    "tables fit": "all('.wide').filter(shown).filter(e => e.scrollWidth > e.clientWidth).map(e => e.getAttribute('aria-label'))",
    "cells hold their texts": "all('th, td').filter(shown).filter(e => e.scrollWidth > e.clientWidth).map(words)",
    "sections stand below each other": "all('header, section').filter((e, i, a) => i && box(a[i - 1]).bottom > box(e).top).map(e => e.id)",
    "pictures are wide": "all('svg[role=img]').filter(e => box(e).width < innerWidth * 0.7).map(e => e.id)",
    "what is drawn lies in its picture":
        "all('svg[role=img]').flatMap(p => all('rect, text, line, polygon', p).filter(e => !e.closest('defs') && !inside(box(e), box(p))).map(e => e.outerHTML))",
    "texts of a picture do not meet":
        "all('svg[role=img]').flatMap(p => texts(p).flatMap((e, i, a) => a.slice(i + 1).filter(o => meet(box(e), box(o))).map(o => [words(e), words(o)])))",
    "boxes of a picture do not meet":
        "all('svg[role=img]').flatMap(p => all('.box, .part', p).flatMap((e, i, a) => a.slice(i + 1).filter(o => meet(box(e), box(o)))"
        ".map(o => [e.outerHTML, o.outerHTML])))",
    "boxes hold their texts": "all('g > .box').flatMap(e => all('text', e.parentElement).filter(t => !inside(box(t), box(e))).map(words))",
    "bars hold their texts":
        "all('#memory-map text').filter(t => all('#memory-map .part').some(p => meet(box(t), box(p)) && !inside(box(t), box(p)))).map(words)",
    "no channel or device lies on a text":
        "all('#authority-graph .channel, #authority-graph .device').flatMap(e => all('#authority-graph text').filter(t => !e.parentElement.contains(t) &&"
        " meet({...box(e), top: box(e).top - 2, bottom: box(e).bottom + 2}, box(t))).map(words))",
    "texts can be told from what is behind them":
        "all('main *').filter(e => !e.closest('svg') && own(e) && shown(e)).map(e => [words(e), contrast(colour(getComputedStyle(e).color), behind(e))])"
        ".filter(([, c]) => c < 4.5)",
    "texts of pictures can be told from what is behind them":
        "all('svg text').map(t => { const m = box(t); const below = all('rect, polygon', t.closest('svg')).filter(r => meet(m, box(r))).pop();"
        " return [words(t), contrast(colour(getComputedStyle(t).fill), below ? colour(getComputedStyle(below).fill) : behind(t.closest('svg')))]; })"
        ".filter(([, c]) => c < 4.5)",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


def measure(browser, body):
    return browser.evaluate(MEASURE.replace("{BODY}", f"{{found: {body}}}"))["found"]


def systems():
    """(name, description's text)."""
    for path in reports.of_tree():
        yield pytest.param(path.read_text(encoding="utf-8"), id=path.stem)
    yield pytest.param(reports.HOSTILE, id="hostile")
    yield pytest.param(reports.widest(), id="widest")
    yield pytest.param(SCHEDULE.read_text(encoding="utf-8"), id="schedule")
    yield pytest.param(reports.crowded(), id="crowded")


@pytest.fixture
def show(browser, tmp_path, request):
    """show(text, size, scheme): shows the page; it is kept beside the tests' logs."""

    def shown(text, size=LAPTOP, scheme="light"):
        (tmp_path / "s.toml").write_text(text, encoding="utf-8")
        folder = logs.of_test(request.node.nodeid)
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / "report.html"
        page.write_text(reports.page(tmp_path / "s.toml"), encoding="utf-8")
        browser.show(page, *size, scheme)

    return shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", systems())
def test_what_is_drawn(browser, show, text, scheme):
    show(text, scheme=scheme)
    wrong = {what: found for what, script in SCRIPTS.items() if (found := measure(browser, script))}
    assert not wrong
    measure(browser, "all('details').map(e => { e.open = true; return 0; })")
    assert {what for what, script in SCRIPTS.items() if measure(browser, script)} == set()


@pytest.mark.parametrize("text", systems())
def test_bars_are_to_scale(browser, show, text):
    show(text)
    parts = measure(browser, "all('.part').map(e => ({bar: e.dataset.bar, size: +e.dataset.size, ...box(e)}))")
    assert {part["bar"] for part in parts} == {"machine", "objects", "programs"}
    for name in ("machine", "objects", "programs"):
        bar = [part for part in parts if part["bar"] == name]
        width, size = bar[-1]["right"] - bar[0]["left"], sum(part["size"] for part in bar)
        for part, after in zip(bar, [*bar[1:], None]):
            assert abs(part["width"] - width * part["size"] / size) < ROUNDING
            assert after is None or abs(part["right"] - after["left"]) < ROUNDING


def test_windows_are_where_the_table_has_them(browser, show):
    show(SCHEDULE.read_text(encoding="utf-8"))
    for number, schedule in enumerate(description.load(SCHEDULE, "riscv").schedules):
        bars = measure(browser, f"all('#schedule-{number} .window').map(e => ({{name: e.dataset.window, start: +e.dataset.start, ...box(e)}}))")
        assert [(bar["name"], bar["start"]) for bar in bars] == [(window.partition, window.at) for window in schedule.windows]
        axis, = measure(browser, f"all('#schedule-{number} .edge').map(box)")
        scale = axis["width"] / schedule.frame
        for bar, window in zip(bars, schedule.windows):
            assert abs(bar["left"] - axis["left"] - scale * window.at) < ROUNDING and abs(bar["width"] - scale * window.length) < ROUNDING
        rows = {bar["name"]: bar["top"] for bar in bars}
        assert all(bar["top"] == rows[bar["name"]] for bar in bars) and len(set(rows.values())) == len(rows)
        pads = measure(browser, f"all('#schedule-{number} .pad').map(e => ({{name: e.dataset.pad, ...box(e)}}))")
        assert [(pad["name"], pad["left"]) for pad in pads] == [(bar["name"], bar["left"]) for bar in bars if schedule.pad]
        slack = measure(browser, f"all('#schedule-{number} .slack').map(e => e.dataset.slack)")
        assert slack == [schedule.slack] if schedule.slack else slack == []


def test_a_window_of_a_telephone(browser, show):
    """Tables may be wider: they scroll by themselves, the page does not."""
    show(reports.widest(), (390, 800))
    assert measure(browser, SCRIPTS["page is no wider than the window"]) == []


def test_the_scheme_is_followed(browser, show):
    found = []
    for scheme in ("light", "dark"):
        show(reports.HOSTILE, scheme=scheme)
        found.append(measure(browser, "light(behind(document.body)) > 0.5"))
    assert found == [True, False]


def test_nothing_runs_and_nothing_is_fetched(browser, show):
    show(reports.HOSTILE)
    asked = [parameters["request"]["url"] for method, parameters in browser.events if method == "Network.requestWillBeSent"]
    assert len(asked) == 1 and asked[0].endswith("report.html")
    told = [event for event in browser.events if event[0] in ("Log.entryAdded", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening")]
    assert not told
    assert measure(browser, "all('script, img, b, i, u')") == []


def test_lines_can_be_followed(browser, show):
    """Every number of a line leads to that line of the text."""
    show((paths.TOP / "systems" / "channels.toml").read_text(encoding="utf-8"))
    found = measure(browser, "all('a[href^=\"#line-\"]').map(e => [e.textContent, document.querySelector(e.getAttribute('href')).textContent])")
    assert ["16", "16[partition.bell]"] in found and len(found) > 8
    assert all(line.startswith(name[-2:].strip()) for name, line in found)


def test_the_graph_shows_who_is_there(browser, show):
    show((paths.TOP / "systems" / "channels.toml").read_text(encoding="utf-8"))
    assert set(measure(browser, "all('#authority-graph .box').map(e => e.dataset.name)")) \
        == {"monitor", "console", "adder", "clock", "reader", "bell", "rtc"}
    ends = measure(browser, "all('#authority-graph .channel').map(e => ['start', 'end'].map(end => getComputedStyle(e)['marker-' + end]))")
    assert ends == [['url("#open")', 'url("#full")'], ['url("#open")', 'url("#full")'], ["none", 'url("#full")']]
