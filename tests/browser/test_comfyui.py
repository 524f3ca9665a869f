"""ComfyUI in the browser: a runner is added, a file is dropped, run, watched, and looked into."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas, drop_file
from tests.browser.site import Site, edge, node
from tests.browser.test_import import dropped, export
from tests.browser.test_look import DESKTOP, PHONE, check
from tests.clients.fake_comfyui import Server, serve
from workflows.types import JsonObject

#: A graph that paints in steps, then waits for the test, then saves.
HELD: JsonObject = {
    "3": {
        "class_type": "TestSampler",
        "_meta": {"title": "Painter"},
        "inputs": {
            "text": "$text(prompt, a cat)",
            "seed": 2**64 - 1,
            "steps": 4,
            "sampler": "euler",
            "scale": 2.0,
            "tile": False,
        },
    },
    "5": {
        "class_type": "Hold",
        "_meta": {"title": "Hold still"},
        "inputs": {"image": ["3", 0], "gate": "gate"},
    },
    "9": {"class_type": "SaveImage", "inputs": {"images": ["5", 0], "filename_prefix": "cat"}},
}
REFINE = "7f3f9f9e-0000-4000-8000-000000000001"
#: A file as ComfyUI's page saves it: a group, a note, a muted node, one nobody knows, a subgraph.
DRAWN = {
    "version": 0.4,
    "last_node_id": 20,
    "last_link_id": 3,
    "nodes": [
        {
            "id": 3,
            "type": "KSampler",
            "title": "First pass",
            "pos": [400, 0],
            "size": [300, 260],
            "mode": 0,
            "inputs": [],
            "outputs": [{"name": "LATENT", "type": "LATENT", "links": [1]}],
            "widgets_values": [42, "randomize", 20, 8, "euler", "normal", 1],
        },
        {
            "id": 6,
            "type": "CLIPTextEncode",
            "title": "Prompt",
            "pos": [0, 0],
            "size": [320, 160],
            "mode": 0,
            "inputs": [],
            "outputs": [],
            "widgets_values": ["a fox in the snow"],
        },
        {
            "id": 7,
            "type": "Strange Machine",
            "pos": [0, 300],
            "size": [320, 120],
            "mode": 2,
            "inputs": [],
            "outputs": [],
            "widgets_values": ["odd", 5],
        },
        {
            "id": 8,
            "type": "MarkdownNote",
            "pos": [0, 480],
            "size": [320, 120],
            "mode": 0,
            "widgets_values": [
                "## Read me\n<b>Not bold</b>, **bold**\n\n- [docs](https://a.example)"
            ],
        },
        {
            "id": 12,
            "type": REFINE,
            "pos": [800, 0],
            "size": [260, 120],
            "mode": 0,
            "inputs": [{"name": "latent", "type": "LATENT", "link": 1}],
            "outputs": [],
        },
    ],
    "links": [[1, 3, 0, 12, 0, "LATENT"]],
    "groups": [{"title": "Words", "bounding": [-30, -80, 380, 260], "color": "#3f789e"}],
    "definitions": {
        "subgraphs": [
            {
                "id": REFINE,
                "name": "Refine",
                "version": 1,
                "inputNode": {"id": -10, "bounding": [-200, 0, 128, 60]},
                "outputNode": {"id": -20, "bounding": [600, 0, 128, 60]},
                "inputs": [{"id": "a", "name": "latent", "type": "LATENT"}],
                "outputs": [],
                "nodes": [
                    {
                        "id": 5,
                        "type": "SaveLatent",
                        "title": "Keep it",
                        "pos": [100, 0],
                        "size": [300, 90],
                        "mode": 0,
                        "inputs": [{"name": "samples", "type": "LATENT", "link": 1}],
                        "outputs": [],
                        "widgets_values": ["refined"],
                    }
                ],
                "links": [
                    {
                        "id": 1,
                        "origin_id": -10,
                        "origin_slot": 0,
                        "target_id": 5,
                        "target_slot": 0,
                        "type": "LATENT",
                    }
                ],
                "groups": [],
            }
        ]
    },
}
NAME = "ComfyUI workflow"


@pytest.fixture
def comfy() -> Iterator[Server]:
    """A ComfyUI server that shows images while it makes them."""
    with serve("new") as server:
        server.comfy.previews = True
        yield server


@pytest.fixture
def alone(site: Site) -> Iterator[None]:
    """No runner before and none after."""
    yield
    for row in site.get("/api/runners"):
        site.delete(f"/api/runners/{row['id']}?force=true")


@pytest.fixture
def runner(site: Site, comfy: Server, alone: None) -> str:
    """The server registered as a runner, with a tag."""
    wish = {"name": "gpu-1", "endpoint": comfy.url, "headers": {}, "tags": ["gpu"]}
    return str(site.post("/api/runners", wish)["id"])


def drawn(site: Site, name: str, **data: Any) -> str:
    """Make a workflow of one ComfyUI node with the drawn file."""
    comfy = node("comfy", "comfyWorkflow", 0, 0, graph=DRAWN, inputs=[], outputs=[], **data)
    return site.create(name, [comfy])


def opened(page: Page) -> Locator:
    """Open the graph of the only ComfyUI node; return the dialog it is in."""
    page.get_by_role("button", name="Open graph").first.click()
    dialog = page.get_by_role("dialog", name=NAME)
    expect(dialog.get_by_role("navigation", name="Where you are in the graph")).to_be_visible()
    return dialog


def part(dialog: Locator, title: str) -> Locator:
    """The card of a node in an open graph."""
    return dialog.locator("section").and_(dialog.get_by_label(title, exact=True))


# --- runners --------------------------------------------------------------------------------------


def test_a_runner_is_tried_added_changed_switched_off_and_deleted(
    page: Page, comfy: Server, alone: None, site: Site
) -> None:
    page.goto("/runners")
    expect(page.get_by_text("--listen")).to_be_visible()
    page.get_by_role("button", name="Add runner").click()
    dialog = page.get_by_role("dialog", name="Add runner")
    dialog.get_by_label("Name", exact=True).fill("gpu-1")
    dialog.get_by_label("URL").fill(comfy.url)
    dialog.get_by_label("Add a tag").fill("gpu, fast")
    dialog.get_by_role("button", name="Add a header").click()
    dialog.get_by_label("Header name").fill("X-Proxy-Key")
    dialog.get_by_label("Value of X-Proxy-Key").fill("canary")
    dialog.get_by_role("button", name="Test", exact=True).click()
    expect(dialog.get_by_text("ComfyUI 0.38.1")).to_be_visible()
    assert site.get("/api/runners") == []
    dialog.get_by_role("button", name="Add runner").click()

    row = page.get_by_role("list", name="Runners", exact=True).locator("> li")
    expect(row).to_have_count(1)
    expect(row.get_by_text("Up", exact=True)).to_be_visible()
    expect(row.get_by_role("list", name="Tags of gpu-1").get_by_role("listitem")).to_have_text(
        ["gpu", "fast"]
    )
    row.get_by_role("button", name="Queue").click()
    expect(row.get_by_text("The queue is empty.")).to_be_visible()

    row.get_by_role("button", name="Edit gpu-1").click()
    dialog = page.get_by_role("dialog", name="Edit gpu-1")
    expect(dialog.get_by_label("Value of X-Proxy-Key")).to_have_value("")
    dialog.get_by_label("Name", exact=True).fill("Attic")
    dialog.get_by_role("button", name="Save").click()
    expect(row.get_by_role("heading", name="Attic")).to_be_visible()
    sent = [headers.get("x-proxy-key") for headers in comfy.comfy.headers]
    assert set(sent) == {"canary"}

    row.get_by_role("switch", name="Attic accepts work").click()
    expect(row.get_by_text("Off", exact=True)).to_be_visible()
    assert site.get("/api/runners")[0]["status"] == "disabled"
    row.get_by_role("button", name="Delete Attic").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No runners yet")).to_be_visible()


def test_a_runner_that_does_not_answer_says_why(page: Page, alone: None, comfy: Server) -> None:
    comfy.stop()
    page.goto("/runners")
    page.get_by_role("button", name="Add runner").click()
    dialog = page.get_by_role("dialog", name="Add runner")
    dialog.get_by_label("Name", exact=True).fill("gone")
    dialog.get_by_role("button", name="Add runner").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Enter its URL")
    dialog.get_by_label("URL").fill("ftp://nowhere")
    dialog.get_by_role("button", name="Add runner").click()
    expect(dialog.get_by_role("alert")).to_contain_text("invalid endpoint URL")
    dialog.get_by_label("URL").fill(comfy.url)
    dialog.get_by_role("button", name="Test", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("Down")
    dialog.get_by_role("button", name="Add runner").click()
    row = page.get_by_role("list", name="Runners", exact=True)
    expect(row.get_by_text("Down", exact=True)).to_be_visible()
    expect(row.get_by_text("never seen")).to_be_visible()
    comfy.start()
    row.get_by_role("button", name="Test gone").click()
    expect(row.get_by_text("Up", exact=True)).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_of_runners_fits(
    new_page: Callable[..., Page], site: Site, runner: str, size: dict[str, int], theme: str
) -> None:
    site.post(f"/api/runners/{runner}/test", {})
    page = new_page(viewport=size, color_scheme=theme)
    page.goto("/runners")
    expect(page.get_by_text("ComfyUI 0.38.1")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Edit gpu-1").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page)


# --- running --------------------------------------------------------------------------------------


def test_a_dropped_file_runs_on_a_runner_before_ones_eyes_and_leaves_as_it_came(
    page: Page, canvas: Canvas, site: Site, comfy: Server, runner: str, tmp_path: Path
) -> None:
    canvas.open(site.create("Untitled workflow", []))
    dropped(canvas, HELD, "cat.json")
    card = canvas.card(NAME)
    expect(card).to_be_visible()
    expect(canvas.edges).to_have_count(2)
    canvas.fill("Inputs", "prompt", "a blue cat")
    canvas.run()
    expect(card.get_by_text("Running on gpu-1: Hold still")).to_be_visible()
    canvas.shows_picture(NAME)
    page.get_by_role("button", name="Show the log").click()
    log = page.get_by_role("list", name="Log of the run")
    expect(log.get_by_text("has its files on gpu-1")).to_be_visible()
    expect(log.get_by_text("is running on gpu-1")).to_be_visible()
    comfy.open()
    canvas.done(NAME, "Output")
    canvas.shows_picture("Output")
    assert "running" in canvas.states(NAME)
    written = export(page, "ComfyUI", tmp_path)
    assert written["3"]["inputs"].pop("text") == "$text(prompt, a blue cat)"
    assert written == {**HELD, "3": {**HELD["3"], "inputs": written["3"]["inputs"]}}
    assert written["3"]["inputs"].items() <= HELD["3"]["inputs"].items()


def test_who_waits_for_a_runner_sees_the_place_in_its_queue(
    page: Page, canvas: Canvas, site: Site, comfy: Server, runner: str
) -> None:
    slug = site.create("First in line", [])
    canvas.open(slug)
    dropped(canvas, HELD, "cat.json")
    expect(canvas.card(NAME)).to_be_visible()
    canvas.saved()
    site.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {}})
    page.goto("/runners")
    page.get_by_role("button", name="Queue").click()
    queue = page.get_by_role("list", name="Queue of gpu-1")
    expect(queue.get_by_role("link", name="Your run")).to_be_visible()
    canvas.open(slug)
    expect(canvas.card(NAME)).to_have_attribute("data-state", "running")
    again = site.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {"prompt": "second"}})
    page.goto(f"/runs/{again['executionId']}")
    expect(page.get_by_text("2nd in the queue of gpu-1", exact=True)).to_be_visible()
    comfy.open()
    expect(page.get_by_role("status").get_by_text("Done")).to_be_visible()


def test_a_node_that_fails_is_named_and_shown_in_the_graph(
    page: Page, canvas: Canvas, site: Site, runner: str
) -> None:
    graph = {**HELD, "3": {**HELD["3"], "inputs": {**HELD["3"]["inputs"], "sampler": "nonsense"}}}
    data = {"graph": graph, "inputs": [], "outputs": []}
    nodes = [node("comfy", "comfyWorkflow", 0, 0, **data), node("r", "responseOutput", 500, 0)]
    canvas.open(site.create("Refused", nodes, [edge("comfy", "files", "r", "result")]))
    canvas.run()
    canvas.in_state(NAME, "failed")
    alert = canvas.card(NAME).get_by_role("alert")
    expect(alert).to_contain_text("sampler")
    alert.get_by_role("button", name=re.compile("Show .* in the graph")).click()
    dialog = page.get_by_role("dialog", name=NAME)
    expect(part(dialog, "Painter")).to_have_attribute("data-bad", "true")
    about = dialog.get_by_role("complementary", name="About the graph")
    expect(about.get_by_role("heading", name="Painter")).to_be_visible()
    expect(about.get_by_role("alert")).to_contain_text("sampler")


def test_the_warnings_of_a_run_are_listed_live_and_later_and_lead_to_their_node(
    page: Page, site: Site, comfy: Server, runner: str
) -> None:
    lost = {
        "7": {"class_type": "LoadImage", "inputs": {"image": "lost.png"}},
        "8": {"class_type": "SaveImage", "inputs": {"images": ["7", 0], "filename_prefix": "lost"}},
    }
    data = {"graph": {**HELD, **lost}, "inputs": [], "outputs": [], "label": "Cat painter"}
    nodes = [node("comfy", "comfyWorkflow", 0, 0, **data), node("r", "responseOutput", 500, 0)]
    slug = site.create("Warns", nodes, [edge("comfy", "files", "r", "result")])
    run = site.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {}})["executionId"]
    page.goto(f"/runs/{run}")
    warnings = page.get_by_role("region", name="Warnings")
    expect(warnings.get_by_role("listitem")).to_have_count(1)
    expect(warnings).to_contain_text("Cat painter LoadImage (7)")
    comfy.open()
    expect(page.get_by_role("status").get_by_text("Done")).to_be_visible()
    page.reload()
    expect(warnings.get_by_role("listitem")).to_have_count(1)
    warnings.get_by_role("link", name="Cat painter").click()
    row = page.get_by_role("row").filter(has_text="Cat painter")
    assert row.evaluate("row => row.matches(':target')")
    page.goto(f"/runs/{finished_without_warning(site)}")
    expect(page.get_by_role("region", name="Events").get_by_role("listitem").last).to_be_visible()
    expect(warnings).to_have_count(0)


def finished_without_warning(site: Site) -> str:
    """Run a workflow that has nothing to warn of, and return the run's id."""
    slug = site.create("Quiet", [node("t", "textBox", 0, 0, text="x")])
    return str(site.post(f"/api/workflows/{slug}/run", {"inputs": {}})["executionId"])


