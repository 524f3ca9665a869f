"""Results stay on their cards, say when they are outdated, and errors offer their repair."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.site import Site, edge, node


def chain(site: Site, name: str, angle: int = 0) -> str:
    """Make a gradient, its blur and their preview, and a text that is not connected."""
    return site.create(
        name,
        [
            node("g", "gradient", 0, 0, width=320, height=240, angle=angle),
            node("b", "blurImage", 400, 0, radius=2),
            node("p", "preview", 800, 0),
            node("t", "textBox", 400, 520, text="apart"),
        ],
        [edge("g", "image", "b", "image"), edge("b", "image", "p", "value")],
    )


def ran(canvas: Canvas, page: Page) -> None:
    canvas.run()
    canvas.done("Gradient", "Blur", "Preview")
    expect(page.get_by_role("region", name="Run")).to_contain_text("Done")


def blur(canvas: Canvas, radius: str) -> None:
    """Type another radius."""
    field = canvas.card("Blur").get_by_role("textbox", name="Radius")
    field.fill(radius)
    field.blur()


def says(page: Page, text: str) -> None:
    """Wait until the run button says how much it would do."""
    button = page.get_by_role("banner").get_by_role("button", name=re.compile("^Run"))
    expect(button).to_contain_text(text)


def test_an_edit_outdates_results_over_a_reload_and_its_undo_does_not(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(chain(site, "Outdated"))
    says(page, "2 nodes")
    ran(canvas, page)
    says(page, "all cached")
    expect(page.get_by_text("Outdated", exact=True)).to_have_count(0)
    page.reload()
    canvas.ready()
    canvas.shows_picture("Preview")
    expect(page.get_by_text("Outdated", exact=True)).to_have_count(0)

    blur(canvas, "9")
    for title in ("Blur", "Preview"):
        expect(canvas.card(title).get_by_text("Outdated", exact=True)).to_be_visible()
    expect(canvas.card("Gradient").get_by_text("Outdated", exact=True)).to_have_count(0)
    canvas.saved()
    says(page, "1 node")
    page.reload()
    canvas.ready()
    for title in ("Blur", "Preview"):
        expect(canvas.card(title).get_by_text("Outdated", exact=True)).to_be_visible()
        canvas.shows_picture(title)
    blur(canvas, "2")
    expect(page.get_by_text("Outdated", exact=True)).to_have_count(0)
    says(page, "all cached")


def test_a_run_of_one_node_and_a_reload_keep_the_results_of_the_others(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(chain(site, "One node"))
    ran(canvas, page)
    blur(canvas, "7")
    canvas.card("Blur").hover()
    canvas.card("Blur").get_by_role("button", name="Run Blur").click()
    expect(canvas.card("Blur").get_by_text("Outdated", exact=True)).to_have_count(0)
    expect(canvas.card("Preview").get_by_text("Outdated", exact=True)).to_be_visible()
    page.reload()
    canvas.ready()
    for title in ("Gradient", "Blur", "Preview"):
        canvas.shows_picture(title)
    expect(canvas.card("Preview").get_by_text("Outdated", exact=True)).to_be_visible()
    expect(page.get_by_text("Outdated", exact=True)).to_have_count(1)


def test_a_failed_run_and_a_reload_take_no_picture_away(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Fails later")
    canvas.open(slug)
    ran(canvas, page)
    site.change(slug, {"op": "node.set", "id": "b", "key": "type", "value": "outline"})
    page.reload()
    canvas.ready()
    canvas.run()
    canvas.in_state("Outline", "failed")
    page.reload()
    canvas.ready()
    canvas.in_state("Outline", "failed")
    for title in ("Gradient", "Outline", "Preview"):
        canvas.shows_picture(title)


def test_an_opaque_image_is_mended_by_inserting_a_node(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Opaque",
        [
            node("g", "gradient", 0, 0, width=64, height=64),
            node("o", "outline", 400, 0),
            node("p", "preview", 800, 0),
        ],
        [edge("g", "image", "o", "image"), edge("o", "image", "p", "value")],
    )
    canvas.open(slug)
    canvas.run()
    alert = canvas.card("Outline").get_by_role("alert")
    expect(alert).to_contain_text("The image has no transparency")
    alert.get_by_text("Details").click()
    expect(alert).to_contain_text("TRANSPARENCY_MISSING")
    alert.get_by_role("button", name="Insert Remove background").click()
    expect(canvas.edges).to_have_count(3)
    canvas.saved()
    ends = {(edge["source"], edge["target"]) for edge in canvas.document()["edges"]}
    [new] = [item["id"] for item in canvas.document()["nodes"] if item["type"] == "cutOut"]
    assert ends == {("g", new), (new, "o"), ("o", "p")}


def test_run_says_what_is_missing_and_how_to_give_it(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "Not ready",
        [
            node("m", "blendImages", 0, 0),
            node("p", "preview", 400, 0),
            node("t", "textBox", 0, 700),
        ],
        [edge("m", "image", "p", "value")],
    )
    canvas.open(slug)
    says(page, "not ready")
    canvas.run()
    expect(page.get_by_text(re.compile("^1 node is not ready: "))).to_be_visible()
    page.get_by_role("button", name="Show", exact=True).click()
    alert = canvas.card("Blend").get_by_role("alert")
    expect(alert).to_contain_text("connect an image")
    canvas.settled()
    alert.get_by_role("button", name="Connect an input").click()
    canvas.choose("Gradient")
    expect(canvas.edges).to_have_count(2)


def test_an_app_without_a_key_says_which_key_in_one_line(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "No key",
        [
            node("a", "falApp", 0, 0, app="fal-ai/flux/schnell", arguments={}),
            node("p", "preview", 500, 0),
        ],
        [edge("a", "output", "p", "value")],
    )
    canvas.open(slug)
    canvas.run()
    alert = page.get_by_role("alert").filter(has_text="fal-ai/flux/schnell needs a fal key.")
    expect(alert.get_by_role("link", name="Add fal key")).to_be_visible()
    box = alert.bounding_box()
    assert box and box["height"] < 200


def test_the_ways_to_run_are_reached_by_the_keyboard(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Ways")
    canvas.open(slug)
    ran(canvas, page)
    canvas.select("Blur")
    page.get_by_role("button", name="More ways to run").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="Ways to run")
    ways = (
        "^Run",
        "Run only this",
        "Run to here",
        "Run from here",
        "Run again to here",
        "Run without cache",
    )
    expect(menu.get_by_role("menuitem")).to_have_text([re.compile(way) for way in ways])
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    canvas.done("Blur", "Preview")
    expect(page.get_by_text("2 nodes will not run")).to_have_count(0)
    expect(page.get_by_role("button", name="1 node will not run")).to_be_visible()


def test_a_node_runs_alone_on_the_result_that_is_there(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Alone", angle=23)
    canvas.open(slug)
    canvas.select("Blur")
    page.keyboard.press("Alt+Enter")
    missing = canvas.card("Gradient").get_by_role("alert")
    expect(missing).to_contain_text("There is no result yet")
    look(page, "alone-missing")
    missing.get_by_role("button", name="Run to here").click()
    canvas.done("Gradient")
    canvas.select("Blur")
    page.get_by_role("button", name="More ways to run").click()
    page.get_by_role("menuitem", name="Run only this").hover()
    plan = page.get_by_role("region", name="Plan")
    expect(plan.get_by_role("heading", name="1 of 2 nodes will run")).to_be_visible()
    look(page, "alone-plan")
    page.keyboard.press("Escape")
    canvas.card("Blur").click(button="right")
    look(page, "alone-menu")
    page.get_by_role("menuitem", name="Run only this").click()
    canvas.done("Blur")


def test_the_plan_says_what_will_run_and_why_before_it_runs(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "Plan", angle=17)
    canvas.open(slug)
    page.get_by_role("button", name="More ways to run").click()
    plan = page.get_by_role("region", name="Plan")
    expect(plan.get_by_role("listitem")).to_contain_text(["never run", "never run"])
    page.keyboard.press("Escape")
    expect(plan).to_be_hidden()
    ran(canvas, page)
    blur(canvas, "11")
    canvas.saved()
    page.get_by_role("button", name="More ways to run").click()
    expect(plan.get_by_role("heading", name="1 of 2 nodes will run")).to_be_visible()
    row = plan.get_by_role("listitem")
    expect(row).to_contain_text("Blur Radius changed")
    expect(row).to_contain_text("free")
    expect(plan).to_contain_text("cached")
    page.locator("footer").get_by_role("button", name="Run 1 node").click()
    canvas.done("Blur", "Preview")
    page.get_by_role("button", name="More ways to run").click()
    expect(plan.get_by_role("heading", name="No node has to run")).to_be_visible()
    page.get_by_role("menuitem", name="Run without cache").hover()
    expect(plan.get_by_role("listitem").first).to_contain_text("runs without cache")


def test_a_plan_names_the_key_that_pays_and_its_cap(page: Page, canvas: Canvas, site: Site) -> None:
    key = {"name": "Studio", "provider": "openai", "secret": "sk-of-the-tests-1234"}
    stored = site.post("/api/credentials", key)
    site.put(f"/api/credentials/{stored['id']}", {"capPerDay": 0.01, "capPerMonth": None})
    slug = site.create(
        "Whose money",
        [
            node("list", "list", 0, 0, items=["a", "b", "c"]),
            node("say", "chat", 400, 0, model="openai/gpt-5.4-mini"),
            node("end", "preview", 800, 0),
        ],
        [edge("list", "items", "say", "prompt"), edge("say", "text", "end", "value")],
    )
    canvas.open(slug)
    page.get_by_role("button", name="More ways to run").click()
    plan = page.get_by_role("region", name="Plan")
    expect(plan.get_by_text("$0.03 from your key Studio …1234")).to_be_visible()
    expect(plan.get_by_text("This run would pass the cap of the key")).to_be_visible()
    expect(plan.get_by_role("listitem")).to_contain_text("3 items")
    site.delete(f"/api/credentials/{stored['id']}")


def test_a_run_opens_in_the_editor_as_it_was_and_can_be_restored(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = chain(site, "As it was")
    canvas.open(slug)
    ran(canvas, page)
    blur(canvas, "11")
    canvas.saved()
    run = site.last_run(slug)["executionId"]
    page.goto(f"/runs/{run}")
    page.get_by_role("link", name="Open in the editor").click()
    canvas.ready()
    expect(page.get_by_text(re.compile(f"This is run {run[:8]}"))).to_be_visible()
    canvas.shows_picture("Preview")
    [found] = [item for item in canvas.document()["nodes"] if item["id"] == "b"]
    assert found["data"]["radius"] == 2
    page.get_by_role("button", name="Continue from this run").click()
    page.wait_for_url(re.compile(f"/app/editor/{slug}$"))
    canvas.ready()
    [found] = [item for item in site.workflow(slug)["nodes"] if item["id"] == "b"]
    assert found["data"]["radius"] == 2
