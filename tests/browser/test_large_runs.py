"""Runs of thousands of nodes and results of megabytes: shown live and later, on a quick page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node

LENGTH = 5_000_000
#: How much of a page may be text; it shows beginnings of ten thousand characters.
SHOWN = 400_000


def text_in(page: Page) -> int:
    """Return how many characters the page holds."""
    return int(page.evaluate("document.body.textContent.length"))


def test_a_text_of_five_megabytes_shows_its_beginning_live_and_later(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Long",
        [
            node("t", "textBox", 0, 0, text="word " * (LENGTH // 5)),
            node("p", "preview", 420, 0),
            node("r", "responseOutput", 840, 0),
        ],
        [edge("t", "text", "p", "value"), edge("t", "text", "r", "result")],
    )
    canvas.open(slug)
    canvas.run()
    for _ in ("live", "later"):
        canvas.done("Preview")
        shown = canvas.card("Preview").locator("pre")
        expect(shown).to_contain_text("word word")
        expect(shown).to_contain_text("10,000 of 5,000,00")
        assert text_in(page) < SHOWN
        look(page, f"long-{_}")
        page.reload()
        canvas.ready()
    page.goto(f"/runs/{site.last_run(slug)['executionId']}")
    result = page.get_by_role("region", name="Result").locator("pre")
    expect(result).to_contain_text("10,000 of 5,000,000 characters")
    result.get_by_role("button", name="Show more").click()
    expect(result).to_contain_text("200,000 of 5,000,000 characters")
    box = result.get_by_role("button", name="Download").bounding_box()
    assert box and box["width"] > box["height"]
    with page.expect_download() as download:
        result.get_by_role("button", name="Download").click()
    assert Path(download.value.path()).stat().st_size == LENGTH
    look(page, "long-run")
    assert text_in(page) < 2 * SHOWN


@pytest.mark.parametrize("count", [1_000, pytest.param(5_000, marks=pytest.mark.soak)])
def test_a_run_of_thousands_of_nodes_is_seen_live_and_later(
    page: Page, canvas: Canvas, site: Site, count: int
) -> None:
    nodes = [
        node(f"t{number}", "textBox", number % 100 * 300, number // 100 * 240, text="x")
        for number in range(count - 1)
    ]
    edges = [edge(item["id"], "text", "p", "value") for item in nodes]
    slug = site.create("Many", [*nodes, node("p", "preview", 31_000, 0)], edges)
    canvas.open(slug)
    canvas.run()
    for moment in ("live", "later"):
        bar = page.get_by_role("region", name="Run", exact=True)
        expect(bar).to_contain_text(re.compile(f"{count // 1_000},?000 ?done"), timeout=60_000)
        longest = page.evaluate(
            """async () => {
              let longest = 0, last = performance.now()
              for (let frame = 0; frame < 30; frame++) {
                await new Promise(requestAnimationFrame)
                const now = performance.now()
                longest = Math.max(longest, now - last)
                last = now
              }
              return longest
            }"""
        )
        assert longest < 2_000
        look(page, f"many-{moment}")
        page.reload()
        canvas.ready()
