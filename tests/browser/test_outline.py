"""The outline: a workflow as a list, in which a graph is built without a pointer, or by touch."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.waiting import wait_until

PHONE = {"width": 390, "height": 844}


def ends(site: Site, slug: str) -> set[tuple[str, str, str]]:
    """Return the connections that the server has: source, target and input."""
    return {(e["source"], e["target"], e["targetHandle"]) for e in site.workflow(slug)["edges"]}


def loose(site: Site, name: str) -> str:
    """Make four nodes of which two are connected."""
    return site.create(
        name,
        [
            node("p", "preview", 1100, 0),
            node("g", "gradient", 0, 0, width=64, height=64),
            node("b", "blendImages", 400, 0),
            node("t", "textBox", 0, 500, text="a hat"),
        ],
        [edge("g", "image", "b", "base")],
    )


def test_nodes_are_listed_in_running_order_and_connected_by_choosing(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = loose(site, "Listed")
    canvas.open(slug)
    page.keyboard.press("o")
    outline = page.get_by_role("region", name="Outline")
    heads = outline.locator("[data-head]")
    expect(heads).to_have_count(4)
    names = [text.split("\n")[0] for text in heads.all_inner_texts()]
    assert names.index("Gradient") + 1 == names.index("Blend")
    heads.filter(has_text="Blend").focus()
    page.keyboard.press("Enter")
    layer = outline.get_by_label("Layer", exact=True)
    assert layer.locator("option:not([disabled])").all_inner_texts() == [
        "Not connected",
        "← Gradient",
    ]
    assert "Text: " in " ".join(layer.locator("option[disabled]").all_inner_texts())
    look(page, "outline")
    layer.select_option("← Gradient")
    wait_until(lambda: ("g", "b", "top-in") in ends(site, slug))
    outline.get_by_label("Base").select_option("Not connected")
    wait_until(lambda: ends(site, slug) == {("g", "b", "top-in")})
    heads.filter(has_text="Preview").focus()
    page.keyboard.press("Enter")
    outline.get_by_label("Value").select_option("← Blend")
    wait_until(lambda: ("b", "p", "value-in") in ends(site, slug))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")
    wait_until(lambda: len(ends(site, slug)) == 1)


def test_a_graph_is_built_and_run_by_keyboard_alone(page: Page, canvas: Canvas, site: Site) -> None:
    slug = site.create("By keyboard", [])
    canvas.open(slug)
    # An empty canvas begins with a search for nodes.
    expect(page.get_by_role("textbox", name="Search nodes")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("o")
    outline = page.get_by_role("region", name="Outline")
    expect(outline).to_be_visible()
    for words in ("Gradient", "Edges", "Preview"):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("n")
        canvas.choose(words)
        expect(outline.locator("[data-head]").filter(has_text=words)).to_be_visible()
        canvas.saved()
    for title, source in (("Edges", "Gradient"), ("Preview", "Edges")):
        head = outline.locator("[data-head]").filter(has_text=title)
        head.focus()
        if head.get_attribute("aria-expanded") != "true":
            page.keyboard.press("Enter")
        choice = outline.get_by_role("region", name="Inputs").locator("select").first
        choice.select_option(f"← {source}")
    wait_until(lambda: len(ends(site, slug)) == 2)
    page.keyboard.press("Control+Shift+Enter")
    runs = f"/api/executions?workflow={slug}&status=completed"
    wait_until(lambda: len(site.get(runs)) == 1)
    assert len(site.last_run(slug)["nodes"]) == 3


def test_on_a_phone_the_outline_edits_and_runs(new_page: Callable[..., Page], site: Site) -> None:
    slug = loose(site, "On a phone")
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    canvas = Canvas(page)
    canvas.open(slug)
    page.get_by_role("button", name="Outline").tap()
    outline = page.get_by_role("region", name="Outline")
    outline.locator("[data-head]").filter(has_text="Blend").tap()
    outline.get_by_label("Layer", exact=True).select_option("← Gradient")
    wait_until(lambda: len(ends(site, slug)) == 2)
    look(page, "outline-phone")
    for control in outline.locator("[data-head], [aria-label=Inputs] select:visible").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= 40
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    outline.get_by_role("button", name="Delete").tap()
    wait_until(lambda: len(site.workflow(slug)["nodes"]) == 3)


def test_a_phone_opens_the_outline_where_a_prompt_is_edited_and_run(
    new_page: Callable[..., Page], site: Site
) -> None:
    slug = site.create(
        "Prompt on a phone",
        [
            node("t", "textBox", 0, 0, text="a hat", label="Prompt"),
            node("s", "template", 400, 0, text="{prompt}, at dusk"),
            node("o", "responseOutput", 800, 0),
        ],
        [edge("t", "text", "s", "prompt"), edge("s", "text", "o", "result")],
    )
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"/app/editor/{slug}")
    outline = page.get_by_role("region", name="Outline")
    rows = outline.locator("[data-head]")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Prompt")
    look(page, "phone-first")
    rows.first.tap()
    outline.get_by_role("textbox", name="Text", exact=True).fill("a red bicycle")
    look(page, "phone-prompt")
    page.get_by_role("banner").get_by_role("button", name=re.compile("^Run")).tap()
    runs = f"/api/executions?workflow={slug}&status=completed"
    wait_until(lambda: len(site.get(runs)) == 1)
    assert "a red bicycle, at dusk" in str(site.last_run(slug)["result"])
    outline.get_by_role("button", name="Close").tap()
    expect(outline).to_have_count(0)


def test_tapping_a_port_and_then_another_connects_them(
    new_page: Callable[..., Page], site: Site
) -> None:
    slug = site.create(
        "Tapped",
        [node("g", "gradient", 0, 0, width=64, height=64), node("p", "preview", 0, 480)],
    )
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    canvas = Canvas(page)
    canvas.open(slug)
    page.evaluate("__patchbay.rf.setViewport({ x: 40, y: 60, zoom: 0.8 })")
    canvas.settled()
    page.touchscreen.tap(*middle(canvas.port("Gradient", "image-out")))
    expect(page.locator("[data-connecting]")).to_have_count(1)
    page.touchscreen.tap(*middle(canvas.port("Preview", "value-in")))
    wait_until(lambda: ends(site, slug) == {("g", "p", "value-in")})
    expect(page.locator("[data-connecting]")).to_have_count(0)


def test_on_a_phone_what_an_input_asks_for_is_filled_in_and_the_plan_is_over_the_inspector(
    new_page: Callable[..., Page], site: Site
) -> None:
    fields = [{"name": "words", "label": "Words", "type": "text"}]
    slug = site.create(
        "Filled in on a phone",
        [
            node("in", "requestInput", 0, 0, fields=fields),
            node("o", "responseOutput", 420, 0),
        ],
        [edge("in", "words", "o", "result")],
    )
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"/app/editor/{slug}")
    outline = page.get_by_role("region", name="Outline")
    outline.locator("[data-head]").filter(has_text="Inputs").first.tap()
    outline.get_by_role("textbox", name="Words", exact=True).fill("a red bicycle")
    look(page, "outline-values")
    banner = page.get_by_role("banner")
    banner.get_by_role("button", name=re.compile("^Run")).first.tap()
    runs = f"/api/executions?workflow={slug}&status=completed"
    wait_until(lambda: len(site.get(runs)) == 1)
    assert "a red bicycle" in str(site.last_run(slug)["result"])
    outline.get_by_role("button", name="Close").tap()
    Canvas(page).select("Inputs")
    expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()
    banner.get_by_role("button", name="More ways to run").tap()
    expect(page.get_by_role("region", name="Plan")).to_be_visible()
    look(page, "plan-over-inspector")
    page.locator("footer").get_by_role("button", name=re.compile("^Run")).tap(trial=True)