def test_the_tags_of_a_workflow_choose_its_runners(
    page: Page, canvas: Canvas, site: Site, runner: str
) -> None:
    slug = drawn(site, "Chooses runners")
    canvas.open(slug)
    canvas.select(NAME)
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_text("Runs on gpu-1.")).to_be_visible()
    inspector.get_by_role("button", name="gpu", exact=True).click()
    expect(inspector.get_by_text("Runs on gpu-1.")).to_be_visible()
    inspector.get_by_label("Add a tag").fill("huge")
    inspector.get_by_label("Add a tag").press("Enter")
    expect(inspector.get_by_text("No active runner has all these tags.")).to_be_visible()
    expect(canvas.card(NAME).get_by_text("gpu, huge")).to_be_visible()
    canvas.saved()
    assert site.workflow(slug)["nodes"][0]["data"]["tags"] == ["gpu", "huge"]


def test_what_no_runner_has_of_a_graph_is_told_before_a_run(
    page: Page, canvas: Canvas, site: Site, comfy: Server, alone: None
) -> None:
    inputs = {**HELD["3"]["inputs"], "sampler": "lost.safetensors"}
    graph = {
        **HELD,
        "3": {**HELD["3"], "inputs": inputs},
        "4": {"class_type": "FancyNode", "inputs": {}},
    }
    data = {"graph": graph, "inputs": [], "outputs": []}
    slug = site.create("Lacks", [node("comfy", "comfyWorkflow", 0, 0, **data)])
    canvas.open(slug)
    canvas.select(NAME)
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_text("No runner is registered here yet.")).to_be_visible()
    expect(inspector.get_by_role("link", name="Runners")).to_have_attribute("href", "/runners")
    lines = inspector.get_by_role("status", name="Missing on the runners")
    expect(lines).to_have_count(0)
    site.post("/api/runners", {"name": "gpu-1", "endpoint": comfy.url, "headers": {}, "tags": []})
    canvas.open(slug)
    canvas.select(NAME)
    expect(lines).to_contain_text("gpu-1 does not have:")
    expect(lines.get_by_role("listitem")).to_have_text(
        ["Node class FancyNode", "Model lost.safetensors"]
    )
    assert site.get(f"/api/executions?workflow={slug}") == []


