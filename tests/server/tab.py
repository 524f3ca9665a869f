"""A hidden tab of a real Chromium: no frames are drawn for it, and its timers are slowed down.

Playwright keeps every page visible, so this speaks the browser's own protocol.
"""

from __future__ import annotations

import json
import re
import subprocess
from itertools import count
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import connect

from tests.machine import CHROMIUM_FLAGS, chromium
from tests.waiting import wait_until


class HiddenTab:
    """A tab behind another one in the same window."""

    def __init__(self, folder: Path, origin: str, cookies: dict[str, str]) -> None:
        path = chromium()
        assert path, "Chromium was not found"
        flags = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
        self._log = folder.with_suffix(".log")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [path, *CHROMIUM_FLAGS, *flags, "about:blank"], stdout=log, stderr=log
            )
        wait_until(lambda: self._url() is not None, 60)
        self._origin, self._cookies, self._ids = origin, cookies, count(1)

    def __enter__(self) -> Self:
        self._opening = connect(str(self._url()), max_size=None)
        self._socket = self._opening.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._opening.__exit__(None, None, None)
        self._process.kill()
        self._process.wait()

    def open(self, path: str) -> None:
        """Open a page, and another one before it."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for name, value in self._cookies.items():
            self._tell("Network.setCookie", name=name, value=value, url=self._origin)
        script = "window.__patchbay = {}"
        self._tell("Page.enable")
        self._tell("Page.addScriptToEvaluateOnNewDocument", source=script)
        self._tell("Page.navigate", url=f"{self._origin}{path}")
        wait_until(lambda: self.find("!!window.__patchbay?.store"), 120)
        front = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._call("Target.activateTarget", targetId=front)
        wait_until(lambda: self.find("document.visibilityState") == "hidden", 60)

    def find(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        found = self._tell(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        return found["result"].get("value")

    def _tell(self, method: str, **params: Any) -> Any:
        return self._call(method, self._session, **params)

    def _call(self, method: str, session: str | None = None, **params: Any) -> Any:
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        while True:
            found = json.loads(self._socket.recv(timeout=120))
            if found.get("id") == number:
                assert "result" in found, found
                return found["result"]

    def _url(self) -> str | None:
        found = re.search(r"ws://\S+", self._log.read_text(errors="replace"))
        return found.group(0) if found else None
