"""Zoomed out: titles and states stay readable, results stand for cards."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.gate import Gate
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults
from tests.waiting import wait_until

READABLE = 9.5  # px on the screen


def zoom(page: Page, to: float) -> None:
    """Show the graph's upper left corner at a zoom."""
    page.evaluate("zoom => __patchbay.rf.setViewport({x: 80, y: 90, zoom})", to)


def title_size(page: Page, title: str) -> float:
    """Return how large a card's title is on the screen, px."""
    text = page.locator(".react-flow__node header span", has_text=title).first
    return float(
        text.evaluate("e => parseFloat(getComputedStyle(e).fontSize) * __patchbay.rf.getZoom()")
    )


def reds(page: Page) -> int:
    """Count the pixels of the page that are red."""
    image = Image.open(BytesIO(page.screenshot())).convert("RGB")
    red, green, blue = (band.point(lambda value: 255 * (value > 235)) for band in image.split())
    return ImageChops.subtract(ImageChops.subtract(red, green), blue).histogram()[255]


def chains(site: Site, rows: int, across: int) -> str:
    """Make a workflow of rows of four cards, so many side by side; the first row is red."""
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    for row in range(rows):
        color = "#ff0000" if row == 0 else "#4060e0"
        left, top = row % across * 1700, row // across * 560
        data = {"width": 320, "height": 240, "start": color, "end": color}
        nodes += [
            node(f"g{row}", "gradient", left, top, **data, label=f"Start {row}"),
            node(f"b{row}", "blurImage", left + 420, top),
            node(f"a{row}", "adjustImage", left + 840, top),
            node(f"p{row}", "preview", left + 1260, top, label=f"End {row}"),
        ]
        edges += [
            edge(f"g{row}", "image", f"b{row}", "image"),
            edge(f"b{row}", "image", f"a{row}", "image"),
            edge(f"a{row}", "image", f"p{row}", "value"),
        ]
    return site.create(f"{rows} rows", nodes, edges)


@pytest.mark.parametrize("to", [0.62, 0.4, 0.25, 0.2])
def test_titles_are_readable_from_any_distance(
    page: Page, canvas: Canvas, site: Site, to: float
) -> None:
    canvas.open(chains(site, 2, 1))
    canvas.run()
    canvas.done("End 0", "End 1")
    zoom(page, to)
    canvas.settled()
    wait_until(lambda: title_size(page, "Start 0") >= READABLE)
    expect(page.get_by_text(f"{round(to * 100)} %", exact=True)).to_be_visible()
    look(page, f"zoom-{round(to * 100)}")


@pytest.mark.parametrize("to", [0.62, 0.4, 0.25])
def test_notes_are_readable_from_afar_in_whole_lines(
    page: Page, canvas: Canvas, site: Site, to: float
) -> None:
    text = "Change the texts and colors below, then press Run. " * 4
    note = node("n", "note", 0, 0, text=text, color="#7d6cff") | {"width": 320, "height": 150}
    canvas.open(site.create("Noted", [note, node("t", "text", 0, 300, text="poster")]))
    zoom(page, to)
    shown = page.locator(".react-flow__node[data-id=n] > * > *").first
    # How large its characters are on the screen, and how many lines are shown.
    facts = """e => {
      const css = getComputedStyle(e)
      const room = parseFloat(css.height) - parseFloat(css.paddingTop)
      return [parseFloat(css.fontSize) * __patchbay.rf.getZoom(), room / parseFloat(css.lineHeight)]
    }"""
    wait_until(lambda: shown.evaluate(facts)[0] >= READABLE)
    _, lines = shown.evaluate(facts)
    assert round(lines) >= 2
    assert abs(lines - round(lines)) < 0.02, "the last line is not cut"
    look(page, f"note-{round(to * 100)}")


