"""What axe finds on the pages, in both themes: nothing serious, and all of it in landmarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.server import ROOT
from tests.browser.site import Site, edge, node

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
        [edge("g", "image", "o", "result")],
    )
    for at in range(10):  # a number of one digit is not looked at
        site.create(f"Counted in {theme} {at}", [])
    found: dict[str, list[str]] = {}

    def check(place: str) -> None:
        expect(page.locator("[role=status][aria-label^=Loading]")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        found[place] = faults(page)

    canvas = Canvas(page)
    canvas.open(slug)
    canvas.settled()
    check("editor")
    pages = ("/", "/templates", "/assets", "/models", "/runs", "/queue", "/runners", "/settings")
    for place in (*pages, f"/play/{slug}", f"/workflows/{slug}/history"):
        page.goto(place)
        expect(page.locator("main")).to_be_visible()
        check(place)
    page.context.clear_cookies()
    page.goto("/login")
    check("/login")
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_serious_beside_and_over_the_canvas(
    new_page: Callable[..., Page], site: Site, theme: str
) -> None:
    page = new_page(color_scheme=theme)
    slug = site.create(
        f"Panels in {theme}",
        [
            node("g", "gradient", 0, 0, width=320, height=200),
            node("b", "blurImage", 420, 0, radius=8),
            node("p", "preview", 840, 0),
        ],
        [edge("g", "image", "b", "image"), edge("b", "image", "p", "value")],
    )
    places: list[dict[str, Any]] = [{"x": 300, "y": 10, "node": "b"}, {"x": 60, "y": -90}]
    for text, place in zip(("Too soft for print", "Start here"), places, strict=True):
        site.post(f"/api/workflows/{slug}/comments", {"text": text, "anchor": place})
    site.post(f"/api/workflows/{slug}/versions", {"name": "Before the call"})
    canvas = Canvas(page)
    canvas.open(slug)
    canvas.run()
    canvas.done("Preview")
    found: dict[str, list[str]] = {}

    def check(place: str) -> None:
        page.wait_for_load_state("networkidle")
        found[place] = faults(page)
        look(page, f"axe-{place.replace(' ', '-')}")

    @contextmanager
    def panel(button: str, name: str) -> Iterator[Any]:
        """Open a panel of the rail, and close it again."""
        page.get_by_role("button", name=button, exact=True).click()
        region = page.get_by_role("region", name=name, exact=True)
        expect(region).to_be_visible()
        yield region
        region.get_by_role("button", name="Close").first.click()
        expect(region).to_be_hidden()

    with panel("Outline", "Outline"):
        check("outline")
    with panel("Assets", "Assets"):
        check("assets panel")
    with panel("History panel", "History") as history:
        history.get_by_role("button", name=re.compile("^Before the call")).click()
        check("history panel")
    with panel("Comments", "Comments") as comments:
        check("comments panel")
        comments.get_by_role("button", name=re.compile("Too soft for print")).click()
        thread = page.get_by_role("region", name="Comment by You on Blur")
        thread.get_by_role("textbox", name="Reply").fill("Sharper then, @a")
        check("comment thread")
        thread.get_by_role("button", name="Resolve").click()
        comments.get_by_role("button", name=re.compile("^Resolved")).click()
        check("resolved comments")
    # Variations: asked for, refused by a field, made, and looked at.
    canvas.select("Blur")
    inspector = page.get_by_role("complementary", name="Inspector")
    inspector.get_by_role("button", name="Variations").click()
    box = page.get_by_role("dialog", name="Variations of Blur")
    check("variations")
    values = box.get_by_role("textbox", name="Values of Radius")
    values.fill("2, 8, 9000")
    check("variations with a problem")
    values.fill("2, 8, 20")
    box.get_by_role("button", name="Run 3").click()
    expect(box.get_by_role("img")).to_have_count(3)
    first = box.get_by_role("button", name="Variation Radius 2", exact=True)
    first.focus()
    check("variations that are made")
    page.keyboard.press("Space")
    viewer = page.get_by_role("dialog", name="Viewer")
    expect(viewer.get_by_role("status").first).to_contain_text("of 3")
    check("viewer")
    viewer.get_by_role("combobox", name="Compare with").select_option(index=1)
    expect(viewer.get_by_role("slider", name="Divider of the two images")).to_be_visible()
    check("viewer comparing")
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
