"""Both themes, a phone, and the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site, edge, node

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}

# Controls without a name, images without a text, doubled ids, fields without a label.
_NAMELESS = """() => {
  const problems = []
  const seen = element => element.checkVisibility({ visibilityProperty: true })
  const named = element => element.getAttribute('aria-label')?.trim() ||
    element.getAttribute('aria-labelledby') || element.title || element.textContent.trim()
  for (const button of document.querySelectorAll('button, a[href], [role=button]'))
    if (seen(button) && !named(button)) problems.push('no name: ' + button.outerHTML.slice(0, 120))
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (seen(field) && !field.getAttribute('aria-label') && !field.labels?.length)
      problems.push('no label: ' + field.outerHTML.slice(0, 120))
  for (const picture of document.querySelectorAll('img'))
    if (!picture.hasAttribute('alt')) problems.push('no alt: ' + picture.outerHTML.slice(0, 120))
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id)
  for (const id of new Set(ids))
    if (ids.filter(other => other === id).length > 1) problems.push('doubled id: ' + id)
  if (!document.documentElement.lang) problems.push('no language')
  return problems
}"""


def check(page: Page) -> None:
    """Nothing sticks out sideways and every control has a name."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"]
    assert page.evaluate(_NAMELESS) == []


def some_workflow(site: Site, name: str) -> str:
    """Make a workflow of two connected nodes."""
    return site.create(
        name,
        [node("g", "gradient", 0, 0, width=64, height=64), node("p", "preview", 420, 0)],
        [edge("g", "image", "p", "value")],
    )


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_both_pages_fit_and_every_control_has_a_name(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    slug = some_workflow(site, f"Looks {theme} {size['width']}")
    page = new_page(viewport=size, color_scheme=theme)
    page.goto("/")
    expect(page.get_by_role("heading", name="Start from a template")).to_be_visible()
    assert page.locator("html").get_attribute("data-theme") == theme
    check(page)
    canvas = Canvas(page)
    canvas.open(slug)
    check(page)
    canvas.run()
    expect(page.get_by_role("region", name="Run")).to_contain_text("Done")
    canvas.done("Gradient", "Preview")
    canvas.select("Gradient")
    check(page)


def test_the_chosen_theme_is_remembered(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Light theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.get_by_role("button", name="Dark theme")).to_be_visible()


def test_a_workflow_is_built_and_run_without_a_mouse(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Keyboard only", []))
    expect(page.get_by_label("Search nodes")).to_be_focused()
    page.keyboard.type("gradient")
    expect(canvas.offered.first).to_contain_text("Gradient")
    page.keyboard.press("Enter")
    expect(canvas.card("Gradient")).to_have_attribute("data-selected", "true")
    page.keyboard.press("c")
    canvas.choose("Preview")
    expect(canvas.edges).to_have_count(1)
    page.keyboard.press("Control+Enter")
    canvas.done("Gradient", "Preview")
    canvas.shows_picture("Preview")


def test_a_large_graph_is_painted_far_and_real_near(page: Page, canvas: Canvas, site: Site) -> None:
    nodes = [node(f"n{i}", "gradient", i % 20 * 360, i // 20 * 420) for i in range(200)]
    canvas.open(site.create("Two hundred", nodes))
    expect(canvas.cards).to_have_count(0)
    painted = page.evaluate(
        """() => [...document.querySelectorAll('.react-flow canvas')].some(canvas => {
          if (canvas.width < 600) return false
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
          return data.some(value => value > 0)
        })"""
    )
    assert painted
    page.evaluate("__patchbay.rf.setViewport({ x: 40, y: 40, zoom: 0.9 })")
    expect(canvas.cards.first).to_be_visible()
    assert canvas.cards.count() < 40
