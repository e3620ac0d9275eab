#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the pictures of docs/timing.md, by hand and where what they show has changed: of the report of the cockpit, with a trace of it, as Chromium draws it."""

import base64
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tools")]

from harness.browser import Browser  # noqa: E402: the path must be set first

PICTURES = TOP / "docs" / "pictures"
WIDTH, HEIGHT = 1100, 4000
SHOWN = {"schedule.png": "#schedule svg", "measured.png": "#measured svg"}
PLACE = "(() => {{ const box = document.querySelector('{}').getBoundingClientRect(); return [box.x, box.y, box.width, box.height].join(' '); }})()"


HEAD = 33  # bytes of a PNG's signature and first chunk
LICENCE = b"Copyright\0SPDX-License-Identifier: BSD-2-Clause"


def licensed(picture):
    """The PNG with a text chunk that has the licence line."""
    chunk = b"tEXt" + LICENCE
    return picture[:HEAD] + struct.pack(">I", len(LICENCE)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + picture[HEAD:]


def take(browser, selector):
    """The bytes of a picture of the first such element."""
    found = browser.call("Runtime.evaluate", expression=PLACE.format(selector), returnByValue=True)["result"]["value"]
    x, y, width, height = map(float, found.split())
    clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
    return base64.b64decode(browser.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"])


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trace, page = pathlib.Path(folder) / "trace.json", pathlib.Path(folder) / "report.html"
        subprocess.run([TOP / "bulkhead", "trace", "cockpit", "--icount", "--after", "4000", "-o", trace], check=True)
        subprocess.run([TOP / "bulkhead", "report", "cockpit", "--trace", trace, "-o", page], check=True)
        PICTURES.mkdir(exist_ok=True)
        browser = Browser(pathlib.Path(folder) / "profile")
        browser.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False)
        browser.call("Page.navigate", url=page.as_uri())
        browser.call("Runtime.evaluate", expression="new Promise(done => setTimeout(done, 1000))", awaitPromise=True)
        for name, selector in SHOWN.items():
            (PICTURES / name).write_bytes(licensed(take(browser, selector)))
        browser.process.terminate()
        browser.process.wait()


if __name__ == "__main__":
    main()
