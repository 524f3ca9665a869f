"""A seed that is new for each run: switched on and off on a card, shown, and undone again."""

from __future__ import annotations

import os
import re

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site, edge, node

FIELDS = [{"name": "seed", "type": "number", "min": 0, "default": 7}]


def test_a_seed_is_made_new_for_each_run_and_the_last_number_kept(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [
        node("in", "requestInput", 0, 0, fields=FIELDS, values={"seed": 5}),
        node("say", "template", 420, 0, text="{n}"),
        node("end", "responseOutput", 840, 0),
    ]
    edges = [edge("in", "seed", "say", "n"), edge("say", "text", "end", "result")]
    slug = site.create("New each run", nodes, edges)
    canvas.open(slug)
    card = canvas.card("Inputs")
    switch = card.get_by_role("button", name="New Seed each run")
    field = card.get_by_role("textbox", name="Seed")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.focus()
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("placeholder", "new each run")
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"] == {
        "fields": [{**FIELDS[0], "randomize": True}],
        "values": {},
    }

    drawn: list[str] = []
    for _ in range(2):
        canvas.run()
        expect(field).to_have_attribute("title", re.compile(r"^The last run had \d+$"))
        if drawn:
            expect(field).not_to_have_attribute("title", f"The last run had {drawn[-1]}")
        canvas.done("Inputs", "Output")
        number = site.last_run(slug)["randomized"]["in"]["seed"]
        expect(field).to_have_attribute("title", f"The last run had {number}")
        drawn.append(str(number))
    assert drawn[0] != drawn[1]
    if folder := os.environ.get("PICTURES"):
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=f"{folder}/seed-{theme}.png")

    switch.click()
    expect(field).to_have_value(drawn[1])
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("5")
