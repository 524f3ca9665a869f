"""A step of fal on the canvas: an app to choose, inputs as fields, edges that become references."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site, edge, node
from tests.browser.test_look import DESKTOP, PHONE, check

CONCAT = "fal-ai/text-concat"


def steps(site: Site, name: str) -> str:
    """Make a request for a text, a step without an app, and a result."""
    fields = [{"name": "prompt", "type": "text", "default": "fox"}]
    nodes = [
        node("input", "requestInput", 0, 0, fields=fields, values={}),
        node("step", "falApp", 420, 0),
        node("end", "falOutput", 840, 0),
    ]
    return site.create(name, nodes)


def data(canvas: Canvas, id: str) -> dict[str, Any]:
    """Return the data of a node."""
    found: dict[str, Any] = next(
        row["data"] for row in canvas.document()["nodes"] if row["id"] == id
    )
    return found


def test_a_step_is_made_by_hand_and_runs(page: Page, canvas: Canvas, site: Site) -> None:
    slug = steps(site, "Made by hand")
    canvas.open(slug)
    page.get_by_role("button", name="App: none chosen").click()
    page.get_by_role("combobox", name="Search apps").fill("concat")
    page.get_by_role("option", name=re.compile("Text concat")).click()
    card = canvas.card("Text concat")
    expect(card.get_by_text("built in")).to_be_visible()
    canvas.fill("Text concat", "Second text", " runs")

    canvas.connect(("Inputs", "prompt-out"), ("Text concat", "=text1-in"))
    expect(card.get_by_text("prompt", exact=True)).to_be_visible()
    assert data(canvas, "step") == {
        "app": CONCAT,
        "arguments": {"text2": " runs", "text1": "$input.prompt"},
        "sources": ["input.prompt"],
    }
    canvas.connect(("Text concat", "output-out"), ("Result object", "=-in"))
    end = data(canvas, "end")
    assert end["fields"] == {"results": "$step.results"}
    assert end["sources"] == ["step"]

    canvas.run()
    canvas.done("Text concat", "Result object")
    assert site.last_run(slug)["result"] == {"results": "fox runs"}


def test_a_reference_goes_with_its_connection_and_comes_back_with_it(
    page: Page, canvas: Canvas, site: Site
) -> None:
    step = node(
        "step",
        "falApp",
        420,
        0,
        app=CONCAT,
        sources=["input.prompt"],
        arguments={"text1": "$input.prompt", "text2": "!"},
    )
    fields = [{"name": "prompt", "type": "text"}]
    nodes = [node("input", "requestInput", 0, 0, fields=fields, values={}), step]
    edges = [edge("input", "prompt", "step", "$input.prompt")]
    canvas.open(site.create("Connections and references", nodes, edges))
    card = canvas.card("Text concat")
    card.get_by_role("button", name="Remove the reference").click()
    assert data(canvas, "step")["arguments"] == {"text2": "!"}
    assert canvas.document()["edges"] == []
    page.keyboard.press("Control+z")
    assert data(canvas, "step")["arguments"] == {"text1": "$input.prompt", "text2": "!"}
    assert len(canvas.document()["edges"]) == 1

    canvas.select("Inputs")
    page.keyboard.press("Delete")
    assert data(canvas, "step")["arguments"] == {"text2": "!"}
    assert data(canvas, "step")["sources"] == []


def test_a_reference_that_is_typed_gets_its_connection(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [
        node("first", "falApp", 0, 0, app=CONCAT, arguments={"text1": "a", "text2": "b"}),
        node("second", "falApp", 420, 0, app=f"{CONCAT}", label="Second", arguments={}),
    ]
    canvas.open(site.create("Typed references", nodes))
    canvas.select("Second")
    panel = page.get_by_role("complementary", name="Inspector")
    panel.get_by_role("button", name="As JSON").click()
    panel.get_by_label("Input", exact=True).fill('{"text1": "$first.results"}')
    panel.get_by_label("Input", exact=True).blur()
    expect(canvas.card("Second").get_by_text("results")).to_be_visible()
    [edge] = canvas.document()["edges"]
    ends = (edge["source"], edge["sourceHandle"], edge["target"], edge["targetHandle"])
    assert ends == ("first", "output-out", "second", "$first-in")
    panel.get_by_role("button", name="As a form").click()
    panel.get_by_role("button", name="Leave First text out").click()
    assert canvas.document()["edges"] == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_card_and_the_list_of_apps_fit(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    canvas = Canvas(page)
    nodes = [node("step", "falApp", 0, 0, app="fal-ai/workflow-utilities/crop-image")]
    canvas.open(site.create(f"App {theme} {size['width']}", nodes))
    card = canvas.card("Crop image")
    expect(card.get_by_text("built in")).to_be_visible()
    check(page)
    card.get_by_role("button", name=re.compile("^App: ")).click()
    dialog = page.get_by_role("dialog", name="Apps")
    expect(dialog.get_by_role("option").first).to_be_visible()
    box = dialog.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
