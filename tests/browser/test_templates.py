"""Each template runs as it is: no key, no network, no image of one's own needed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site


@pytest.mark.parametrize(
    "name", ["Sticker", "Poster", "Social kit", "Slideshow", "Quote cards", "Watermark a folder"]
)
def test_a_template_copied_and_run_shows_its_pictures(
    page: Page, canvas: Canvas, site: Site, name: str
) -> None:
    page.goto("/templates")
    page.get_by_role("button", name=f"Use the template {name}", exact=True).click()
    page.wait_for_url(re.compile("/app/editor/"))
    canvas.ready()
    canvas.run()
    bar = page.get_by_role("region", name="Run")
    expect(bar).to_contain_text("Done")
    slug = page.url.rsplit("/", 1)[-1]
    run = site.last_run(slug)
    assert run["status"] == "completed"
    made = [picture for pictures in run["result"].values() for picture in pictures]
    assert made

    # Far away the cards are painted; what a user comes for must be seen from near.
    page.evaluate(
        """title => {
          const { rf, flow } = __patchbay
          const node = flow.getState().nodes.find(({ data }) => data.node.type === title)
          rf.setCenter(node.position.x + 160, node.position.y + 160, { zoom: 0.8 })
        }""",
        "responseOutput",
    )
    canvas.shows_picture("Output")
    pictures = canvas.card("Output").locator("img")
    expect(pictures).to_have_count(len(made))