# --- the graph ------------------------------------------------------------------------------------


def test_a_graph_shows_its_groups_notes_and_values_and_nodes_nobody_knows(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(drawn(site, "Looked into"))
    expect(canvas.card(NAME).get_by_text("4 nodes, 1 subgraph")).to_be_visible()
    dialog = opened(page)
    expect(part(dialog, "Prompt")).to_contain_text("a fox in the snow")
    expect(part(dialog, "First pass")).to_contain_text("seed42randomize")
    note = part(dialog, "Note").or_(part(dialog, "MarkdownNote"))
    expect(note.get_by_role("heading", name="Read me")).to_be_visible()
    expect(note).to_contain_text("<b>Not bold</b>, bold")
    expect(note.get_by_role("link", name="docs")).to_have_attribute("rel", re.compile("noopener"))
    if folder := os.environ.get("PICTURES"):
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=f"{folder}/graph-{theme}.png")
    expect(part(dialog, "Strange Machine")).to_contain_text("muted")
    expect(part(dialog, "Strange Machine")).to_contain_text("odd")
    expect(dialog.get_by_text("Words", exact=True)).to_be_visible()
    expect(dialog.locator(".react-flow__edge")).to_have_count(1)


def test_subgraphs_are_stepped_into_and_found_by_the_search(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(drawn(site, "Stepped into"))
    canvas.select(NAME)
    page.keyboard.press("g")
    dialog = page.get_by_role("dialog", name=NAME)
    dialog.get_by_role("button", name="Look inside Refine").first.click()
    expect(part(dialog, "Keep it")).to_be_visible()
    expect(part(dialog, "Inputs")).to_be_visible()
    way = dialog.get_by_role("navigation", name="Where you are in the graph")
    way.get_by_role("button", name=NAME).click()
    expect(part(dialog, "First pass")).to_be_visible()
    search = dialog.get_by_label("Search nodes, inputs and values")
    search.fill("refined")
    expect(dialog.get_by_role("list", name="Found nodes")).to_contain_text("Keep it")
    search.press("Enter")
    expect(part(dialog, "Keep it")).to_be_visible()
    expect(dialog.get_by_role("heading", name="Keep it")).to_be_visible()
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_values_and_results_are_chosen_as_ports_renamed_and_taken_back(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = drawn(site, "Chosen ports")
    canvas.open(slug)
    dialog = opened(page)
    part(dialog, "Prompt").click()
    about = dialog.get_by_role("complementary", name="About the graph")
    about.get_by_role("switch", name="text is an input").click()
    part(dialog, "First pass").click()
    about.get_by_role("switch", name="seed is an input").click()
    about.get_by_role("switch", name="Results of First pass are an output").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    card = canvas.card(NAME)
    expect(card.get_by_label("Prompt", exact=True)).to_have_value("a fox in the snow")
    expect(canvas.port(NAME, "First_pass-out")).to_be_visible()
    seed = card.get_by_label("First pass: seed", exact=True)
    expect(seed).to_have_value("")
    expect(seed).to_have_attribute("placeholder", "new each run")
    card.get_by_role("button", name="Randomize First pass: seed").click()
    expect(seed).to_have_value(re.compile(r"^\d+$"))

    canvas.select(NAME)
    inspector = page.get_by_role("complementary", name="Inspector")
    inspector.get_by_role("button", name=re.compile("^Prompt(?! in App)")).click()
    inspector.get_by_label("Label", exact=True).fill("What to draw")
    inspector.get_by_label("Label", exact=True).blur()
    expect(card.get_by_label("What to draw", exact=True)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(card.get_by_label("Prompt", exact=True)).to_be_visible()
    canvas.saved()
    data = site.workflow(slug)["nodes"][0]["data"]
    assert [row["target"] for row in data["inputs"]] == [
        {"node": "6", "input": "text"},
        {"node": "3", "input": "seed"},
    ]
    assert [(row["name"], row["node"]) for row in data["outputs"]] == [("First_pass", "3")]
    assert data["graph"] == DRAWN

    dialog = opened(page)
    part(dialog, "Prompt").click()
    dialog.get_by_role("switch", name="text is an input").click()
    page.keyboard.press("Escape")
    expect(card.get_by_label("Prompt", exact=True)).to_have_count(0)


def test_a_file_dropped_on_a_card_gives_it_its_graph_and_keeps_what_still_fits(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [
        node("t", "textBox", -400, 0, text="a dog"),
        node("comfy", "comfyWorkflow", 0, 0),
    ]
    slug = site.create("Takes a graph", nodes)
    canvas.open(slug)
    card = canvas.card(NAME)
    expect(card.get_by_text("Drop a ComfyUI file here")).to_be_visible()
    drop_file(card, "cat.json", json.dumps(HELD).encode(), "application/json")
    expect(card.get_by_text("3 nodes")).to_be_visible()
    canvas.connect(("Text", "text-out"), (NAME, "prompt-in"))
    expect(canvas.edges).to_have_count(1)
    other = {**HELD, "9": {**HELD["9"], "_meta": {"title": "Keep it"}}}
    drop_file(card, "other.json", json.dumps(other).encode(), "application/json")
    expect(canvas.port(NAME, "Keep_it-out")).to_be_visible()
    expect(canvas.edges).to_have_count(1)
    drop_file(card, "drawn.json", json.dumps(DRAWN).encode(), "application/json")
    expect(card.get_by_text("4 nodes, 1 subgraph")).to_be_visible()
    expect(canvas.edges).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(canvas.edges).to_have_count(1)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_an_open_graph_fits(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    canvas = Canvas(page)
    canvas.open(drawn(site, f"Graph {theme} {size['width']}"))
    dialog = opened(page)
    expect(part(dialog, "Prompt")).to_be_visible()
    check(page)
    part(dialog, "Prompt").locator("header").click()
    expect(dialog.get_by_role("switch", name="text is an input")).to_be_visible()
    check(page)
