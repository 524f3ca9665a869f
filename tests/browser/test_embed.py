"""The playground in a frame of another site: shown where its owner allows it, and there alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.server import Server
from tests.browser.site import Site
from tests.browser.test_look import DESKTOP
from tests.browser.test_playground import poster


@pytest.fixture
def shop() -> Iterator[tuple[str, dict[str, str]]]:
    """Another site: its origin, and its pages by path."""
    pages: dict[str, str] = {}

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Another name of this machine is another site than 127.0.0.1.
    yield f"http://localhost:{server.server_port}", pages
    server.shutdown()
    server.server_close()


def test_a_page_of_another_site_embeds_runs_and_calls_what_is_public(
    browser: Browser, server: Server, site: Site, logged_in: Any, shop: Any
) -> None:
    origin, pages = shop
    meta: dict[str, Any] = {"publicPlayground": True, "publicRun": True}
    allowed = poster(site, "Embedded", **meta, embedOrigins=[origin])
    refused = poster(site, "Not embedded", **meta, embedOrigins=["https://other.example"])
    for slug in (allowed, refused):
        pages[f"/{slug}"] = (
            f'<iframe src="{server.url}/play/{slug}" width=1200 height=800></iframe>'
        )
    # Logged in here: the frame of another site has no part in that.
    context = browser.new_context(storage_state=logged_in, viewport=DESKTOP)
    try:
        page = context.new_page()
        page.goto(f"{origin}/{allowed}")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Embedded", exact=True)).to_be_visible()
        expect(frame.get_by_role("link", name="Open in editor")).to_be_hidden()
        frame.get_by_label("Words", exact=True).fill("From a shop")
        frame.get_by_role("button", name="Run", exact=True).click()
        expect(frame.get_by_role("region", name="Result").get_by_role("img").first).to_be_visible(
            timeout=30_000
        )
        called = page.evaluate(
            """async at => {
                const said = async (path, options) => {
                    try { return (await fetch(at + path, options)).status }
                    catch { return 'refused' }
                }
                const json = { 'Content-Type': 'application/json' }
                return [
                    await said('/api/workflows/embedded/public-schema'),
                    await said('/api/workflows/embedded/public-run',
                        { method: 'POST', headers: json, body: '{"inputs": {"words": "x"}}' }),
                    await said('/api/workflows', { credentials: 'include' }),
                    await said('/api/workflows',
                        { method: 'POST', headers: json, body: '{}', credentials: 'include' }),
                ]
            }""",
            server.url,
        )
        assert called == [200, 202, "refused", "refused"]
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(f"{origin}/{refused}")
        expect(page.frame_locator("iframe").get_by_role("heading")).to_have_count(0)
    finally:
        context.close()
