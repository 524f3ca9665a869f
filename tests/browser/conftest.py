"""One real server and one browser for all browser tests, and pages that fail on any complaint."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.gate import Gate
from tests.browser.server import ROOT, Server, temporary_folder
from tests.browser.site import Site
from tests.machine import CHROMIUM_FLAGS, headless_chromium, must_have_everything

#: How long a fact may take to come true on a busy machine, ms.
PATIENCE_MS = 60_000
DESKTOP = {"width": 1440, "height": 900}

expect.set_options(timeout=PATIENCE_MS)

# Written before any page script runs: notes policy violations and every state a node went through.
RECORDER = """
(() => {
  window.__violations = []
  document.addEventListener('securitypolicyviolation', event =>
    window.__violations.push(`${event.violatedDirective}: ${event.blockedURI}`))
  window.__states = {}
  const note = element => {
    const { state } = element.dataset
    const name = element.getAttribute('aria-label')
    if (!state || !name) return
    const seen = window.__states[name] ??= []
    if (seen.at(-1) !== state) seen.push(state)
  }
  new MutationObserver(changes => {
    for (const change of changes) {
      if (change.type === 'attributes') note(change.target)
      for (const added of change.addedNodes)
        if (added.querySelectorAll) added.querySelectorAll('section[data-state]').forEach(note)
    }
  }).observe(document, { subtree: true, childList: true, attributeFilter: ['data-state'] })
})()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, and leave it out with a sentence where a part is missing."""
    reasons = []
    if headless_chromium() is None:
        reasons.append("Chromium was not found; on Debian: apt-get install chromium")
    if not (ROOT / "canvas/static/canvas/manifest.json").is_file():
        reasons.append("the frontend is not built; make run builds it")
    for item in items:
        if not Path(item.path).is_relative_to(Path(__file__).parent):
            continue
        item.add_marker(pytest.mark.browser)
        if reasons and not must_have_everything():
            item.add_marker(pytest.mark.skip(reason="; ".join(reasons)))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the Chromium of this machine."""
    path = headless_chromium()
    assert path, "Chromium was not found; on Debian: apt-get install chromium"
    return {**browser_type_launch_args, "executable_path": path, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def gate() -> Iterator[Gate]:
    """A web server whose answers wait for the test."""
    gate = Gate()
    yield gate
    gate.close()


@pytest.fixture(scope="session")
def started(gate: Gate) -> Iterator[Server]:
    """The server all tests share."""
    with temporary_folder() as folder:
        server = Server(Path(folder), fetch_allow=gate.origin)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def server(started: Server) -> Server:
    """The shared server, running again if a test before has killed it."""
    started.start()
    return started


@pytest.fixture(scope="session")
def cookies() -> dict[Server, Any]:
    """The cookies of the user of each server."""
    return {}


@pytest.fixture
def logged_in(started: Server, browser: Browser, cookies: dict[Server, Any]) -> Any:
    """The cookies of a user who has opened the one-time link of the server."""
    if started not in cookies:
        cookies[started] = _log_in(started, browser)
    return cookies[started]


def _log_in(server: Server, browser: Browser) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.login_link)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{server.url}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def site(server: Server, logged_in: Any) -> Iterator[Site]:
    """The API as the same user, to prepare and to check what a page has done."""
    with Site(server.url, logged_in) as site:
        yield site


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained about; a test takes out what it provoked on purpose."""
    return []


@pytest.fixture
def new_page(
    browser: Browser, server: Server, logged_in: Any, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open pages as the signed-in user; at the end none of them may have complained."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def listen(page: Page) -> None:
        page.on("console", lambda message: _note(complaints, message))
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        page.on("crash", lambda _: complaints.append("the page crashed"))

    def open_page(*, context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            usual = {"viewport": DESKTOP, "color_scheme": "dark", "storage_state": logged_in}
            merged = {**usual, **options}
            context = browser.new_context(base_url=server.url, accept_downloads=True, **merged)
            context.set_default_timeout(PATIENCE_MS)
            context.add_init_script(RECORDER)
            contexts.append(context)
        page = context.new_page()
        listen(page)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        if not page.is_closed():
            complaints.extend(page.evaluate("window.__violations ?? []"))
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of the signed-in user."""
    return new_page()


@pytest.fixture
def canvas(page: Page) -> Canvas:
    """The editor in that page; open a workflow first."""
    return Canvas(page)


def screenshots_wanted() -> bool:
    """Return whether the images of the documentation are to be taken again."""
    return os.environ.get("PATCHBAY_SCREENSHOTS") == "1"


# What Chromium itself says of a refusal by the API; tests look at the responses themselves.
_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    if message.type not in ("error", "warning"):
        return
    url = message.location["url"]
    if _STATUS.match(message.text) and ("/api/" in url or "/app/" in url):
        return
    complaints.append(f"console {message.type}: {message.text}")


def forget_aborted(complaints: list[str]) -> None:
    """Take out what Chromium says of requests that a test has aborted, of which there are some."""
    provoked = [said for said in complaints if "ERR_FAILED" in said]
    assert provoked
    complaints[:] = [said for said in complaints if said not in provoked]
