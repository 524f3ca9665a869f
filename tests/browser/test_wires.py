"""Connections under the hand: picked up, dropped, inserted into, bridged, swapped, bundled."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.look import look
from tests.browser.site import Site, node, wire
from tests.waiting import wait_until


def ends(site: Site, slug: str) -> set[str]:
    """Return the connections that the server has, as "node.port>node.port"."""

    def end(edge: dict[str, Any], side: str) -> str:
        handle = edge[f"{side}Handle"].removesuffix("-out").removesuffix("-in")
        return f"{edge[side]}.{handle}"

    return {f"{end(edge, 'source')}>{end(edge, 'target')}" for edge in site.workflow(slug)["edges"]}


def pair(site: Site, name: str) -> str:
    """Make two sources and a blend, of which the first source is connected."""
    return site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=64, height=64, label="First"),
            node("h", "gradient", 0, 420, width=64, height=64, label="Second"),
            node("b", "blendImages", 420, 0),
            node("p", "preview", 840, 0),
        ],
        [wire("g", "image", "b", "base"), wire("b", "image", "p", "value")],
    )


def names(canvas: Canvas, title: str) -> list[str]:
    """Return the handles of a card's ports."""
    found: list[str] = (
        canvas.card(title)
        .locator("xpath=..")
        .locator("[data-handleid]")
        .evaluate_all("ports => ports.map(port => port.dataset.handleid)")
    )
    return found


def test_a_connection_is_picked_up_at_its_end_and_dropped_on_another_port(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = pair(site, "Picked up")
    canvas.open(slug)
    canvas.settled()
    start = middle(canvas.port("Blend", "base-in"))
    canvas.drag(start, middle(canvas.port("Blend", "top-in")))
    wait_until(lambda: ends(site, slug) == {"g.image>b.top", "b.image>p.value"})
    page.keyboard.press("Control+z")
    wait_until(lambda: ends(site, slug) == {"g.image>b.base", "b.image>p.value"})
    # The other end: beside the output.
    x, y = middle(canvas.port("First", "image-out"))
    canvas.drag((x + 14, y), middle(canvas.port("Second", "image-out")))
    wait_until(lambda: ends(site, slug) == {"h.image>b.base", "b.image>p.value"})


def test_a_connection_dropped_on_nothing_goes(page: Page, canvas: Canvas, site: Site) -> None:
    slug = pair(site, "Dropped")
    canvas.open(slug)
    canvas.settled()
    canvas.drag(middle(canvas.port("Blend", "base-in")), canvas.point(0.5, 0.9))
    wait_until(lambda: ends(site, slug) == {"b.image>p.value"})
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+z")
    wait_until(lambda: ends(site, slug) == {"g.image>b.base", "b.image>p.value"})


def test_insert_on_a_connection_and_undo(page: Page, canvas: Canvas, site: Site) -> None:
    slug = pair(site, "Inserted")
    canvas.open(slug)
    canvas.settled()
    a, b = middle(canvas.port("First", "image-out")), middle(canvas.port("Blend", "base-in"))
    page.mouse.dblclick((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    canvas.choose("Blur")
    canvas.saved()
    (new,) = [row["id"] for row in site.workflow(slug)["nodes"] if row["type"] == "blurImage"]
    inserted = {f"g.image>{new}.image", f"{new}.image>b.base", "b.image>p.value"}
    assert ends(site, slug) == inserted
    look(page, "inserted")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")
    wait_until(lambda: ends(site, slug) == {"g.image>b.base", "b.image>p.value"})
    assert len(site.workflow(slug)["nodes"]) == 4


def test_a_card_dropped_on_a_connection_is_put_into_it(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Dropped on",
        [
            node("g", "gradient", 0, 0, width=64, height=64),
            node("e", "edges", 400, 480),
            node("p", "preview", 900, 0),
        ],
        [wire("g", "image", "p", "value")],
    )
    canvas.open(slug)
    canvas.settled()
    head = middle(canvas.card("Edges").locator("header"))
    a, b = middle(canvas.port("Gradient", "image-out")), middle(canvas.port("Preview", "value-in"))
    page.mouse.move(*head)
    page.mouse.down()
    page.mouse.move((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 60, steps=15)
    expect(page.locator(".react-flow__edge[data-insert]")).to_have_count(1)
    look(page, "insert-drop")
    page.mouse.up()
    wait_until(lambda: ends(site, slug) == {"g.image>e.image", "e.image>p.value"})
    page.keyboard.press("Control+z")
    wait_until(lambda: ends(site, slug) == {"g.image>p.value"})
    (back,) = [row["position"] for row in site.workflow(slug)["nodes"] if row["id"] == "e"]
    assert back == {"x": 400, "y": 480}


def test_backspace_bridges_what_fits_and_shift_delete_does_not(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [
        node("g", "gradient", 0, 0, width=64, height=64),
        node("e", "edges", 360, 0),
        node("b", "blurImage", 720, 0),
        node("p", "preview", 1080, 0),
    ]
    wires = [
        wire("g", "image", "e", "image"),
        wire("e", "image", "b", "image"),
        wire("b", "image", "p", "value"),
    ]
    slug = site.create("Bridged", nodes, wires)
    canvas.open(slug)
    canvas.select("Edges", "Blur")
    page.keyboard.press("Backspace")
    wait_until(lambda: ends(site, slug) == {"g.image>p.value"})
    page.keyboard.press("Control+z")
    wait_until(lambda: len(ends(site, slug)) == 3)
    canvas.select("Edges")
    page.keyboard.press("Shift+Delete")
    wait_until(lambda: ends(site, slug) == {"b.image>p.value"})


def test_inputs_are_swapped_from_the_menu(page: Page, canvas: Canvas, site: Site) -> None:
    slug = pair(site, "Swapped")
    canvas.open(slug)
    canvas.wire(("Second", "image-out"), ("Blend", "top-in"))
    canvas.card("Blend").locator("header").click(button="right")
    page.get_by_role("menuitem", name="Swap inputs").click()
    wait_until(lambda: ends(site, slug) == {"h.image>b.base", "g.image>b.top", "b.image>p.value"})


def test_all_selected_nodes_are_connected_at_once(page: Page, canvas: Canvas, site: Site) -> None:
    slug = site.create(
        "Many at once",
        [
            node("a", "gradient", 0, 0, width=64, height=64, label="First"),
            node("b", "gradient", 0, 420, width=64, height=64, label="Second"),
            node("c", "contactSheet", 420, 0),
            node("e", "edges", 800, 0),
            node("f", "blurImage", 800, 420),
        ],
    )
    canvas.open(slug)
    canvas.select("First", "Second")
    (port,) = [name for name in names(canvas, "Contact sheet") if name.startswith("images")]
    canvas.wire(("First", "image-out"), ("Contact sheet", port))
    wait_until(lambda: ends(site, slug) == {"a.image>c.images", "b.image>c.images"})
    page.keyboard.press("Control+z")
    wait_until(lambda: ends(site, slug) == set())
    canvas.select("Edges", "Blur")
    canvas.wire(("First", "image-out"), ("Edges", "image-in"))
    wait_until(lambda: ends(site, slug) == {"a.image>e.image", "a.image>f.image"})
