"""The queue page: runs with their places, paused, resumed, put in order and cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.gate import Gate
from tests.browser.look import look
from tests.browser.site import Site
from tests.browser.test_look import DESKTOP, PHONE, check
from tests.browser.test_runs import run, waiting

#: As many runs as the engine executes at once.
FULL = 16


@pytest.fixture
def filled(site: Site, gate: Gate) -> Iterator[list[str]]:
    """Slugs of workflows: one whose runs fill the engine, and three that wait behind them."""
    slugs = [waiting(site, gate, name) for name in ("Long", "Apples", "Pears", "Plums")]
    site.post("/api/queue/cancel", {"executionIds": _ids(site) or ["none"]})
    for _ in range(FULL):
        run(site, slugs[0])
    for slug in slugs[1:]:
        run(site, slug)
    yield slugs
    site.post("/api/queue/cancel", {"executionIds": _ids(site) or ["none"]})


def _ids(site: Site) -> list[str]:
    return [row["executionId"] for row in site.get("/api/queue?limit=200")["runs"]]


def _group(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name).get_by_role("listitem")


def _names(page: Page) -> list[str]:
    return [str(text) for text in _group(page, "Waiting").get_by_role("link").all_text_contents()]


def test_an_empty_queue_shows_a_way_on(page: Page, site: Site) -> None:
    site.post("/api/queue/cancel", {"executionIds": _ids(site) or ["none"]})
    page.goto("/runs")
    page.get_by_role("link", name="Queue").click()
    expect(page.get_by_text("Nothing runs or waits.")).to_be_visible()
    expect(page.get_by_role("link", name="Open a workflow")).to_be_visible()


def test_waiting_runs_are_moved_by_keys_by_a_button_and_by_dragging(
    page: Page, filled: Any
) -> None:
    page.goto("/queue")
    rows = _group(page, "Waiting")
    expect(rows).to_have_count(3)
    expect(_group(page, "Running")).to_have_count(FULL)
    assert _names(page) == ["Apples", "Pears", "Plums"]
    handle = page.get_by_role("button", name=re.compile("Move Plums, number"))
    handle.press("ArrowUp")
    expect(rows.nth(1)).to_contain_text("Plums")
    expect(page.get_by_role("status").first).to_have_text("Now number 2")
    # The handle keeps the focus, so the next press moves it on.
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0)).to_contain_text("Plums")
    page.get_by_role("button", name="Move Pears to the front").click()
    expect(rows.nth(0)).to_contain_text("Pears")
    grip = page.get_by_role("button", name=re.compile("Move Pears, number")).bounding_box()
    last = rows.nth(2).bounding_box()
    assert grip and last
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, last["y"] + last["height"] - 4, steps=6)
    page.mouse.up()
    expect(rows.nth(2)).to_contain_text("Pears")
    page.reload()
    expect(rows).to_have_count(3)
    assert _names(page) == ["Plums", "Apples", "Pears"]


def test_runs_are_paused_resumed_and_cancelled_many_at_once(
    page: Page, site: Site, filled: Any
) -> None:
    page.goto("/queue")
    page.get_by_role("checkbox", name="Select Apples").check()
    page.get_by_role("checkbox", name="Select Plums").check()
    bar = page.get_by_role("toolbar", name="Selected runs")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Pause").click()
    expect(_group(page, "Paused")).to_have_count(2)
    expect(_group(page, "Waiting")).to_have_count(1)
    page.get_by_role("button", name="Resume Plums").click()
    expect(_group(page, "Waiting")).to_have_count(2)
    bar.get_by_role("checkbox").check()
    bar.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name=f"Cancel {FULL + 3} runs").click()
    expect(page.get_by_text("Nothing runs or waits.")).to_be_visible()
    assert _ids(site) == []


def test_a_running_run_is_paused_when_its_step_is_done(page: Page, site: Site, gate: Gate) -> None:
    slug = waiting(site, gate, "Rests")
    id = run(site, slug)
    gate.wait_until_asked("Rests")
    page.goto(f"/runs/{id}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Pausing …").first).to_be_visible()
    gate.open("Rests")
    expect(page.get_by_text("Paused").first).to_be_visible()
    page.goto("/queue")
    expect(_group(page, "Paused")).to_contain_text("1 of 2")
    page.goto(f"/runs/{id}")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile("^Done")).first).to_be_visible()


def test_the_editor_pauses_and_resumes_its_run(page: Page, site: Site, gate: Gate) -> None:
    slug = waiting(site, gate, "Bar")
    page.goto(f"/app/editor/{slug}")
    page.get_by_role("button", name="Run", exact=True).first.click()
    gate.wait_until_asked("Bar")
    bar = page.get_by_role("region", name="Run")
    bar.get_by_role("button", name="Pause").click()
    expect(bar).to_contain_text("Pausing …")
    gate.open("Bar")
    expect(bar).to_contain_text("Paused")
    bar.get_by_role("button", name="Resume").click()
    expect(bar).to_contain_text("Done")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_queue_looks_well(page: Page, site: Site, filled: Any, size: Any) -> None:
    paused = site.get("/api/queue")["runs"][-1]["executionId"]
    site.post(f"/api/executions/{paused}/pause", {})
    page.set_viewport_size(size)
    page.goto("/queue")
    expect(_group(page, "Paused")).to_have_count(1)
    page.get_by_role("checkbox", name="Select Pears").check()
    check(page)
    look(page, f"queue-{size['width']}")
