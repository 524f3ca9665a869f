"""All results of a node in one strip, and variations of it side by side."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node


def blurred(site: Site, name: str) -> str:
    """A pattern and its blur, with a preview."""
    return site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=320, height=240, angle=30),
            node("b", "blurImage", 400, 0, radius=8),
            node("p", "preview", 800, 0),
        ],
        [edge("g", "image", "b", "image"), edge("b", "image", "p", "value")],
    )


def test_twelve_variations_compared_and_one_pinned(page: Page, canvas: Canvas, site: Site) -> None:
    slug = blurred(site, "Twelve")
    canvas.open(slug)
    canvas.run()
    canvas.done("Blur", "Preview")
    canvas.select("Blur")
    panel = page.get_by_role("complementary", name="Inspector")
    panel.get_by_role("button", name="Variations").click()
    box = page.get_by_role("dialog", name="Variations of Blur")
    box.get_by_role("textbox", name="Values of Radius").fill("2, 8, 20, 40")
    box.get_by_role("combobox", name="Down").select_option("kind")
    box.get_by_role("textbox", name="Values of Type").fill("gaussian, box, pixelate")
    expect(box.get_by_role("status")).to_contain_text("12 variations · free")
    box.get_by_role("button", name="Run 12").click()
    expect(box.get_by_role("img")).to_have_count(12)
    first = box.get_by_role("button", name="Variation Radius 2, Type gaussian")
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    look(page, "variations")
    # Two are compared in the viewer, by keyboard.
    page.keyboard.press("Space")
    viewer = page.get_by_role("dialog", name="Viewer")
    expect(viewer.get_by_role("status").first).to_contain_text("6 of 12")
    viewer.get_by_role("combobox", name="Compare with").select_option(index=1)
    expect(viewer.get_by_role("slider", name="Divider of the two images")).to_be_visible()
    page.keyboard.press("Escape")
    # One is used, and pinned.
    page.keyboard.press("Enter")
    page.keyboard.press("p")
    expect(box.get_by_role("button", name="Pinned")).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    canvas.saved()
    blur = next(row for row in site.workflow(slug)["nodes"] if row["id"] == "b")
    assert (blur["data"]["radius"], blur["data"]["kind"]) == (8, "box")
    made = next(row for row in site.last_run(slug)["nodes"] if row["id"] == "b")
    assert blur["pinned"]["outputs"]["image"]["asset"] == made["outputs"]["image"][5]["asset"]
    expect(canvas.card("Preview").get_by_text("Outdated", exact=True)).to_be_visible()


def test_an_earlier_result_is_gone_back_to(page: Page, canvas: Canvas, site: Site) -> None:
    slug = blurred(site, "Earlier")
    for radius in (3, 9):
        site.change(slug, {"op": "field.set", "id": "b", "field": "radius", "value": radius})
        site.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    canvas.open(slug)
    canvas.select("Blur")
    panel = page.get_by_role("complementary", name="Inspector")
    strip = panel.get_by_role("region", name="All results")
    expect(strip.get_by_role("listitem")).to_have_count(2)
    look(page, "filmstrip")
    earlier = strip.get_by_role("button", name=re.compile("^Result 1"))
    earlier.click()
    expect(earlier).to_have_attribute("aria-pressed", "true")
    canvas.saved()
    blur = next(row for row in site.workflow(slug)["nodes"] if row["id"] == "b")
    first = site.get(f"/api/workflows/{slug}/results/b")["results"][1]
    assert blur["pinned"]["outputs"]["image"]["asset"] == first["outputs"]["image"]["asset"]
    earlier.click()
    expect(earlier).to_have_attribute("aria-pressed", "false")
    # The card itself steps through them.
    card = canvas.card("Blur")
    expect(card.get_by_role("status").filter(has_text="2 of 2")).to_be_visible()
    card.get_by_role("button", name="Older result").click()
    expect(card.get_by_role("status").filter(has_text="1 of 2")).to_be_visible()
    expect(card.get_by_role("button", name="Older result")).to_be_disabled()
    expect(earlier).to_have_attribute("aria-pressed", "true")
    look(page, "card-steps")
    # The other one is deleted, and taken back.
    strip.get_by_role("button", name=re.compile("^Result 2")).press("Delete")
    expect(strip.get_by_role("listitem")).to_have_count(1)
    assert len(site.get(f"/api/workflows/{slug}/results/b")["results"]) == 1
    look(page, "result-deleted")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(strip.get_by_role("listitem")).to_have_count(2)
    strip.get_by_role("listitem").first.hover()
    strip.get_by_role("button", name="Delete result").click()
    expect(strip.get_by_role("listitem")).to_have_count(1)
