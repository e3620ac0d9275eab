# SPDX-License-Identifier: BSD-2-Clause
"""Chromium without a window, over the DevTools protocol: messages of JSON, each ended by a zero byte, on the browser's file descriptors 3 and 4."""

import fcntl
import json
import os
import select
import subprocess
import time

WAIT = 120  # seconds, for any one answer
FIRST_FREE = 10  # so that a descriptor of ours is never one of the browser's


def pipe():
    """A pipe's (reading, writing) end."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for end in ends)
    for end in ends:
        os.close(end)
    return moved


class Browser:
    """One browser with one page. EVENTS are what it told unasked: (method, parameters)."""

    def __init__(self, profile):
        its_in, self.out = pipe()
        self.inward, its_out = pipe()
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        # bash, since sh need not know descriptors of two digits.
        self.process = subprocess.Popen(["bash", "-c", f'exec "$@" 3<&{its_in} 4>&{its_out}', "bash", *command], pass_fds=(its_in, its_out),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(its_in)
        os.close(its_out)
        self.count = 0
        self.buffer = b""
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def read(self, deadline):
        """The next message."""
        while b"\0" not in self.buffer:
            if not select.select([self.inward], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            data = os.read(self.inward, 1 << 16)
            if not data:
                raise EOFError("the browser has ended")
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        """What the browser answers."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters, **({"sessionId": self.session} if self.session else {})}
        os.write(self.out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + WAIT
        while True:
            answer = self.read(deadline)
            if answer.get("id") == self.count:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append((answer.get("method"), answer.get("params")))

    def show(self, path, width, height, scheme):
        """Loads a page in a window of that size, in a light or dark scheme."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        page = self.call("Page.navigate", url=path.as_uri())["loaderId"]
        deadline = time.monotonic() + WAIT
        while not any(method == "Page.lifecycleEvent" and (told["loaderId"], told["name"]) == (page, "load") for method, told in self.events):
            message = self.read(deadline)
            self.events.append((message.get("method"), message.get("params")))

    def evaluate(self, script):
        """The value of an expression on the page, which no policy of the page keeps from being looked at."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def close(self):
        """Ends the browser and all that it started."""
        os.close(self.out)  # it ends when nobody can tell it anything any more
        try:
            self.process.wait(timeout=WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.inward)
