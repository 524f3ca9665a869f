"""From no key to a result: providers connected, servers allowed, models chosen on the canvas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.server import Server, temporary_folder
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults
from tests.browser.test_look import PHONE, check
from tests.models.conftest import aimock, files, llama  # noqa: F401
from tests.models.replicate import predictions
from tests.models.site import Outside
from tests.ports import free_port

SECRET = "sk-of-the-tests-000000005678"
IMAGE = "openai/gpt-image-2"
#: The field of a card that chooses its model.
BUTTON = re.compile("^(Model: |Choose a model)")


@pytest.fixture(scope="module")
def started(aimock: Outside, files: dict[str, Path]) -> Iterator[Server]:  # noqa: F811
    """A server that finds OpenAI and Replicate at stand-ins, Groq nowhere, and Mistral where no key
    will do.
    """
    with temporary_folder() as folder, predictions(files["image"].read_bytes()) as replicate:
        server = Server(Path(folder), fetch_allow=replicate.url)
        origins = {
            "openai": f"{aimock.url}/v1",
            "replicate": replicate.url,
            "groq": f"http://127.0.0.1:{free_port()}/v1",
            # This server itself, which takes keys of its own only.
            "mistral": f"{server.url}/api",
        }
        server.set(MODEL_ORIGINS=",".join(f"{name}={base}" for name, base in origins.items()))
        server.start()
        yield server
        server.stop()


@pytest.fixture(autouse=True)
def without_keys_and_servers(site: Site) -> Iterator[None]:
    """Leave nothing connected behind."""
    yield
    for row in site.get("/api/credentials"):
        site.delete(f"/api/credentials/{row['id']}")
    for row in site.get("/api/servers"):
        site.delete(f"/api/servers/{row['id']}")


def tile(page: Page, name: str) -> Locator:
    """The tile of a provider or a server."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


def paste(page: Page, field: Locator, text: str) -> None:
    """Paste into a field, as from another program."""
    field.focus()
    field.evaluate(
        """(element, text) => {
            const clipboardData = new DataTransfer()
            clipboardData.setData('text', text)
            element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true,
                                                                cancelable: true }))
        }""",
        text,
    )


def picker(page: Page) -> Locator:
    """The picker of models."""
    return page.get_by_role("dialog", name="Choose a model")


def test_a_key_is_pasted_tried_and_connected_and_never_shown_again(page: Page) -> None:
    page.goto("/models")
    openai = tile(page, "OpenAI")
    expect(openai).to_contain_text("Not connected")
    openai.get_by_role("button", name="Connect OpenAI").click()
    dialog = page.get_by_role("dialog", name="Connect OpenAI")
    connect = dialog.get_by_role("button", name="Connect", exact=True)
    expect(connect).to_be_disabled()
    paste(page, dialog.get_by_label("Key", exact=True), f" {SECRET}\n")
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"Works, \d+ models"))
    look(page, "connect")
    connect.click()
    expect(openai).to_contain_text("Connected, key …5678")
    expect(dialog).to_be_hidden()
    page.reload()
    expect(openai).to_contain_text("Connected, key …5678")
    assert SECRET not in page.content()
    openai.get_by_role("button", name="Test OpenAI").click()
    expect(openai.get_by_role("status")).to_contain_text(re.compile(r"Works, \d+ models"))
    look(page, "page")
    openai.get_by_role("button", name="More for OpenAI").click()
    page.get_by_role("menuitem", name="Disconnect").click()
    page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    expect(openai).to_contain_text("Not connected")


def test_a_refused_key_is_told_in_the_providers_words_and_not_kept(page: Page, site: Site) -> None:
    page.goto("/models")
    page.get_by_role("button", name="Connect Mistral").click()
    dialog = page.get_by_role("dialog", name="Connect Mistral")
    dialog.get_by_label("Key", exact=True).fill("sk-wrong")
    page.keyboard.press("Enter")
    result = dialog.get_by_role("status")
    expect(result).to_contain_text("This key was refused")
    expect(result).to_contain_text("Mistral does not accept the key")
    look(page, "refused")
    expect(dialog.get_by_role("button", name="Connect", exact=True)).to_be_disabled()
    dialog.get_by_label("Key", exact=True).fill("sk-other")
    expect(dialog).not_to_contain_text("This key was refused")
    assert site.get("/api/credentials") == []


