"""Chromium without a window, driven over its debugging pipe: one page, keys, pictures."""

import base64
import json
import os
import select
import shutil
import subprocess
import time

SECONDS = 60
SWITCHES = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio"),
    *("--disable-extensions", "--disable-background-networking", "--disable-dev-shm-usage"),
    *("--disable-component-update", "--hide-scrollbars", "--remote-debugging-pipe"),
)
CODES = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "Enter": 13}
CODES |= {"Home": 36, "End": 35, "Escape": 27, " ": 32, "Tab": 9}


def chromium():
    """The program, None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One page of Chromium.

    Args:
        folder: for its profile.
    """

    def __init__(self, folder):
        theirs, self._out = os.pipe()
        self._in, back = os.pipe()
        command = f'exec "$0" "$@" 3<&{theirs} 4>&{back}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, chromium(), *SWITCHES, f"--user-data-dir={folder}"],
            pass_fds=(theirs, back),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(back)
        self._waiting, self._number, self._session = b"", 0, None
        self.troubles = []  # exceptions of scripts, what the page's policy refused
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        attached = self.tell("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")

    def tell(self, method, **arguments):
        """Have something done; returns the answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": arguments}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (found := self._read()).get("id") != self._number:
            self._note(found)
        assert "error" not in found, (method, found["error"])
        return found["result"]

    def _note(self, message):
        what = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.troubles.append(what["exceptionDetails"])
        elif message.get("method") == "Log.entryAdded" and what["entry"]["level"] == "error":
            self.troubles.append(what["entry"])

    def _read(self):
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self._waiting:
            ready, _, _ = select.select([self._in], [], [], max(0, deadline - time.monotonic()))
            assert ready, "the browser says nothing"
            more = os.read(self._in, 1 << 20)
            assert more, "the browser is gone"
            self._waiting += more
        message, _, self._waiting = self._waiting.partition(b"\0")
        return json.loads(message)

    def resize(self, width, height=800, dark=False):
        """Give the page a size in pixels, by day or by night."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            **{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url, until):
        """Go to an address, from a blank page, and wait until something holds there."""
        self.tell("Page.navigate", url="about:blank")
        self.wait("location.href === 'about:blank'")
        self.troubles.clear()
        self.tell("Page.navigate", url=url)
        self.wait(f"location.href !== 'about:blank' && ({until})")

    def evaluate(self, expression):
        """Value of an expression of JavaScript, of what it promises if it is a promise."""
        answer = self.tell(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition):
        """Wait until a condition holds; asks anew, since a page may go away meanwhile."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                if self.evaluate(f"Boolean({condition})"):
                    return
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
            assert time.monotonic() < deadline, (condition, self.troubles, self.text())

    def press(self, *keys):
        """Press keys, one after the other."""
        for key in keys:
            code = CODES.get(key) or ord(key.upper())
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            what = {"key": key, "windowsVirtualKeyCode": code}
            self.tell("Input.dispatchKeyEvent", type="keyDown", **what, text=text)
            self.tell("Input.dispatchKeyEvent", type="keyUp", **what)

    def text(self, selector="body"):
        """What is to be read in an element."""
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")

    def picture(self, path=None):
        """PNG of the whole page; written to a file if it is named."""
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        taken = self.tell("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        data = base64.b64decode(taken["data"])
        if path is not None:
            path.write_bytes(data)
        return data

    def close(self):
        """End it."""
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        self._process.wait()
