"""The list of runs and the page of one: live, after the end, and what can be done again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.gate import Gate
from tests.browser.site import Site, edge, node
from tests.browser.test_look import DESKTOP, PHONE, check


def greeting(site: Site, name: str) -> str:
    """Make a workflow that greets whom one asks it to."""
    field = {"name": "who", "label": "Whom to greet", "type": "text", "default": "Ada"}
    return site.create(
        name,
        [
            node("q", "requestInput", 0, 0, fields=[field], values={}),
            node("t", "template", 300, 0, text="Dear {who}", label="Greeting"),
            node("r", "responseOutput", 600, 0),
        ],
        [edge("q", "who", "t", "who"), edge("t", "text", "r", "result")],
    )


def waiting(site: Site, gate: Gate, name: str) -> str:
    """Make a workflow whose run lasts until the gate is opened."""
    return site.create(
        name,
        [
            node("l", "loadImage", 0, 0, url=gate.url(name), label="Slow picture"),
            node("r", "responseOutput", 400, 0),
        ],
        [edge("l", "image", "r", "result")],
    )


def run(site: Site, slug: str, **inputs: Any) -> str:
    """Start a run and return its id at once."""
    answer = site.post(f"/api/workflows/{slug}/run?async=true", {"inputs": inputs})
    return str(answer["executionId"])


def finished(site: Site, slug: str, **inputs: Any) -> str:
    """Run to the end and return the run's id."""
    return str(site.post(f"/api/workflows/{slug}/run", {"inputs": inputs})["executionId"])


def row(page: Page, name: str) -> Locator:
    """The lines of a workflow's runs, newest first."""
    items = page.get_by_role("list", name="Runs").get_by_role("listitem")
    return items.filter(has=page.get_by_role("link", name=name, exact=True))


def test_a_run_goes_on_before_ones_eyes(page: Page, site: Site, gate: Gate) -> None:
    slug = waiting(site, gate, "eyes")
    run(site, slug)
    gate.wait_until_asked("eyes")
    page.goto("/runs")
    line = row(page, "eyes").first
    expect(line).to_contain_text("0 of 2")
    expect(line.get_by_role("progressbar")).to_be_visible()
    gate.open("eyes")
    expect(line).to_contain_text("Done in")
    expect(line.locator("img")).to_be_visible()


def test_a_run_is_cancelled_in_the_list_and_retried_on_its_page(
    page: Page, site: Site, gate: Gate
) -> None:
    slug = waiting(site, gate, "stopped")
    id = run(site, slug)
    gate.wait_until_asked("stopped")
    page.goto("/runs")
    row(page, "stopped").first.get_by_role("button", name="Cancel").click()
    expect(row(page, "stopped").first).to_contain_text("Cancelled")
    gate.open("stopped")

    page.goto(f"/runs/{id}")
    page.get_by_role("button", name="Retry").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Retry ")).click()
    expect(page.get_by_role("status").first).to_contain_text("Done in")
    events = page.get_by_role("region", name="Events")
    expect(events).to_contain_text(re.compile(r"Started, attempt \d"))
    expect(page.get_by_role("region", name="Result").locator("img")).to_be_visible()


def test_a_page_of_a_run_tells_all_that_is_known_of_it(page: Page, site: Site) -> None:
    id = finished(site, greeting(site, "Tells all"), who="Grace")
    page.goto(f"/runs/{id}")
    inputs = page.get_by_role("region", name="Inputs")
    expect(inputs).to_contain_text("Whom to greet")
    expect(inputs).to_contain_text("Grace")
    expect(page.get_by_role("region", name="Result")).to_contain_text("Dear Grace")
    row = page.get_by_role("row").filter(has_text="Greeting")
    expect(row).to_contain_text("Done")
    events = page.get_by_role("region", name="Events").get_by_role("listitem")
    journal = site.events(id)
    expect(events).to_have_count(len([line for line in journal if line["type"] != "progress"]))
    expect(events.last).to_contain_text(str(journal[-1]["seq"]))
    expect(events.last).to_contain_text("The run is done.")