def test_a_key_can_be_saved_while_its_provider_is_away(page: Page) -> None:
    page.goto("/models")
    page.get_by_role("button", name="Connect Groq").click()
    dialog = page.get_by_role("dialog", name="Connect Groq")
    dialog.get_by_label("Key", exact=True).fill("gsk_away_9012")
    dialog.get_by_role("button", name="Test", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("could not be tested")
    look(page, "away")
    dialog.get_by_role("button", name="Save anyway").click()
    groq = tile(page, "Groq")
    expect(groq).to_contain_text("Connected, key …9012")
    groq.get_by_role("button", name="Test Groq").click()
    expect(groq.get_by_role("status")).to_contain_text("cannot be reached")


def test_a_server_is_allowed_by_its_url_and_writes_on_the_canvas(
    page: Page,
    canvas: Canvas,
    site: Site,
    llama: Outside,  # noqa: F811
) -> None:
    page.goto("/models")
    page.get_by_role("button", name="Add server").click()
    dialog = page.get_by_role("dialog", name="Add server")
    dialog.get_by_role("button", name="Add server").click()
    expect(dialog).to_contain_text("Enter its URL")
    dialog.get_by_label("Name").fill("Tiny llama")
    dialog.get_by_label("URL").fill(f"{llama.url}/v1")
    dialog.get_by_role("button", name="Add server").click()
    expect(tile(page, "Tiny llama")).to_be_visible()

    slug = site.create(
        "Written here",
        [
            node("it", "chat", 60, 0, prompt="hi", maxTokens=250, temperature=0),
            node("end", "preview", 520, 0),
        ],
        [edge("it", "text", "end", "value")],
    )
    canvas.open(slug)
    canvas.card("Chat").get_by_role("button", name="Choose a model").press("Enter")
    expect(picker(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.type("tiny llama")
    expect(picker(page).get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(picker(page)).to_be_hidden()
    canvas.saved()
    canvas.run()
    canvas.done("Chat")
    expect(canvas.card("Chat").get_by_role("button", name="Copy the result")).to_be_attached()
    look(page, "chat")

    page.goto("/models")
    page.get_by_role("button", name="Remove Tiny llama").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(tile(page, "Tiny llama")).to_be_hidden()
    canvas.open(slug)
    canvas.run()
    canvas.in_state("Chat", "failed")
    allow = canvas.card("Chat").get_by_role("link", name="Allow the server")
    expect(allow).to_have_attribute("href", "/models")


def test_a_response_grows_on_its_card_while_it_is_written(
    page: Page, canvas: Canvas, site: Site
) -> None:
    site.post("/api/credentials", {"name": "Mine", "provider": "openai", "secret": SECRET})
    slug = site.create(
        "Grows",
        [
            node("it", "chat", 60, 0, prompt="take your time", model="openai/gpt-6-luna"),
            node("end", "preview", 520, 0),
        ],
        [edge("it", "text", "end", "value")],
    )
    canvas.open(slug)
    page.evaluate(
        """() => {
            window.__lengths = []
            new MutationObserver(() => {
              const text = document.querySelector('pre[data-growing]')?.textContent ?? ''
              if (text && text.length !== window.__lengths.at(-1))
                window.__lengths.push(text.length)
            }).observe(document.body, { subtree: true, childList: true, characterData: true })
        }"""
    )
    canvas.run()
    canvas.done("Chat")
    lengths = page.evaluate("window.__lengths")
    assert len(lengths) > 2
    assert lengths == sorted(lengths)


def test_without_a_key_an_image_is_made_without_leaving_the_canvas(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create(
        "No key yet",
        [
            node("it", "generateImage", 60, 0, prompt="a fox", model=IMAGE),
            node("end", "preview", 520, 0),
        ],
        [edge("it", "images", "end", "value")],
    )
    canvas.open(slug)
    card = canvas.card("Generate image")
    expect(card.get_by_role("button", name="Model: ")).to_contain_text("needs a key")
    canvas.run()
    canvas.in_state("Generate image", "failed")
    look(page, "no-key")
    card.get_by_role("button", name="Add OpenAI key").click()
    dialog = page.get_by_role("dialog", name="Connect OpenAI")
    paste(page, dialog.get_by_label("Key", exact=True), SECRET)
    expect(dialog.get_by_role("status")).to_contain_text("Works")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    canvas.done("Generate image")
    expect(card.get_by_role("button", name="Model: ")).not_to_contain_text("needs a key")
    look(page, "made")


def test_the_picker_is_worked_by_the_keyboard_and_never_covers_its_card(
    page: Page, canvas: Canvas, site: Site
) -> None:
    site.post("/api/credentials", {"name": "Mine", "provider": "openai", "secret": SECRET})
    first = site.get("/api/tasks/chat/models")["models"][0]["id"]
    slug = site.create("By keyboard", [node("it", "chat", 60, 0, model=first)])
    canvas.open(slug)
    button = canvas.card("Chat").get_by_role("button", name="Model: ")
    button.press("Enter")
    search = picker(page).get_by_role("combobox")
    expect(search).to_be_focused()
    chosen = picker(page).get_by_role("option", selected=True)
    expect(chosen).to_contain_text("in use")
    ours, theirs = canvas.card("Chat").bounding_box(), picker(page).bounding_box()
    assert ours and theirs
    assert ours["x"] + ours["width"] <= theirs["x"] or theirs["x"] + theirs["width"] <= ours["x"]
    look(page, "picker")

    page.keyboard.press("ArrowDown")
    expect(chosen).not_to_contain_text("in use")
    page.keyboard.press("f")
    expect(search).to_have_value("")
    favorite = str(chosen.locator("b").text_content())
    picker(page).get_by_role("button", name="Favorites", exact=True).click()
    expect(picker(page).get_by_role("option")).to_have_count(1)
    expect(picker(page).get_by_role("option")).to_contain_text(favorite)
    page.keyboard.press("Escape")
    expect(picker(page)).to_be_hidden()
    assert canvas.document()["nodes"][0]["data"]["model"] == first

    button.press("Enter")
    page.keyboard.type("openai/gpt-9")
    page.keyboard.press("Enter")
    assert canvas.document()["nodes"][0]["data"]["model"] == "openai/gpt-9"
    expect(button).to_be_focused()
    button.press("Enter")
    page.keyboard.type("no such model anywhere")
    expect(picker(page)).to_contain_text("No model for “no such model anywhere”.")
    picker(page).get_by_role("button", name="Show all models").click()
    expect(picker(page).get_by_role("option").first).to_be_visible()


def test_the_fields_of_the_chosen_model_are_on_the_card_and_what_another_lacks_is_kept(
    page: Page, canvas: Canvas, site: Site
) -> None:
    site.post("/api/credentials", {"name": "Mine", "provider": "replicate", "secret": SECRET})
    slug = site.create(
        "Own fields",
        [
            node("it", "generateImage", 60, 0, prompt="a fox"),
            node("any", "anyModel", 480, 0),
            node("end", "preview", 900, 0),
        ],
        [edge("it", "image", "end", "value")],
    )
    canvas.open(slug)

    def choose(name: str, model: str) -> None:
        canvas.card(name).get_by_role(
            "button", name=re.compile("^(Model: |Choose a model)")
        ).click()
        picker(page).get_by_role("combobox").fill(model)
        picker(page).get_by_role("option").filter(has_text=model).first.click()

    def data(id: str = "it") -> Any:
        return next(row["data"] for row in canvas.document()["nodes"] if row["id"] == id)

    choose("Generate image", "ruth/paint")
    inspector = page.get_by_role("complementary", name="Inspector")
    canvas.card("Generate image").get_by_text("Generate image").first.click()
    steps = inspector.get_by_role("textbox", name="Steps")
    expect(steps).to_have_value("28")
    expect(inspector).to_contain_text("How much.")
    steps.fill("40")
    steps.press("Tab")
    look(page, "own-fields")
    canvas.run()
    canvas.done("Generate image")

    choose("Generate image", "ruth/sketch")
    parked = inspector.get_by_role("region", name="Not taken by this model")
    expect(parked).to_contain_text("steps40")
    look(page, "parked")
    assert data()["parked"] == {"steps": 40}
    assert "steps" not in data()
    choose("Generate image", "ruth/paint")
    expect(parked).to_be_hidden()
    expect(steps).to_have_value("40")
    page.keyboard.press("Control+z")
    expect(parked).to_be_visible()
    parked.get_by_role("button", name="Forget steps").click()
    expect(parked).to_be_hidden()

    choose("Any model", "ruth/paint")
    card = canvas.card("Any model")
    expect(card.get_by_text("Prompt", exact=True)).to_be_visible()
    assert data("any")["inputs"][0]["name"] == "prompt"
    canvas.connect(("Generate image", "image-out"), ("Any model", "image-in"))
    expect(canvas.edges).to_have_count(2)
    look(page, "any-model")


def test_a_model_that_lacks_a_key_is_connected_from_the_picker(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = site.create("From the picker", [node("it", "chat", 60, 0)])
    canvas.open(slug)
    canvas.card("Chat").get_by_role("button", name="Choose a model").click()
    option = picker(page).get_by_role("option").filter(has_text="OpenAI").first
    expect(option).to_contain_text("connect OpenAI")
    option.click()
    dialog = page.get_by_role("dialog", name="Connect OpenAI")
    paste(page, dialog.get_by_label("Key", exact=True), SECRET)
    expect(dialog.get_by_role("status")).to_contain_text("Works")
    dialog.get_by_role("button", name="Connect", exact=True).click()
    expect(dialog).to_be_hidden()
    ready = picker(page).get_by_role("group", name="Ready").get_by_role("option")
    expect(ready.first).to_be_visible()
    ready.first.click()
    expect(picker(page)).to_be_hidden()
    assert str(canvas.document()["nodes"][0]["data"]["model"]).startswith("openai/")


def test_a_model_of_this_server_says_that_it_has_to_be_downloaded_first(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Larger", [node("it", "upscale", 60, 0)]))
    button = canvas.card("Upscale").get_by_role("button", name="Model: ")
    expect(button).to_contain_text("not downloaded")
    button.press("Enter")
    option = picker(page).get_by_role("option", selected=True)
    expect(option).to_contain_text("in use")
    expect(picker(page).get_by_role("group", name="Needs a download")).to_contain_text(
        "this server"
    )
    page.keyboard.press("ArrowDown")
    expect(option).to_contain_text("download 47 MB")
    about = picker(page).get_by_role("region")
    expect(about).to_contain_text("nothing leaves it")
    expect(about.get_by_role("button", name="Download 47 MB")).to_be_visible()
    look(page, "local")


def test_what_nothing_is_called_leads_to_what_reaches_further(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(site.create("Palette", [node("note", "note", 0, 0, text="hi")]))
    page.keyboard.press("Tab")
    canvas.pane.dblclick(position={"x": 600, "y": 500})
    page.keyboard.type("quantum spreadsheet")
    palette = page.get_by_role("dialog", name="Add a node")
    expect(palette).to_contain_text("No results for “quantum spreadsheet”")
    expect(palette.get_by_role("option").first).to_contain_text("Chat")
    page.keyboard.press("Enter")
    expect(canvas.card("Chat")).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_serious_on_the_page_the_dialog_and_the_picker(
    new_page: Callable[..., Page], site: Site, theme: str
) -> None:
    page = new_page(color_scheme=theme)
    page.goto("/models")
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    expect(tile(page, "OpenAI")).to_be_visible()
    found = {"page": faults(page)}
    look(page, f"page-{theme}")
    page.get_by_role("button", name="Connect Mistral").click()
    page.get_by_label("Key", exact=True).fill("sk-wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This key was refused")).to_be_visible()
    found["dialog"] = faults(page)
    canvas = Canvas(page)
    canvas.open(site.create(f"Axe {theme}", [node("it", "generateImage", 60, 0, model=IMAGE)]))
    canvas.card("Generate image").get_by_role("button", name="Model: ").click()
    expect(picker(page).get_by_role("option").first).to_be_visible()
    found["picker"] = faults(page)
    look(page, f"picker-{theme}")
    assert {place: rows for place, rows in found.items() if rows} == {}


def test_on_a_phone_the_page_fits_and_the_picker_is_a_sheet(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page(viewport=PHONE, has_touch=True)
    page.goto("/models")
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    check(page)
    look(page, "page-phone")
    page.get_by_role("button", name="Connect OpenAI").click()
    check(page)
    canvas = Canvas(page)
    canvas.open(site.create("Phone", [node("it", "generateImage", 60, 0, model=IMAGE)]))
    canvas.card("Generate image").get_by_role("button", name="Model: ").click()
    expect(picker(page).get_by_role("option").first).to_be_visible()
    check(page)
    look(page, "picker-phone")
    box = picker(page).bounding_box()
    assert box
    assert box["width"] == PHONE["width"]
    assert box["y"] + box["height"] == PHONE["height"]