def test_from_afar_a_card_is_its_result_and_near_it_is_its_fields_again(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(chains(site, 2, 1))
    canvas.run()
    canvas.done("End 0", "End 1")
    card = canvas.card("Start 0")
    zoom(page, 1)
    field = card.get_by_label("Width")
    field.wait_for(state="visible")
    zoom(page, 0.4)
    field.wait_for(state="hidden")
    whole, image = card.bounding_box(), card.locator("img").first.bounding_box()
    assert whole is not None and image is not None
    assert image["height"] > whole["height"] / 2
    zoom(page, 1)
    field.wait_for(state="visible")


def test_in_a_large_graph_far_away_results_are_painted(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(chains(site, 20, 3))
    canvas.run()
    zoom(page, 1)
    canvas.done("Start 0")
    # The cards of what runs last are not in sight.
    page.get_by_role("region", name="Run").get_by_text("Done", exact=True).wait_for()
    zoom(page, 0.2)
    wait_until(lambda: reds(page) > 3 * 40 * 30)
    look(page, "far")


@pytest.mark.parametrize(
    ("rows", "across", "field", "value", "words"),
    [
        # One that fails in the run, of a few cards; many that are refused before it, painted.
        (2, 1, "stops", {}, "Start 0 failed stops is an object"),
        (20, 3, "start", "bluish", 'Start 0 start is "bluish"'),
    ],
)
def test_what_has_failed_is_named_from_any_distance_and_a_press_goes_there(
    page: Page,
    canvas: Canvas,
    site: Site,
    rows: int,
    across: int,
    field: str,
    value: Any,
    words: str,
) -> None:
    slug = chains(site, rows, across)
    bad = 1 if rows < 7 else 7
    for row in range(bad):
        site.change(slug, {"op": "field.set", "id": f"g{row}", "field": field, "value": value})
    canvas.open(slug)
    canvas.run()
    callouts = page.get_by_role("button", name=re.compile("^Start . (failed|start is) "))
    zoom(page, 0.3)
    expect(callouts).to_have_count(min(bad, 5))
    expect(callouts.first).to_contain_text(words)
    heights = set()
    for to in (0.32, 0.16, 0.1):
        zoom(page, to)
        expect(callouts).to_have_count(min(bad, 5))
        expect(page.get_by_text("and 2 more")).to_have_count(int(bad > 5))
        box = callouts.first.bounding_box()
        assert box
        heights.add(round(box["height"]))
        if to == 0.16:
            look(page, f"far-failed-{rows}")
            assert faults(page) == []
    assert heights == {26}
    zoom(page, 1)
    expect(callouts).to_have_count(0)
    zoom(page, 0.16)
    callouts.first.click()
    expect(canvas.card("Start 0").get_by_role("alert")).to_be_in_viewport()
    expect(callouts).to_have_count(0)


def test_what_runs_is_named_from_any_distance_until_it_is_done(
    page: Page, canvas: Canvas, site: Site, gate: Gate
) -> None:
    names = [f"afar-{row}" for row in range(7)]
    nodes: list[dict[str, Any]] = []
    for row, name in enumerate(names):
        url = gate.url(name)
        nodes += [
            node(f"l{row}", "loadImage", 0, row * 560, url=url, label=f"Slow {row}"),
            node(f"p{row}", "preview", 420, row * 560),
        ]
    edges = [edge(f"l{row}", "image", f"p{row}", "value") for row in range(7)]
    canvas.open(site.create("Slow", nodes, edges))
    callouts = page.get_by_role("button", name=re.compile("^Slow . running$"))
    zoom(page, 0.16)
    expect(callouts).to_have_count(0)
    canvas.run()
    for name in names:
        gate.wait_until_asked(name)
    expect(callouts).to_have_count(5)
    expect(page.get_by_text("and 2 more")).to_be_visible()
    look(page, "far-running")
    assert faults(page) == []
    heights = set()
    for to in (0.3, 0.16, 0.1):
        zoom(page, to)
        box = callouts.first.bounding_box()
        assert box
        heights.add(round(box["height"]))
    assert heights == {26}
    callouts.first.click()
    expect(canvas.card("Slow 0")).to_be_in_viewport()
    expect(callouts).to_have_count(0)
    zoom(page, 0.16)
    for name in names[:6]:
        gate.open(name)
    expect(callouts).to_have_count(1)
    expect(callouts).to_have_text("Slow 6 running")
    gate.open(names[6])
    expect(callouts).to_have_count(0)
