"""The pages in the pseudo-locale: what users read there is from texts, or from the server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, Response, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site, edge, node

#: `<html lang>` of the pseudo-locale, set before the pages' own scripts run.
IN_PSEUDO = """document.addEventListener('readystatechange', () => {
  document.documentElement.lang = 'en-XA'
})"""

#: Everything a page shows or says, but for programs and ids, which are code in every language.
SAID = """() => {
  const found = []
  const shown = element => element.checkVisibility({ visibilityProperty: true })
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const { parentElement: element, data } = walk.currentNode
    if (!element.closest('script, style, noscript, pre, code') && shown(element)) found.push(data)
  }
  for (const element of document.querySelectorAll('#root *, body > *')) {
    if (!shown(element)) continue
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext'])
      if (element.hasAttribute(name)) found.push(element.getAttribute(name))
  }
  return found
}"""

ENGLISH = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ACCENTED = "ÁƁÇĐÉƑǦĤÍĴĶŁṀÑÓƤɊŘŠŦÚṼŴẊÝŽáƀçđéƒǧĥíĵķłɱñóƥɋřšŧúṽŵẋýž"

#: Names that are the same in every language, and examples of what is typed.
NAMES = {"Patchbay", "ComfyUI", "fal", "Python", "JavaScript", "curl", "fal-client"}
NAMES |= {"@fal-ai/client", "rrggbb", "admin", "AD"}

#: What joins facts and names on a line.
JOINTS = re.compile(r" · |, |: | / | \u203a | \u00d7 |\+|[()“”]")

#: What may stand around a text of the server.
PLAIN = " \n.…#\xd7"

#: Pages show the beginning of a text of the server that is longer than this.
BEGINNING = 100

#: What is written on keys.
KEY = re.compile("[A-Z]|F[0-9]+")


def marked(text: str) -> str:
    """Return a text as the pseudo-locale has it."""
    return f"⟦{text.translate(str.maketrans(ENGLISH, ACCENTED))}⟧"


def strings(value: Any) -> Iterator[str]:
    """All strings in JSON, the names of its fields too: authors name inputs."""
    match value:
        case str():
            yield value.strip(PLAIN)
            # An app of fal is shown by the end of its id, as words.
            if re.fullmatch(r"[\w./-]+", value):
                yield value.rsplit("/", 1)[-1].replace("-", " ").capitalize()
        case list():
            for inner in value:
                yield from strings(inner)
        case dict():
            yield from value
            for inner in value.values():
                yield from strings(inner)


class Reader:
    """Reads pages, and knows what the server has sent them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: set[str] = set(NAMES)
        self.loose: dict[str, list[str]] = {}
        self._unread: list[Response] = []
        page.add_init_script(IN_PSEUDO)
        page.on("response", self._note)
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _note(self, response: Response) -> None:
        if "/api/" in response.url and "json" in response.headers.get("content-type", ""):
            self._unread.append(response)

    def _hear(self, frame: str | bytes) -> None:
        self.sent.update(strings(json.loads(frame)))

    def look(self, place: str) -> None:
        """Note what users read here that is neither marked nor from the server."""
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        self.page.wait_for_load_state("networkidle")
        while self._unread:
            # What came after the last look at a page that was left is gone with that page.
            with suppress(Error):
                self.sent.update(strings(self._unread.pop().json()))
        said: list[str] = self.page.evaluate(SAID)
        assert any("⟦" in text for text in said), f"{place} is not in the pseudo-locale"
        loose = sorted({text.strip() for text in said if not self._known(text.strip())})
        if loose:
            self.loose[place] = loose

    def _known(self, text: str) -> bool:
        def fine(part: str) -> bool:
            bare = part.strip(PLAIN)
            return (
                not re.search("[A-Za-z]", part)
                or not self.sent.isdisjoint({bare, bare.removeprefix("/play/")})
                or (len(bare) > BEGINNING and any(text.startswith(bare) for text in self.sent))
                or "://" in part
                or KEY.fullmatch(bare) is not None
            )

        return fine(text) or all(fine(part) for part in JOINTS.split(text))


def test_no_page_says_a_word_that_a_translation_could_not_change(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page()
    reader = Reader(page)
    reader.sent.update(strings(site.get("/api/nodes")))
    look = reader.look
    canvas = Canvas(page)
    slug = site.create(
        "Zqxj",
        [
            node(
                "in",
                "requestInput",
                0,
                0,
                fields=[
                    {"name": "photo", "type": "image", "label": "Zphoto"},
                    {"name": "words", "type": "text", "label": "Zwords"},
                    {"name": "tint", "type": "color", "label": "Ztint"},
                ],
            ),
            node("g", "gradient", 400, 0, width=64, height=64),
            node("t", "textBox", 400, 400, text="Zz"),
            node("o", "responseOutput", 800, 0),
        ],
        [edge("g", "image", "o", "result")],
    )

    canvas.open(slug)
    canvas.settled()
    look("editor")
    for title in ("Inputs", "Gradient", "Text"):
        canvas.select(title)
        look(f"editor, {title} selected")
    page.keyboard.press("Control+a")
    look("editor, several selected")
    page.keyboard.press("Shift+F10")
    look("editor, menu")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    look("editor, palette")
    page.keyboard.type("zzzz")
    look("editor, palette without results")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=marked("Import, export and more")).click()
    look("editor, more")
    for entry in ("Keyboard shortcuts", "Export…", "Use as API…"):
        page.get_by_role("menuitem", name=marked(entry)).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        look(f"editor, {entry}")
        page.keyboard.press("Escape")
        page.get_by_role("button", name=marked("Import, export and more")).click()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    canvas.done("Gradient")
    page.get_by_role("button", name=marked("Show the log")).click()
    look("editor after a run")
    page.get_by_role("button", name=marked("More ways to run")).click()
    look("editor, ways to run")

    page.goto("/")
    look("library")
    page.get_by_role("button", name=marked("Actions for Zqxj")).first.click()
    look("library, menu of a card")
    page.get_by_role("menuitem", name=marked("Tags")).click()
    look("library, tags")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=marked("New folder")).first.click()
    look("library, new folder")
    page.goto("/?q=zzzz")
    look("library without matches")
    page.goto("/templates")
    look("templates")
    page.goto("/runs")
    look("runs")
    run = site.last_run(slug)["executionId"]
    page.goto(f"/runs/{run}")
    look("run")
    page.goto("/runners")
    look("runners")
    page.get_by_role("button", name=marked("Add runner")).click()
    look("runners, new")
    for tab in ("profile", "keys", "webhooks", "credentials", "aliases", "usage"):
        page.goto(f"/settings#{tab}")
        page.reload()
        look(f"settings, {tab}")
    for tab, opens in (
        ("keys", "New key"),
        ("credentials", "Add credential"),
        ("aliases", "Add alias"),
    ):
        page.goto(f"/settings#{tab}")
        page.get_by_role("button", name=marked(opens)).first.click()
        look(f"settings, {opens}")
        page.keyboard.press("Escape")
    page.goto(f"/play/{slug}")
    look("playground")
    page.get_by_role("button", name=marked("Run")).click()
    expect(page.get_by_role("link", name=marked("Download"))).to_be_visible()
    look("playground after a run")
    assert reader.loose == {}
