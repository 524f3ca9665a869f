"""Images of pages in both themes, kept where `LOOK` says, to be looked at.

`LOOK_SIZES=1920x1080,390x844` asks for windows of these sizes besides the one that a page has.
"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

_AT_REST = """Promise.all(document.getAnimations()
  .filter(a => a.effect?.getComputedTiming().endTime !== Infinity)
  .map(a => a.finished.catch(() => 0)))"""


def look(page: Page, name: str) -> None:
    """Keep an image of the page in the dark and in the light theme, where `LOOK` names a folder."""
    if "LOOK" not in os.environ:
        return
    _take(page, name)
    before = page.viewport_size
    for size in filter(None, os.environ.get("LOOK_SIZES", "").split(",")):
        width, height = map(int, size.split("x"))
        page.set_viewport_size({"width": width, "height": height})
        # The page has drawn itself in the new size.
        page.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        _take(page, f"{name}-{size}")
    if before is not None:
        page.set_viewport_size(before)


def _take(page: Page, name: str) -> None:
    before = page.locator("html").get_attribute("data-theme")
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        # Colors glide from one theme to the other; what moves for ever is not waited for.
        page.evaluate(_AT_REST)
        page.screenshot(path=str(Path(os.environ["LOOK"]) / f"{name}-{theme}.png"))
    page.evaluate(
        """theme => {
          const { dataset } = document.documentElement
          if (theme === null) delete dataset.theme
          else dataset.theme = theme
        }""",
        before,
    )
    page.evaluate(_AT_REST)
