"""The editor as a user's hands and eyes: finds cards and ports, connects them, waits for facts."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

Point = tuple[float, float]

#: States of a card after which a run of it is over.
_DONE = re.compile("^(done|cached)$")

#: Up to this width the editor opens with its outline, px.
_NARROW = 640

_DROP = """(element, { name, type, base64 }) => {
  const bytes = Uint8Array.from(atob(base64), one => one.charCodeAt(0))
  const data = new DataTransfer()
  data.items.add(new File([bytes], name, { type }))
  const box = element.getBoundingClientRect()
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }
  for (const kind of ['dragenter', 'dragover', 'drop'])
    element.dispatchEvent(new DragEvent(kind, {
      ...at, bubbles: true, cancelable: true, dataTransfer: data }))
}"""

#: From one place that a finger touches to the next.
FINGER_SECONDS = 0.1


def drop_file(target: Locator, name: str, content: bytes, type: str) -> None:
    """Drop a file on an element, as if dragged there from a folder."""
    file = {"name": name, "type": type, "base64": base64.b64encode(content).decode()}
    target.evaluate(_DROP, file)


def finger(page: Page, *way: Point) -> None:
    """Press a finger at the first place, go on to the others, rest, and let go.

    Without the rest it is a fling, by the time stamps; Chromium takes the tap after one to end it.
    """
    session = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * len(way), "touchEnd"]
    at = time.time() - len(kinds) * FINGER_SECONDS
    for kind, place in zip(kinds, [*way, way[-1], None], strict=True):
        points = [{"x": place[0], "y": place[1]}] if place else []
        touch = {"type": kind, "touchPoints": points, "timestamp": at}
        session.send("Input.dispatchTouchEvent", touch)
        at += FINGER_SECONDS
    session.detach()


class Canvas:
    """The editor page of one workflow."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # The editor puts its parts here for who has asked before it loads.
        page.add_init_script("window.__patchbay = {}")

    # --- getting there ----------------------------------------------------------------------------

    def open(self, slug: str) -> None:
        """Open a workflow and wait until its graph stands, with no outline over it."""
        self.page.goto(f"/app/editor/{slug}")
        self.ready()
        size = self.page.viewport_size
        if size and size["width"] <= _NARROW:
            outline = self.page.get_by_role("region", name="Outline")
            outline.get_by_role("button", name="Close").click()

    def ready(self) -> None:
        """Wait until the graph of the page stands."""
        expect(self.pane).to_be_visible()
        self.page.wait_for_function("window.__patchbay?.rf")

    def settled(self) -> None:
        """Wait until the view has stopped moving."""
        self.page.evaluate(
            """async () => {
              const frame = () => new Promise(requestAnimationFrame)
              const view = () => document.querySelector('.react-flow__viewport').style.transform
              for (let same = 0, last = ''; same < 5; await frame()) {
                same = view() === last ? same + 1 : 0
                last = view()
              }
            }"""
        )

    @property
    def pane(self) -> Locator:
        """The empty ground."""
        return self.page.locator(".react-flow__pane")

    # --- finding ----------------------------------------------------------------------------------

    @property
    def cards(self) -> Locator:
        """All cards in view, without notes."""
        return self.page.locator(".react-flow__node-card")

    def card(self, title: str) -> Locator:
        """The card with this title."""
        return self.page.locator("section[data-state]").and_(
            self.page.get_by_label(title, exact=True)
        )

    def port(self, title: str, handle: str) -> Locator:
        """A port of a card, by the handle's name."""
        node = self.page.locator(".react-flow__node").filter(has=self.card(title))
        return node.locator(f'[data-handleid="{handle}"]')

    @property
    def offered(self) -> Locator:
        """The node types that a search offers."""
        return self.page.get_by_role("listbox", name="Node types").get_by_role("option")

    @property
    def edges(self) -> Locator:
        """All edges in view."""
        return self.page.locator(".react-flow__edge")

    # --- doing ------------------------------------------------------------------------------------

    def point(self, x: float, y: float) -> Point:
        """A point of the window by share of the pane's width and height."""
        box = self.pane.bounding_box()
        assert box
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def drag(self, start: Point, end: Point, steps: int = 12) -> None:
        """Press, move and let go."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=steps)
        self.page.mouse.up()

    def connect(self, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Draw a connection from a port to a port; each is (title, handle)."""
        self.settled()
        self.drag(middle(self.port(*source)), middle(self.port(*target)))

    def add(self, words: str, at: Point | None = None) -> None:
        """Add the first node that the palette finds for these words."""
        if at:
            self.page.mouse.move(*at)
        # Whoever types into a field types the character.
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("n")
        self.choose(words)

    def choose(self, words: str) -> None:
        """Choose the first node that the open palette finds."""
        search = self.page.get_by_role("combobox", name="Search nodes")
        expect(search).to_be_focused()
        search.fill(words)
        expect(self.offered.first).to_contain_text(words)
        self.page.keyboard.press("Enter")
        expect(search).to_be_hidden()

    def fill(self, title: str, label: str, text: str) -> None:
        """Type into a field of a card."""
        field = self.card(title).get_by_label(label, exact=True)
        field.fill(text)
        field.blur()

    def select(self, *titles: str) -> None:
        """Click the heads of these cards, the first alone and the others added to it."""
        for index, title in enumerate(titles):
            head = self.card(title).locator("header")
            # Its second part is the title; the others are the glyph, the state and Run.
            head.locator("span").nth(1).click(modifiers=["Shift"] if index else [])

    def run(self) -> None:
        """Press Run."""
        self.page.get_by_role("banner").get_by_role("button", name=re.compile("^Run")).click()

    # --- waiting ----------------------------------------------------------------------------------

    def saved(self) -> None:
        """Wait until every edit is on the server."""
        expect(self.page.get_by_text("Saved", exact=True)).to_be_visible()

    def in_state(self, title: str, state: str) -> None:
        """Wait until a card is in a state."""
        expect(self.card(title)).to_have_attribute("data-state", state)

    def done(self, *titles: str) -> None:
        """Wait until these cards have their results."""
        for title in titles:
            expect(self.card(title)).to_have_attribute("data-state", _DONE)

    def states(self, title: str) -> list[str]:
        """All states a card has been seen in, in order."""
        seen: list[str] = self.page.evaluate("name => window.__states[name] ?? []", title)
        return seen

    def shows_picture(self, title: str) -> None:
        """Wait until a card shows an image whose pixels have come."""
        picture = self.card(title).locator("img").first
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("complete", True)
        assert natural_width(picture) > 0, f"the picture of {title} has no pixels"

    def document(self) -> dict[str, Any]:
        """The document as the page holds it."""
        found: dict[str, Any] = self.page.evaluate(
            "JSON.parse(JSON.stringify(__patchbay.store.document.getState().document))"
        )
        return found


def middle(element: Locator) -> Point:
    """The middle of an element in the window."""
    box = element.bounding_box()
    assert box, "the element is not in view"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def natural_width(picture: Locator) -> int:
    """How many pixels wide an image that has loaded is; 0 for one that is broken."""
    return int(picture.evaluate("img => img.decode().then(() => img.naturalWidth, () => 0)"))
