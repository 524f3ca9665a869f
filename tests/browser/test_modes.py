"""Bypass, mute and pin: by key, by menu, by inspector, for several nodes, and taken back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node
from tests.waiting import wait_until


def chain(site: Site, name: str) -> str:
    """Make a workflow of four nodes in a row."""
    return site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=64, height=64),
            node("b", "blurImage", 360, 0),
            node("p", "edges", 720, 0),
            node("out", "responseOutput", 1080, 0),
        ],
        [
            edge("g", "image", "b", "image"),
            edge("b", "image", "p", "image"),
            edge("p", "image", "out", "result"),
        ],
    )


def saved_modes(site: Site, slug: str) -> dict[str, object]:
    """Return the modes that the server has, by node."""
    return {row["id"]: row["mode"] for row in site.workflow(slug)["nodes"] if "mode" in row}


def ran(site: Site, slug: str) -> list[str]:
    """Return the nodes of the newest run, in order."""
    return [row["id"] for row in site.last_run(slug)["nodes"]]


def test_bypass_a_node_and_run(page: Page, canvas: Canvas, site: Site) -> None:
    slug = chain(site, "Bypassed")
    canvas.open(slug)
    canvas.select("Blur")
    page.keyboard.press("Control+b")
    blur = canvas.card("Blur")
    expect(blur).to_have_attribute("data-mode", "bypass")
    expect(blur).to_contain_text("Image passes through")
    expect(page.get_by_role("button", name="Bypass")).to_have_attribute("aria-pressed", "true")
    canvas.run()
    canvas.done("Gradient", "Edges", "Output")
    assert ran(site, slug) == ["g", "p", "out"]
    look(page, "bypass")
    page.keyboard.press("Control+z")
    expect(blur).not_to_have_attribute("data-mode", re.compile("."))
    canvas.saved()
    assert saved_modes(site, slug) == {}


def test_mute_leaves_out_what_depends_on_it_and_says_so(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Muted")
    canvas.open(slug)
    canvas.select("Blur")
    page.keyboard.press("Control+m")
    expect(canvas.card("Blur")).to_have_attribute("data-mode", "mute")
    for title in ("Edges", "Output"):
        expect(canvas.card(title)).to_have_attribute("data-mode", "out")
        expect(canvas.card(title)).to_contain_text("left out")
    look(page, "mute")
    canvas.card("Blur").locator("header").click(button="right")
    page.get_by_role("menuitem", name="Unmute").click()
    expect(canvas.card("Output")).not_to_have_attribute("data-mode", "out")


def test_several_nodes_are_bypassed_in_one_step(page: Page, canvas: Canvas, site: Site) -> None:
    slug = chain(site, "Two bypassed")
    canvas.open(slug)
    canvas.select("Blur", "Edges")
    page.get_by_role("group", name="How it runs").get_by_role("button", name="Bypass").click()
    canvas.saved()
    assert saved_modes(site, slug) == {"b": "bypass", "p": "bypass"}
    canvas.run()
    canvas.done("Output")
    assert ran(site, slug) == ["g", "out"]
    page.keyboard.press("Control+z")
    wait_until(lambda: saved_modes(site, slug) == {})


def test_a_pinned_result_stays_whatever_changes_above_it(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Pinned")
    canvas.open(slug)
    canvas.select("Edges")
    page.keyboard.press("p")
    expect(page.get_by_text("Edges has no result to pin yet")).to_be_visible()
    canvas.run()
    canvas.done("Output")
    held = site.last_run(slug)["result"]
    page.keyboard.press("p")
    edges = canvas.card("Edges")
    expect(edges).to_have_attribute("data-pinned", "true")
    expect(edges).to_contain_text("pinned")
    expect(page.get_by_text("Held since")).to_be_visible()
    look(page, "pin")
    canvas.saved()
    site.change(slug, {"op": "field.set", "id": "g", "field": "width", "value": 32})
    page.reload()
    canvas.ready()
    canvas.shows_picture("Edges")
    canvas.run()
    wait_until(lambda: ran(site, slug) == ["p", "out"])
    wait_until(lambda: site.last_run(slug)["status"] == "completed")
    assert site.last_run(slug)["result"] == held
    canvas.select("Edges")
    page.get_by_role("button", name="Pin result").click()
    canvas.saved()
    assert all("pinned" not in row for row in site.workflow(slug)["nodes"])
