"""A template gets a newer version: who has a copy sees what it changes, takes it or leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, node
from tests.browser.test_axe import faults


def a_copy(site: Site, name: str) -> str:
    """Copy a published template, publish a newer version of it; return the slug of the copy."""
    nodes = [node("t", "textBox", 0, 0, text="one"), node("g", "gradient", 420, 0, width=512)]
    template = site.create(name, nodes)
    site.put(f"/api/workflows/{template}", {"isTemplate": True})
    publish = f"/api/workflows/{template}/versions"
    site.post(publish, {"publish": True})
    copy: str = site.post(f"/api/workflows/{template}/duplicate", {"name": f"{name} of mine"})[
        "slug"
    ]
    site.change(
        template,
        {"op": "field.set", "id": "t", "field": "text", "value": "two"},
        {"op": "field.set", "id": "g", "field": "width", "value": 640},
        {"op": "node.add", "node": node("n", "gradient", 840, 0, width=64)},
    )
    site.post(publish, {"publish": True, "notes": "A second gradient, and it is wider."})
    return copy


def test_a_newer_version_of_a_template_is_compared_taken_and_undone(
    page: Page, canvas: Canvas, site: Site
) -> None:
    copy = a_copy(site, "Launch card")
    before = site.workflow(copy)["nodes"]
    canvas.open(copy)
    canvas.fill("Text", "Text", "mine")
    note = page.get_by_role("complementary", name="Newer version of the template")
    expect(note).to_contain_text("“Launch card”, v2")
    look(page, "newer-note")
    canvas.saved()
    note.get_by_role("button", name="Compare").click()
    status = page.locator("main [role=status]")
    expect(status).to_contain_text("v1 compared with v2")
    for words in ("1 added", "2 changed"):
        expect(status).to_contain_text(words)
    expect(page.get_by_text("A second gradient, and it is wider.")).to_be_visible()
    Canvas(page).settled()
    look(page, "newer-page")
    page.get_by_role("button", name="Take v2").click()
    page.wait_for_url("**/app/editor/**")
    canvas.ready()
    expect(page.get_by_text("but for 1 change where yours stays")).to_be_visible()
    assert "left-out" not in page.url
    data = {row["id"]: row["data"] for row in site.workflow(copy)["nodes"]}
    assert (data["t"]["text"], data["g"]["width"], data["n"]["width"]) == ("mine", 640, 64)
    expect(note).to_have_count(0)
    undo = page.get_by_role("button", name="Undo (")
    undo.click()
    canvas.saved()
    expect(note).to_contain_text("“Launch card”, v2")
    page.get_by_role("button", name="Redo (").click()
    canvas.saved()
    expect(note).to_have_count(0)
    for _ in range(2):
        expect(undo).to_be_enabled()
        undo.click()
    canvas.saved()
    expect(note).to_be_visible()
    assert site.workflow(copy)["nodes"] == before


def test_a_newer_version_is_seen_in_the_library_and_dismissed(
    page: Page, canvas: Canvas, site: Site
) -> None:
    copy = a_copy(site, "Dismissed card")
    page.goto("/")
    card = page.get_by_role("listitem").filter(has_text="Dismissed card of mine")
    look(page, "newer-library")
    card.get_by_role("link", name="Newer template").click()
    expect(page.locator("main [role=status]")).to_contain_text("v1 compared with v2")
    page.get_by_role("link", name="Back to editing").click()
    canvas.ready()
    note = page.get_by_role("complementary", name="Newer version of the template")
    note.get_by_role("button", name="Dismiss").click()
    expect(note).to_have_count(0)
    assert site.get(f"/api/workflows/{copy}/versions")["copiedFrom"]["newer"] is None


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_in_the_comparison_with_a_template(
    new_page: Callable[..., Page], site: Site, theme: Any
) -> None:
    page = new_page(color_scheme=theme, viewport={"width": 390, "height": 844})
    copy = a_copy(site, f"Checked in {theme}")
    page.goto(f"/workflows/{copy}/history?template")
    expect(page.locator("main [role=status]")).to_contain_text("compared with")
    assert faults(page) == []
    look(page, "newer-phone")
    page.goto(f"/app/editor/{copy}")
    note = page.get_by_role("complementary", name="Newer version of the template")
    # Nothing is above it.
    note.get_by_role("button", name="Compare").click(trial=True)
    assert faults(page) == []
    look(page, "newer-note-phone")
