# SPDX-License-Identifier: BSD-2-Clause
"""What a report shows of a trace: windows measured against planned, whose the time was; and that it takes no other file for one."""

import json
import re
from xml.etree import ElementTree

import pytest

from composer import description, report_trace

TEXT = '[partition.a]\npriority = 100\n[partition."b-2"]\npriority = 90\n'.replace('"', "")
FRAME = 10_000


def window(number, domain, planned, late):
    return {"table": "the schedule of 'normal'", "window": number, "domain": domain, "planned": planned, "start": planned + late, "end": planned + late + 100}


def data(**changes):
    """Three frames of two windows, 2 and 3 microseconds late in the first and one more in each frame."""
    windows = [window(number, domain, frame * FRAME + at, late + frame) for frame in range(3) for number, domain, at, late in ((0, "a", 0, 2), (1, "b-2", 4000, 3))]
    runs = [{"partition": each["domain"], "start": each["start"], "end": each["start"] + 1000} for each in windows]
    return {"microseconds": 3 * FRAME, "lost": 0, "time": {"a": 3000, "b-2": 3000, "idle": 24000}, "windows": windows, "runs": runs, **changes}


@pytest.fixture
def system(tmp_path):
    path = tmp_path / "made.toml"
    path.write_text(TEXT, encoding="utf-8")
    return description.load(path, "riscv")


def text_of(about=None, **changes):
    return json.dumps({"traceEvents": [], "otherData": about or {"system": "made", "architecture": "riscv"}, "bulkhead": data(**changes)})


def made(system, **changes):
    return report_trace.make(system, report_trace.read("t.json", text_of(**changes), system))


def test_windows_measured_against_planned(system):
    page = made(system)
    rows = [re.sub("<[^>]*>", "|", row) for row in re.findall("<tr>.*?</tr>", page)]
    assert any(re.search(r"\|0\|+a\|+3\|+2.000 us\|+3.000 us\|+4.000 us", row) for row in rows)
    assert any(re.search(r"\|1\|+b-2\|+3\|+3.000 us\|+4.000 us\|+5.000 us", row) for row in rows)
    assert any("3.000 ms" in row and "10.0%" in row for row in rows)


def test_the_chart_has_one_frame_to_scale(system):
    chart = ElementTree.fromstring(re.search("<svg.*</svg>", made(system), re.DOTALL)[0])
    planned = [shape for shape in chart.iter("rect") if shape.get("class") == "planned"]
    ran = [shape for shape in chart.iter("rect") if shape.get("class") in ("c2", "c3")]
    width = report_trace.RIGHT - report_trace.LEFT
    assert [float(shape.get("x")) for shape in planned] == [report_trace.LEFT, report_trace.LEFT + width * .4]
    assert [round(float(shape.get("width"))) for shape in planned] == [round(width * .4), round(width * .6)]
    assert [round(float(shape.get("width"))) for shape in ran] == [round(width * .1)] * 2
    assert "begun 2.000 us later" in planned[0].find("title").text


def test_without_tables_there_is_the_time(system):
    page = made(system, windows=[])
    assert "<svg" not in page and "Whose the time was" in page


def test_what_is_lost_is_told(system):
    assert "12 records before that are lost" in made(system, lost=12)


@pytest.mark.parametrize("text, message", [
    ("", "JSONDecodeError"),
    ("[]", "TypeError"),
    ("{}", "KeyError: 'bulkhead'"),
    (text_of(windows=[{"table": "x", "domain": "a"}]), "windows: window is no number"),
    (text_of(windows=5), "there is no list 'windows'"),
    (text_of(microseconds="x"), "microseconds is no number"),
    (text_of(microseconds=0), "it has no length"),
    (text_of(microseconds=float("nan")), "microseconds is too large a number"),
    (text_of(time={"a": float("inf")}), "time is too large a number"),
    (text_of(lost=10 ** 400), "lost is too large a number"),
    (text_of(["system", "architecture"]), "AttributeError"),
    ("[" * 100000, "RecursionError"),
    (text_of({"system": "other", "architecture": "riscv"}), "is a trace of 'other' on riscv, not of 'made' on riscv"),
])
def test_no_other_file_counts(system, text, message):
    with pytest.raises(report_trace.BadTrace, match=re.escape(message)):
        report_trace.read("t.json", text, system)


def test_texts_of_a_file_are_no_markup(system):
    page = made(system, time={"<script>": 5}, windows=[window(0, "<b>", 0, 1), window(0, "<b>", 10, 1)], runs=[{"partition": "<i>", "start": 1, "end": 2}])
    assert "<script>" not in page and "<b>" not in page and "<i>" not in page
