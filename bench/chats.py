"""Measures the canvas while 50 chats are at work, 32 at once: `python bench/chats.py`.

A server on this machine speaks as OpenAI's does and sends 40 pieces of text a second to each chat.
The page is panned without a run and during it; frames are compared, and the main thread's time.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests import environment  # noqa: E402, F401 - says where data lies
from tests.browser.server import Server, temporary_folder  # noqa: E402
from tests.browser.site import Site  # noqa: E402
from tests.machine import CHROMIUM_FLAGS, chromium  # noqa: E402
from tests.waiting import wait_until  # noqa: E402

CHATS, PIECES_A_SECOND, PAN_SECONDS = 50, 40, 6.0
#: Px from the window's top to the pane, which is dragged by its empty edge.
TOP = 60
#: Collects the time between frames until it is told to stop.
FRAMES = """() => { window.frames_ = []; let last = performance.now()
  const tick = now => { window.frames_.push(now - last); last = now
    window.going_ = requestAnimationFrame(tick) }
  window.going_ = requestAnimationFrame(tick) }"""


class Talker(BaseHTTPRequestHandler):
    """Answers every chat with words until `ends` is set."""

    protocol_version = "HTTP/1.1"
    ends = threading.Event()

    def do_GET(self) -> None:
        body = json.dumps({"data": [{"id": "talker", "object": "model"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        number = 0
        while not self.ends.is_set():
            number += 1
            self._event({"choices": [{"index": 0, "delta": {"content": f"word {number} "}}]})
            time.sleep(1 / PIECES_A_SECOND)
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, value: Any) -> None:
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


class Talking(ThreadingHTTPServer):
    """Takes all chats at once."""

    daemon_threads = True
    request_queue_size = 2 * CHATS

    def handle_error(self, *arguments: object) -> None:
        """Keep quiet about who has hung up."""


def panned(page: Page, session: Any) -> tuple[list[float], float, float]:
    """Pan for a while; return the frames (ms), the main thread's share, and the seconds."""

    def busy() -> float:
        rows = session.send("Performance.getMetrics")["metrics"]
        return float(next(row["value"] for row in rows if row["name"] == "TaskDuration"))

    page.evaluate(FRAMES)
    began, before = time.monotonic(), busy()
    page.mouse.move(700, 6 + TOP)
    page.mouse.down()
    while time.monotonic() - began < PAN_SECONDS:
        angle = (time.monotonic() - began) * 3
        page.mouse.move(700 + 120 * math.sin(angle), TOP + 120 - 114 * math.cos(angle))
        page.wait_for_timeout(16)
    page.mouse.up()
    seconds = time.monotonic() - began
    share = (busy() - before) / seconds
    frames = page.evaluate("() => { cancelAnimationFrame(window.going_); return window.frames_ }")
    return frames[1:], share, seconds


def said(name: str, found: tuple[list[float], float, float]) -> None:
    """Print one row."""
    frames, share, seconds = found
    high = statistics.quantiles(frames, n=20)[18]
    print(
        f"{name:<26} {len(frames) / seconds:5.1f} frames/s, 95th frame {high:5.1f} ms, "
        f"main thread {share:5.0%}"
    )


def main() -> None:
    """Print frames of the canvas without and with 50 chats at once."""
    talker = Talking(("127.0.0.1", 0), Talker)
    threading.Thread(target=talker.serve_forever, daemon=True).start()
    with temporary_folder() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        try:
            measure(browser, server, f"http://127.0.0.1:{talker.server_address[1]}/v1")
        finally:
            Talker.ends.set()
            browser.close()
            server.stop()


def measure(browser: Browser, server: Server, url: str) -> None:
    """Run the chats on one page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(server.login_link)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{server.url}/")
    with Site(server.url, context.storage_state()) as site:
        site.post("/api/servers", {"name": "Talker", "baseUrl": url})
        look(page, site, server.url)


def look(page: Page, site: Site, url: str) -> None:
    """Open the workflow and compare."""
    nodes = [
        {
            "id": f"chat{number}",
            "type": "chat",
            "position": {"x": 360 * (number % 10), "y": 440 * (number // 10)},
            "data": {"prompt": "Talk.", "model": "talker/talker"},
        }
        for number in range(CHATS)
    ]
    edges = [
        {"id": f"e{number}", "source": "words", "target": node["id"]}
        | {"sourceHandle": "text-out", "targetHandle": "prompt-in"}
        for number, node in enumerate(nodes)
    ]
    words = {"id": "words", "type": "textBox", "position": {"x": -400, "y": 0}}
    body = {"nodes": [*nodes, {**words, "data": {"text": "Talk."}}], "edges": edges}
    slug = site.post("/api/workflows", {"name": "Chats", **body})["slug"]
    page.goto(f"{url}/app/editor/{slug}")
    page.locator("section[data-state]").first.wait_for()
    page.keyboard.press("Shift+1")
    cards = page.locator("section[data-state]")
    wait_until(lambda: cards.count() > CHATS, 30)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    said("pan, no run", panned(page, session))
    page.get_by_role("button", name="Run", exact=False).first.click()
    # Said by the canvas once many are at work.
    page.locator("[data-calm] pre[data-growing]").first.wait_for()
    (run, *_) = site.get("/api/executions")
    rows = site.get(f"/api/executions/{run['executionId']}")["nodes"]
    streaming = sum(row["status"] == "running" for row in rows)
    said(f"pan, {streaming} of {CHATS} stream", panned(page, session))


if __name__ == "__main__":
    main()
