"""Connections under the hand: picked up, dropped, inserted into, bridged, swapped, bundled."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.look import look
from tests.browser.site import Site, edge, node
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
        [edge("g", "image", "b", "base"), edge("b", "image", "p", "value")],
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
        [edge("g", "image", "p", "value")],
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
    edges = [
        edge("g", "image", "e", "image"),
        edge("e", "image", "b", "image"),
        edge("b", "image", "p", "value"),
    ]
    slug = site.create("Bridged", nodes, edges)
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
    canvas.connect(("Second", "image-out"), ("Blend", "top-in"))
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
    canvas.connect(("First", "image-out"), ("Contact sheet", port))
    wait_until(lambda: ends(site, slug) == {"a.image>c.images", "b.image>c.images"})
    page.keyboard.press("Control+z")
    wait_until(lambda: ends(site, slug) == set())
    canvas.select("Edges", "Blur")
    canvas.connect(("First", "image-out"), ("Edges", "image-in"))
    wait_until(lambda: ends(site, slug) == {"a.image>e.image", "a.image>f.image"})


def points(site: Site, slug: str, edge: str) -> list[dict[str, float]]:
    """Return the points that the server has of a connection."""
    (found,) = [row for row in site.workflow(slug)["edges"] if row["id"] == edge]
    listed: list[dict[str, float]] = found.get("data", {}).get("points", [])
    return listed


def test_a_connection_is_led_through_points_by_mouse(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = pair(site, "Led round")
    edge = "g.image-b.base"
    canvas.open(slug)
    canvas.settled()
    a, b = middle(canvas.port("First", "image-out")), middle(canvas.port("Blend", "base-in"))
    between = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    page.mouse.click(*between)
    offer = page.locator(f'.react-flow__edge[data-id="{edge}"]').get_by_text("Drag to add a point")
    expect(offer).to_have_count(1)
    canvas.drag(between, (between[0], between[1] + 200))
    wait_until(lambda: len(points(site, slug, edge)) == 1)
    point = page.get_by_role("button", name="Point 1 of 1")
    expect(point).to_be_visible()
    look(page, "points")
    (first,) = points(site, slug, edge)
    x, y = middle(point)
    canvas.drag((x, y), (x + 40, y + 40))
    wait_until(lambda: points(site, slug, edge)[0]["y"] > first["y"])
    page.keyboard.press("Control+z")
    wait_until(lambda: points(site, slug, edge) == [first])
    # It goes with both ends, and stays where only one moves.
    page.keyboard.press("Escape")
    canvas.select("First", "Blend")
    page.keyboard.press("Shift+ArrowDown")
    wait_until(lambda: points(site, slug, edge) == [{**first, "y": first["y"] + 80}])
    page.keyboard.press("Escape")
    canvas.select("First")
    page.keyboard.press("ArrowDown")
    canvas.saved()
    assert points(site, slug, edge) == [{**first, "y": first["y"] + 80}]
    point.dblclick()
    wait_until(lambda: points(site, slug, edge) == [])
    (stored,) = [row for row in site.workflow(slug)["edges"] if row["id"] == edge]
    assert "data" not in stored


def test_points_are_added_moved_and_removed_by_keyboard(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = pair(site, "Led by keys")
    edge = "g.image-b.base"
    canvas.open(slug)
    canvas.settled()
    connection = page.get_by_role("group", name="Connection from First to Blend")
    connection.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Add a point").press("Enter")
    wait_until(lambda: len(points(site, slug, edge)) == 1)
    (first,) = points(site, slug, edge)
    page.get_by_role("button", name="Point 1 of 1").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    moved = {"x": first["x"] + 80, "y": first["y"] + 8}
    wait_until(lambda: points(site, slug, edge) == [moved])
    page.keyboard.press("Delete")
    wait_until(lambda: points(site, slug, edge) == [])
    assert "g.image>b.base" in ends(site, slug)
    page.keyboard.press("Control+z")
    wait_until(lambda: points(site, slug, edge) == [moved])
    connection.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Remove its points").press("Enter")
    wait_until(lambda: points(site, slug, edge) == [])


def test_copied_cards_take_the_points_between_them_along(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [node("g", "gradient", 0, 0, width=64, height=64), node("p", "preview", 600, 0)]
    led = {**edge("g", "image", "p", "value"), "data": {"points": [{"x": 440, "y": 320}]}}
    slug = site.create("Copied points", nodes, [led])
    canvas.open(slug)
    canvas.select("Gradient", "Preview")
    page.keyboard.press("Control+d")
    wait_until(lambda: len(site.workflow(slug)["edges"]) == 2)
    workflow = site.workflow(slug)
    old, new = workflow["edges"]
    at = {row["id"]: row["position"] for row in workflow["nodes"]}
    by = {axis: at[new["source"]][axis] - at[old["source"]][axis] for axis in "xy"}
    assert by != {"x": 0, "y": 0}
    assert new["data"]["points"] == [{"x": 440 + by["x"], "y": 320 + by["y"]}]
