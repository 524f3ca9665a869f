"""Fields that are changed: the card shows at once what the node would make, before any run."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node


def photo(width: int = 2400, height: int = 1600) -> bytes:
    body = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(body, "JPEG")
    return body.getvalue()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_slider_shows_its_result_before_a_run_and_the_run_replaces_it(
    page: Page, canvas: Canvas, site: Site, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    asset = site.upload("noise.jpg", photo())
    slug = site.create(
        "Try out",
        [
            node("p", "upload", 0, 0, asset=asset),
            node("b", "blurImage", 420, 0, radius=2),
            node("o", "preview", 840, 0),
        ],
        [edge("p", "image", "b", "image"), edge("b", "image", "o", "value")],
    )
    canvas.open(slug)
    canvas.run()
    canvas.done("Preview")
    first = site.last_run(slug)["executionId"]
    card = canvas.card("Blur")
    expect(card.locator("img")).to_have_attribute("src", re.compile("^/media/"))
    slider = card.get_by_role("slider", name="Radius")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    expect(card.locator("img")).to_have_attribute("src", re.compile("^data:image/webp"))
    expect(card).to_contain_text("Preview · run for the result")
    assert site.last_run(slug)["executionId"] == first
    look(page, f"try-out-{scheme}")
    # A card that comes into view again knows what its result is of.
    page.set_viewport_size({"width": 400, "height": 900})
    expect(card).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(card).to_be_visible()
    # The field as it was: the result that is there is right again.
    for _ in range(20):
        slider.press("ArrowLeft")
    expect(card.locator("img")).to_have_attribute("src", re.compile("^/media/"))
    slider.press("PageUp")
    canvas.run()
    canvas.done("Preview")
    expect(card.locator("img")).to_have_attribute("src", re.compile("^/media/"))
    expect(card).not_to_contain_text("run for the result")
