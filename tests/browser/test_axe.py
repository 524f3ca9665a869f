"""What axe finds on the pages, in both themes: nothing serious, and all of it in landmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.server import ROOT
from tests.browser.site import Site, node, wire

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
#: Rules of lesser weight that hold all the same.
ALSO = {"region"}


def faults(page: Page) -> list[str]:
    """List what axe finds as "rule: element"."""
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        """async () => {
            const options = { resultTypes: ['violations'],
                              rules: { 'label-content-name-mismatch': { enabled: true } } }
            return (await axe.run(document, options)).violations
        }"""
    )
    return [
        f"{fault['id']}: {where['html'][:160]} {where['failureSummary'][:200]}"
        for fault in found
        if fault["impact"] in ("serious", "critical") or fault["id"] in ALSO
        for where in fault["nodes"]
    ]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_serious_on_any_page(
    new_page: Callable[..., Page], site: Site, theme: str
) -> None:
    page = new_page(color_scheme=theme)
    slug = site.create(
        f"Checked in {theme}",
        [
            node(
                "in",
                "requestInput",
                0,
                0,
                fields=[{"name": "photo", "type": "image"}, {"name": "words", "type": "text"}],
            ),
            node("g", "gradient", 400, 0, width=64, height=64),
            node("o", "responseOutput", 800, 0),
        ],
        [wire("g", "image", "o", "result")],
    )
    for at in range(10):  # a number of one digit is not looked at
        site.create(f"Counted in {theme} {at}", [])
    found: dict[str, list[str]] = {}

    def look(place: str) -> None:
        expect(page.locator("[role=status][aria-label^=Loading]")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        found[place] = faults(page)

    canvas = Canvas(page)
    canvas.open(slug)
    canvas.settled()
    look("editor")
    for place in ("/", "/templates", "/runs", "/queue", "/runners", "/settings", f"/play/{slug}"):
        page.goto(place)
        expect(page.locator("main")).to_be_visible()
        look(place)
    page.context.clear_cookies()
    page.goto("/login")
    look("/login")
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