def test_the_page_of_a_run_shows_what_its_nodes_made(page: Page, site: Site) -> None:
    nodes = [node("g", "gradient", 0, 0, width=64, height=48), node("p", "preview", 300, 0)]
    slug = site.create("Shown", nodes, [edge("g", "image", "p", "value")])
    page.goto(f"/runs/{finished(site, slug)}")
    table = page.get_by_role("region", name="Nodes")
    line = table.get_by_role("row", name="Gradient")
    expect(line.get_by_role("img")).to_be_visible()
    expect(line.get_by_role("link", name="Gradient: linear.png")).to_have_attribute(
        "href", re.compile("/media/")
    )
    expect(page.get_by_role("region", name="Result")).to_contain_text("Output node")


def test_a_run_is_done_again_with_the_same_inputs(page: Page, site: Site) -> None:
    id = finished(site, greeting(site, "Once more"), who="Mary")
    page.goto(f"/runs/{id}")
    page.get_by_role("button", name="Run again").click()
    page.wait_for_url(lambda url: re.search("/runs/", url) is not None and id not in url)
    expect(page.get_by_role("region", name="Result")).to_contain_text("Dear Mary")
    again = site.get(f"/api/executions/{page.url.rsplit('/', 1)[-1]}")
    assert again["inputs"] == {"who": "Mary"}


def test_a_failed_run_says_where_and_why(page: Page, site: Site) -> None:
    slug = site.create(
        "Fails here",
        [
            node("l", "loadImage", 0, 0, url="http://127.0.0.1:1/x.png"),
            node("p", "preview", 300, 0),
        ],
        [edge("l", "image", "p", "value")],
    )
    id = run(site, slug)
    page.goto(f"/runs/{id}")
    expect(page.get_by_role("alert")).to_contain_text("Load image")
    failed = page.get_by_role("row").filter(has_text="Load image").first
    expect(failed).to_contain_text("Failed")
    expect(page.get_by_role("row").filter(has_text="Preview")).to_contain_text("Skipped")


def test_the_list_is_narrowed_and_the_url_keeps_it(page: Page, site: Site) -> None:
    one, other = greeting(site, "Narrow one"), greeting(site, "Narrow other")
    finished(site, one)
    finished(site, other)
    page.goto("/runs")
    expect(row(page, "Narrow one")).to_have_count(1)
    page.get_by_label("Workflow", exact=True).select_option("Narrow other")
    expect(row(page, "Narrow one")).to_have_count(0)
    expect(row(page, "Narrow other")).to_have_count(1)
    page.reload()
    expect(row(page, "Narrow other")).to_have_count(1)
    page.get_by_label("State").select_option("Failed")
    expect(page.get_by_text("No run matches.")).to_be_visible()
    page.go_back()
    expect(row(page, "Narrow other")).to_have_count(1)


def test_older_runs_come_when_asked_for(page: Page, site: Site) -> None:
    slug = greeting(site, "Many times")
    for number in range(27):
        finished(site, slug, who=str(number))
    page.goto(f"/runs?workflow={slug}")
    expect(row(page, "Many times")).to_have_count(25)
    page.get_by_role("button", name="Show older runs").click()
    expect(row(page, "Many times")).to_have_count(27)
    expect(page.get_by_role("button", name="Show older runs")).to_be_hidden()


def test_without_runs_the_page_leads_to_a_template(page: Page) -> None:
    page.route("**/api/executions?*", lambda route: route.fulfill(json=[]))
    page.goto("/runs")
    page.get_by_role("link", name="Choose a template").click()
    expect(page.get_by_role("heading", name="Templates", level=1)).to_be_visible()


def test_a_run_that_is_not_ones_own_is_not_there(page: Page, complaints: list[str]) -> None:
    answer = page.goto("/runs/00000000-0000-4000-8000-000000000000")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_text("There is nothing here")).to_be_visible()
    complaints.clear()  # Chromium says of the URL that nothing is there


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_both_pages_fit_and_every_control_has_a_name(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    slug = greeting(site, f"Fits {theme} {size['width']}")
    id = finished(site, slug, who="Ada")
    page = new_page(viewport=size, color_scheme=theme)
    page.goto("/runs")
    expect(row(page, f"Fits {theme} {size['width']}")).to_be_visible()
    check(page)
    page.goto(f"/runs/{id}")
    expect(page.get_by_role("region", name="Events").get_by_role("listitem").last).to_be_visible()
    check(page)
