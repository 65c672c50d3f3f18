"""Chromium without a window, driven by the DevTools protocol over two pipes: no server, no port, no package."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60.0
"""Seconds for which an answer is waited for; no test passes or fails by a time."""

_FRAME = """(selector) => {
    const one = document.querySelector(selector);
    one.scrollIntoView({block: "center", behavior: "instant"});
    const frame = one.getBoundingClientRect();
    return [frame.x, frame.y, frame.width, frame.height];
}"""


def program() -> str | None:
    """The browser's path; None where none is installed."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Browser:
    """One tab: what it was told, what it complained of, and what it asked the network for."""

    def __init__(self, process: subprocess.Popen[bytes], write: int, read: int) -> None:
        self._process, self._write, self._read = process, write, read
        self._selector = selectors.DefaultSelector()
        self._selector.register(read, selectors.EVENT_READ)
        self._buffer = b""
        self._last = 0
        self._session = ""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._loaded = 0
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.complaints.clear()
        self.requests.clear()
        before = self._loaded
        self._call("Page.navigate", url=path.as_uri())
        deadline = time.monotonic() + PATIENCE
        while self._loaded == before:
            self._take(deadline)
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def run(self, script: str) -> Any:
        """The value of a script in the page, awaited."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def size(self, width: int, height: int) -> None:
        """Make the window that large, in pixels."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def media(self, theme: str = "light", kind: str = "") -> None:
        """Prefer a light or dark theme; `kind` "print" lays out for paper."""
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self._call("Emulation.setEmulatedMedia", media=kind, features=features)

    def key(self, name: str) -> None:
        """Press and release a key."""
        text = {"text": name} if len(name) == 1 else {}
        self._call("Input.dispatchKeyEvent", type="keyDown", key=name, code=name, **text)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=name, code=name)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at a point, move it, and let go."""
        left = {"button": "left", "clickCount": 1}
        self._call("Input.dispatchMouseEvent", type="mouseMoved", x=start[0], y=start[1])
        self._call("Input.dispatchMouseEvent", type="mousePressed", x=start[0], y=start[1], **left)
        self._call("Input.dispatchMouseEvent", type="mouseMoved", x=end[0], y=end[1], buttons=1)
        self._call("Input.dispatchMouseEvent", type="mouseReleased", x=end[0], y=end[1], **left)

    def click(self, selector: str) -> None:
        """Click the middle of the element, which is scrolled into view."""
        x, y = self.middle(selector)
        self.drag((x, y), (x, y))

    def middle(self, selector: str) -> tuple[float, float]:
        """The middle of an element, which is scrolled into view."""
        x, y, width, height = self.run(f"({_FRAME})({json.dumps(selector)})")
        return x + width / 2, y + height / 2

    def hover(self, x: float, y: float) -> None:
        """Move the mouse to a point."""
        self._call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def screenshot(self, path: Path, whole: bool = True) -> None:
        """Write a picture of the page, by default of the whole of it."""
        shot = self._call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self) -> bytes:
        """Print the page."""
        return base64.b64decode(self._call("Page.printToPDF", printBackground=True)["data"])

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._take(deadline)
            if answer.get("id") == self._last:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])

    def _take(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            assert self._selector.select(max(deadline - time.monotonic(), 0)), "the browser does not answer"
            self._buffer += os.read(self._read, 1 << 20)
        line, self._buffer = self._buffer.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        self._note(message)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded += 1
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str(params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser that is installed, and end it."""
    path = program()
    assert path is not None
    down, write = os.pipe()
    read, up = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
            "--hide-scrollbars", "--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}",
        )  # fmt: skip
        script = f'exec "$0" "$@" 3<&{down} 4>&{up}'
        process = subprocess.Popen(
            ["bash", "-c", script, path, *flags],
            pass_fds=(down, up), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(down)
        os.close(up)
        try:
            yield Browser(process, write, read)
        finally:
            os.close(write)
            os.close(read)
            process.terminate()
            process.wait(timeout=PATIENCE)
